"""The project itself: tests, benchmarks, scanners, shell completion."""

from __future__ import annotations

import os
import subprocess
import sys

from cli.context import Context
from cli.declaration import Verbs, argument, switch
from cli.options import SETTINGS
from cli.places import OUTPUT, ROOT
from errors import UsageError

VERBS = Verbs()
BENCHMARKS = ("fanout", "cold_start", "scaling", "latency", "crowd")


@VERBS(
    switch("--require-browser", "fail where there is no Chromium, instead of skipping its tests"),
    argument("pytest", nargs="*", metavar="PYTEST_ARGUMENT", help="arguments for pytest, after --"),
    requirements="test",
)
def test(context: Context) -> None:
    """Run every check: ruff, mypy, then pytest in parallel. With pytest arguments, only pytest with those."""
    from site_gen.pdf import find_chromium

    arguments, say = context.arguments, context.say
    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        # A worker keeps to a module, and to what that has started, until another has nothing left to do.
        ["pytest", "-n", "auto", "--dist", "worksteal"],
    ]
    if arguments.pytest:
        checks = [["pytest", *arguments.pytest]]
    environment = {**os.environ, **({"REQUIRE_BROWSER": "1"} if arguments.require_browser else {})}
    for check in checks:
        say(f"$ {' '.join(check)}")
        code = subprocess.run([sys.executable, "-m", *check], cwd=ROOT, env=environment, check=False).returncode
        if code:
            raise SystemExit(code)
    if find_chromium() is None:
        say("left out, because no Chromium was found: the tests in a real browser, and those of resume.pdf")
        say("  to run them too, install one (on Debian or Ubuntu: apt install chromium) and run this again")


@VERBS(
    argument("benchmarks", nargs="*", metavar="NAME", help=f"only these of: {', '.join(BENCHMARKS)}"),
    requirements="test",  # moto and the tests' stand-ins are among the peers
)
def bench(context: Context) -> None:
    """Run the benchmarks, this project and its peers in the same run, and print their tables. Ten minutes at most."""
    chosen = context.arguments.benchmarks
    unknown = set(chosen) - set(BENCHMARKS)
    if unknown:
        raise UsageError(
            "bench", f"no benchmark is named {', '.join(sorted(unknown))}", f"one of {', '.join(BENCHMARKS)}"
        )
    for name in chosen or BENCHMARKS:
        context.say(f"\n## {name}\n")
        code = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode
        if code:
            raise SystemExit(code)


@VERBS(
    SETTINGS,
    argument("scanner", nargs="*", metavar="NAME", help="only these scanners"),
    switch("--require-all", "fail where a scanner cannot run, instead of saying so"),
)
def scan(context: Context) -> None:
    """Run security scanners over every variant of the template, its policies, the Python and the workflows."""
    from scanners.run import scan as scan_all

    arguments = context.arguments
    found = scan_all(context.settings(), ROOT, arguments.scanner, require_all=arguments.require_all, say=context.say)
    raise SystemExit(found)


@VERBS()
def sbom(context: Context) -> None:
    """Write a CycloneDX SBOM of what ships to output/sbom.json: the router's zip, and what runs on your machine."""
    from deployment.package.router_zip import build_package
    from scanners.sbom import write_sbom

    context.say(f"wrote {write_sbom(build_package(), ROOT / 'requirements' / 'run.txt', OUTPUT)}")


@VERBS(
    argument("--database", metavar="URL", help="another server with the OSV API: the address of its /v1/query"),
    argument("--registry", metavar="URL", help="another npm registry"),
)
def audit(context: Context) -> None:
    """Look up every pinned version in databases of known vulnerabilities. Exits with 3 when one cannot be reached."""
    from scanners.audit import audit as audit_all

    raise SystemExit(audit_all(ROOT, context.arguments.database, context.arguments.registry, context.say))


@VERBS(argument("shell", choices=["bash", "zsh", "fish"], help="the shell"))
def completion(context: Context) -> None:
    """Print a completion script for `./build.py`. For bash: eval "$(./build.py completion bash)"."""
    import shtab

    context.say(shtab.complete(context.parser, context.arguments.shell))
