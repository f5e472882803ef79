"""Verbs for the project itself: tests, benchmarks, scanners, shell completion."""

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
    switch("--require-browser", "fail if Chromium is not installed, instead of skipping the browser tests"),
    argument("pytest", nargs="*", metavar="PYTEST_ARGUMENT", help="arguments for pytest, after --"),
    requirements="test",
)
def test(context: Context) -> None:
    """Run all checks: ruff, mypy, then pytest in parallel. With arguments after --, run only pytest with them. Exits
    with the code of the first check that fails.
    """
    from site_gen.pdf import find_chromium

    arguments, say = context.arguments, context.say
    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        # A worker runs whole modules, so that their fixtures are started once, and takes over tests when it runs out.
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
        say("skipped, because Chromium is not installed: the tests in a real browser and those of resume.pdf")
        say("  to run them, install it (on Debian or Ubuntu: apt install chromium) and run the same command again")


@VERBS(
    argument("benchmarks", nargs="*", metavar="NAME", help=f"the benchmarks to run, of {', '.join(BENCHMARKS)} (all)"),
    requirements="test",  # the peers use moto and fakes from the tests
)
def bench(context: Context) -> None:
    """Run the benchmarks of this project and its peers, and print their tables. Takes up to ten minutes. Exits with
    the code of the first one that fails.
    """
    chosen = context.arguments.benchmarks
    unknown = set(chosen) - set(BENCHMARKS)
    if unknown:
        raise UsageError(
            "bench", f"there is no benchmark {', '.join(sorted(unknown))}", f"choose from {', '.join(BENCHMARKS)}"
        )
    for name in chosen or BENCHMARKS:
        context.say(f"\n## {name}\n")
        code = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode
        if code:
            raise SystemExit(code)


@VERBS(
    SETTINGS,
    argument("scanner", nargs="*", metavar="NAME", help="the scanners to run (all)"),
    switch("--require-all", "fail if a scanner cannot run, instead of printing a note"),
)
def scan(context: Context) -> None:
    """Run security scanners on every variant of the template, its policies, the Python code and the workflows. Exits
    with 1 if there are findings.
    """
    from scanners.run import scan as scan_all

    arguments = context.arguments
    found = scan_all(context.settings(), ROOT, arguments.scanner, require_all=arguments.require_all, say=context.say)
    raise SystemExit(found)


@VERBS()
def sbom(context: Context) -> None:
    """Write a CycloneDX SBOM to output/sbom.json: the router's zip, and the packages that run on your machine."""
    from deployment.package.router_zip import build_package
    from scanners.sbom import write_sbom

    context.say(f"wrote {write_sbom(build_package(), ROOT / 'requirements' / 'run.txt', OUTPUT)}")


@VERBS(
    argument("--database", metavar="URL", help="the /v1/query URL of another OSV API server"),
    argument("--registry", metavar="URL", help="the URL of another npm registry"),
)
def audit(context: Context) -> None:
    """Check every pinned version against databases of known vulnerabilities. Exits with 3 if one cannot be reached."""
    from scanners.audit import audit as audit_all

    raise SystemExit(audit_all(ROOT, context.arguments.database, context.arguments.registry, context.say))


@VERBS(argument("shell", choices=["bash", "zsh", "fish"], help="the shell"))
def completion(context: Context) -> None:
    """Print a completion script for `./build.py`. For bash: eval "$(./build.py completion bash)"."""
    import shtab

    context.say(shtab.complete(context.parser, context.arguments.shell))
