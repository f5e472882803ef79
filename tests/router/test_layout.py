"""The layout of the router: each module has a test module, and all state between invocations is documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from router import dependencies

ROOT = Path(__file__).resolve().parents[2]
ROUTER = ROOT / "router"
MODULES = [path for path in sorted(ROUTER.rglob("*.py")) if path.name != "__init__.py"]
WITHOUT_TESTS = {
    "contract/budget_events.py": "events; tests/router/contract/test_log_events.py has them",
    "contract/event_kinds.py": "base classes; tests/router/contract/test_log_events.py has their events",
    "contract/files.py": "names; tests/router/counting/test_backup.py and test_badge.py use them",
    "contract/headers.py": "a name; tests/router/visitors/test_viewer.py uses it",
    "contract/log_values.py": "names; tests/router/contract/test_log_reader.py encodes and decodes them",
    "storage/limit_part.py": "a part of a request; tests/router/storage/test_store.py and test_limits.py send it",
    "records.py": "the records of an event; tests/router/test_events.py parses them",
    "parts.py": "an event; tests/router/broadcasting/test_segments.py parses it",
    "storage/segments.py": "requests; tests/router/broadcasting/test_segments.py has them",
    "handlers/segment.py": "tests/router/broadcasting/test_segments.py tests it with the parts of a broadcast",
    "storage/broadcasts.py": "requests; tests/router/storage/test_store.py has them",
    "storage/file_states.py": "requests; tests/router/storage/test_store.py has them",
    "contract/ticks.py": "an event; tests/router/broadcasting/test_presence.py sends it",
    "handlers/tick.py": "tests/router/broadcasting/test_presence.py tests it with the broadcasts that it repeats",
    "contract/variables.py": "names; tests/router/test_configuration.py asserts that each is read",
    "responses.py": "a type and a dict; tests/router/handlers test the responses",
}
CACHES = {"cache", "lru_cache"}
MUTATORS = {"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


def test_every_module_has_a_test_module_or_a_reason() -> None:
    tested = {
        path.relative_to(ROUTER).as_posix()
        for path in MODULES
        if (Path(__file__).parent / path.relative_to(ROUTER)).with_name(f"test_{path.name}").is_file()
    }
    names = {path.relative_to(ROUTER).as_posix() for path in MODULES}
    assert names - tested == WITHOUT_TESTS.keys()


def test_modules_have_at_most_300_lines() -> None:
    tests = sorted(Path(__file__).parent.rglob("*.py"))
    assert [path for path in [*MODULES, *tests] if len(path.read_text().splitlines()) > 300] == []


def is_cache(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(function).rpartition(".")[2] in CACHES


def test_caches_are_documented() -> None:
    found = {
        f"{'.'.join(path.relative_to(ROUTER).with_suffix('').parts)}.{node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and any(map(is_cache, node.decorator_list))
    }
    assert dependencies.__doc__
    documented = set(re.findall(r"^    ([a-z_.]+\._[a-z_]+) ", dependencies.__doc__, re.MULTILINE))
    assert found == documented


def test_no_module_changes_its_global_variables() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text())
        names = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Global), path
            match node:
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                    assert name not in names, f"{path}:{node.lineno}"
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if attribute in MUTATORS:
                    assert name not in names, f"{path}:{node.lineno}"
