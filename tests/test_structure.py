"""The structure of the code base: import directions, and no paths of one machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from scanners.checkout import files_of

ROOT = Path(__file__).resolve().parent.parent
LEAVES = {"console", "errors", "files", "settings", "source_text"}
MAY_IMPORT = {
    "console": set(),
    "errors": set(),
    "files": {"errors"},
    "settings": {"errors", "source_text"},
    "source_text": set(),
    "bootstrap": {"console", "errors"},
    "template_gen": LEAVES,
    "site_gen": LEAVES,
    "deployment": LEAVES | {"template_gen", "site_gen"},
    "local_cloud": LEAVES | {"template_gen", "site_gen", "deployment"},
    "scanners": LEAVES | {"bootstrap", "template_gen", "deployment"},
    "router": set[str](),
    "cli": LEAVES | {"bootstrap", "template_gen", "site_gen", "deployment", "local_cloud", "scanners"},
    "build": {"cli"},
}
"""Top-level module -> the others that it may import. Imports have no cycles; the router is deployed alone."""

CONTRACT = "router.contract"
SHARE_THE_CONTRACT = ("template_gen", "site_gen", "deployment", "local_cloud", "cli", "benchmarks", "build")
"""Modules that may import the contract, and nothing else of the router."""

MEASURE_THE_ROUTER = {
    "benchmarks/fanout.py",
    "benchmarks/requests.py",
    "benchmarks/simulation.py",
    "benchmarks/scaling.py",
    "benchmarks/segments.py",
    "benchmarks/peers/connect_router.py",
    "benchmarks/peers/fanout_router.py",
}
"""Benchmarks of the router itself."""

IN_THE_LAMBDA_RUNTIME = {"boto3", "botocore"}
PACKAGES = [name for name in MAY_IMPORT if (ROOT / name).is_dir()]


def sources(package: str) -> Iterator[Path]:
    folder = ROOT / package
    yield from sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def modules(path: Path) -> Iterator[str]:
    """Yield the full name of every import in `path`: for `from a import b`, ``a.b``, which may be a module or a name in
    a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(path: Path) -> Iterator[str]:
    """Yield the top-level name of every import in `path` except the contract."""
    for module in modules(path):
        if not is_contract(module):
            yield module.split(".")[0]


def is_contract(module: str) -> bool:
    return module == CONTRACT or module.startswith(f"{CONTRACT}.")


def for_type_checking(path: Path) -> set[str]:
    """Return the imports below `if TYPE_CHECKING:`, which do not run."""
    blocks = [
        n
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)
    ]
    return {
        (node.module or "").split(".")[0]
        for block in blocks
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
    }


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package: str) -> None:
    for path in sources(package):
        ours = {name for name in imports(path) if name in MAY_IMPORT and name != package}
        assert ours <= MAY_IMPORT[package], f"{path.relative_to(ROOT)} imports {ours - MAY_IMPORT[package]}"


def test_the_tools_import_the_contract_and_nothing_else_of_the_router() -> None:
    shared = {path for package in SHARE_THE_CONTRACT for path in sources(package)}
    for package in [*MAY_IMPORT, "benchmarks"]:
        for path in sources(package) if package != "router" else ():
            of_the_router = {name for name in modules(path) if name.split(".")[0] == "router"}
            beyond = {name for name in of_the_router if not (is_contract(name) and path in shared)}
            assert not beyond or path.relative_to(ROOT).as_posix() in MEASURE_THE_ROUTER, f"{path} imports {beyond}"


def test_the_contract_imports_the_standard_library_and_itself() -> None:
    for path in sorted((ROOT / CONTRACT.replace(".", "/")).rglob("*.py")):
        beyond = {name for name in modules(path) if not is_contract(name)}
        assert {name.split(".")[0] for name in beyond} <= sys.stdlib_module_names, path


@pytest.mark.parametrize("package", PACKAGES)
def test_there_are_no_import_cycles(package: str) -> None:
    """Not even for type checking: modules that depend on each other belong together."""
    known = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in sources(package)}
    graph: dict[str, set[str]] = {}
    for module, path in known.items():
        asked = {name if name in known else name.rpartition(".")[0] for name in modules(path)}
        graph[module] = asked & known.keys() - {module}
    assert list(TopologicalSorter(graph).static_order())


def test_one_folder_names_the_emulator_and_one_line_chooses_it() -> None:
    """The benchmark of deploys is about this emulator: it slows it down for all contestants."""
    rooms = [ROOT / "local_cloud/ministack", ROOT / "benchmarks/deploys"]
    found = [
        (path.relative_to(ROOT).as_posix(), line)
        for package in [*MAY_IMPORT, "benchmarks"]
        for path in sources(package)
        if not any(path.is_relative_to(room) for room in rooms)
        for line in path.read_text().splitlines()
        if "ministack" in line.lower()
    ]
    assert found == [("local_cloud/emulator.py", "from local_cloud.ministack.description import EMULATOR")]


def test_no_function_is_exempt_from_the_limit_of_complexity() -> None:
    for name in files_of(ROOT, "*.py"):
        assert not re.search(r"noqa:.*C90", (ROOT / name).read_text()) or name == "tests/test_structure.py", name


def test_keys_and_attributes_of_the_tables_are_only_in_the_contract() -> None:
    copied = re.compile(r'"visit#|"named#|visitorCount|currentCount')
    found = {
        path.relative_to(ROOT).as_posix()
        for package in [*MAY_IMPORT, "benchmarks"]
        for path in sources(package)
        if copied.search(path.read_text())
    }
    assert found == {"router/contract/tables.py"}


@pytest.mark.parametrize(
    ("package", "extra"),
    [("router", IN_THE_LAMBDA_RUNTIME), ("bootstrap", set()), ("errors", set())],
)
def test_modules_that_run_before_the_installation_import_no_packages(package: str, extra: set[str]) -> None:
    allowed = sys.stdlib_module_names | extra | set(MAY_IMPORT)
    for path in sources(package):
        assert set(imports(path)) - for_type_checking(path) <= allowed, path


def test_build_py_parses_on_an_old_python() -> None:
    ast.parse((ROOT / "build.py").read_text(), feature_version=(3, 6))
    first = next(n for n in ast.parse((ROOT / "build.py").read_text()).body if isinstance(n, ast.If))
    assert "version_info" in ast.unparse(first.test)


def test_the_project_is_not_installable() -> None:
    """The project is used as a clone; a wheel would have top-level modules named errors and settings, and no data."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "build-system" not in project
    assert "Private :: Do Not Upload" in project["project"]["classifiers"]


def test_the_stated_python_versions_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    stated = [name.rpartition(" ")[2] for name in project["classifiers"] if "Python :: 3." in name]
    workflow = (ROOT / ".github/workflows/ci.yml").read_text()
    assert re.findall(r'"(3\.\d+)"', re.search(r"python: \[.*\]", workflow)[0]) == stated  # type: ignore[index]
    assert project["requires-python"] == f">={stated[0]}"


HEAVY = {
    *("boto3", "botocore", "s3transfer", "jsonschema", "jinja2", "markdown_it", "PIL", "aiohttp", "ministack"),
    *("troposphere", "awacs", "cfnlint", "crawleruseragents", "pygments", "shtab", "tomlkit", "asyncio"),
}
USED = {
    "generate": {"troposphere", "awacs"},
    "package": {"crawleruseragents"},
    "lint --help": set[str](),
    "diff --help": set[str](),
    "status --settings missing.toml": {"boto3", "botocore", "s3transfer"},
    "logs --settings missing.toml": {"boto3", "botocore", "s3transfer"},
    "completion bash": {"shtab"},
    "--version": set[str](),
}
"""Command -> the slow imports that it may use. This checks module names, not times."""


@pytest.mark.parametrize("command", USED)
def test_a_verb_imports_only_what_it_uses(command: str) -> None:
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "build.py", *command.split()],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stderr  # fmt: skip
    found = {line.rpartition("|")[2].strip().split(".")[0] for line in imported.splitlines() if "import time:" in line}
    assert "argparse" in found
    assert found & HEAVY <= USED[command]


def test_every_requirement_is_pinned_by_hash_and_names_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        header, command, pinned = text.split("\n", 2)
        assert header.startswith("# "), path
        assert f"requirements/{path.stem}.in" in command  # what Renovate runs again
        entries = re.split(r"\n(?=\S)", pinned.strip())
        assert entries
        assert all(re.match(r"[\w.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
        assert "://" not in text
        assert "index-url" not in text


def test_the_test_requirements_repeat_the_run_requirements() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^\s;\\]+", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE))

    assert pins("run") <= pins("test")


def test_nothing_names_a_path_of_one_machine_or_a_package_index() -> None:
    wanted = re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+)/|--(?:extra-)?index-url|pypi\.org|registry\.npmjs")
    for name in files_of(ROOT, "*"):
        path = ROOT / name
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            assert not wanted.search(line), f"{name}:{number}"


def test_no_python_in_the_site_folder() -> None:
    """`import site` has to import the standard library's module."""
    assert not list((ROOT / "site").rglob("*.py"))


MODULES_AT_MOST = 15
"""Maximum number of modules in a folder; with more, it becomes hard to find one."""

ROOMS = ("cli", "deployment", "local_cloud", "router", "settings", "site_gen")
"""Without template_gen and scanners, which have one file per part of the architecture and per scanner."""


@pytest.mark.parametrize("package", ROOMS)
def test_no_folder_has_too_many_modules(package: str) -> None:
    for folder in {path.parent for path in sources(package)}:
        here = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(here) <= MODULES_AT_MOST, f"{folder.relative_to(ROOT)} has {len(here)} modules"


@pytest.mark.parametrize("package", ["deployment", "site_gen", "router"])
def test_subpackages_have_no_import_cycles(package: str) -> None:
    """The subpackages of a package, and the modules directly in it, import each other without cycles."""

    def room(name: str) -> str:
        parts = name.split(".")
        return ".".join(parts[:2])

    wanted: dict[str, set[str]] = {}
    for path in sources(package):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if path.name == "__init__.py":
            continue
        imported = {room(one) for one in modules(path) if one.startswith(f"{package}.")}
        wanted.setdefault(room(name), set()).update(imported - {room(name)})
    assert list(TopologicalSorter(wanted).static_order())
