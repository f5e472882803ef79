#!/usr/bin/env python3
"""The one entry point: `python3 build.py VERB`. Needs a Python 3.11 or newer, and nothing else.

Each verb is a short function below, its arguments declared above it (see command_line.py); `bootstrap` sees to it that
what it imports is installed.
"""

import sys

# Before anything newer than this line is parsed or imported, and in words that any Python 3 understands.
if sys.version_info < (3, 11):
    sys.exit(
        f"error: build.py needs Python 3.11 or newer, and this is {sys.version.split()[0]}.\n"
        "  next: install one (https://www.python.org/downloads), then run: python3.11 build.py"
    )

import signal

# Until main() can answer to it in words, Ctrl-C just ends this.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import os
import subprocess
import tomllib
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import bootstrap
import command_line
from command_line import Verbs, argument, path, switch
from errors import ProjectError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployment.console import Console
    from deployment.count_command import CountPlace
    from deployment.target import Target
    from settings import Settings
    from site_gen.pdf import ChromiumPrinter

ROOT = Path(__file__).resolve().parent
OUTPUT = ROOT / "output"

VERBS = verb = Verbs()

DESCRIPTION = "A résumé with a real-time visitor counter: run it here, deploy it to AWS."
FIRST_VERBS = ("local", "resume", "diff", "deploy", "status", "destroy", "test")
"""What somebody who has just cloned this needs."""

SETTINGS = argument(
    "--settings", type=path, default=ROOT / "settings.toml", metavar="FILE", help="instead of settings.toml"
)
ACCOUNT = (
    SETTINGS,
    argument("--env", metavar="NAME", default="", help="an independent copy of everything, under this name"),
    argument("--endpoint-url", metavar="URL", help="an emulator of AWS instead of AWS"),
    argument("--profile", help="an AWS profile; AWS_PROFILE and the like work too"),
    argument("--region", help="instead of the settings' one"),
)
"""What every verb takes that goes to an account."""
YES = switch("--yes", "do not ask")
JSON = switch("--json", "for machines")
TRAFFIC = (
    argument("--visits", type=int, default=1000, metavar="N", help="visits a month, for the cost (1000)"),
    argument("--minutes", type=float, default=3, metavar="M", help="minutes a visit, for the cost (3)"),
)


def say(text: str) -> None:
    print(text, flush=True)


def _complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _require_posix(verb_name: str, platform: str = os.name) -> None:
    """What the embedded cloud needs of the system (process groups, file locks), Windows has only in WSL."""
    if platform == "nt":
        raise UsageError(verb_name, "does not run on Windows itself", "run it in WSL: https://aka.ms/wsl")


@verb(
    SETTINGS,
    argument("--port", type=int, default=8080, help="where the page is served (8080)"),
    switch("--no-open", "open no browser"),
    argument("--state", type=path, default=OUTPUT / "local", metavar="DIR", help="where the count is kept"),
    switch("--fresh", "begin at zero; the old count is moved aside"),
)
def local(arguments: argparse.Namespace) -> None:
    """Run the whole system on this machine, without an account: page, socket, tables, router."""
    _require_posix("local")
    from local_cloud.options import Options
    from local_cloud.run import run

    options = Options(
        settings_path=arguments.settings,
        output=OUTPUT,
        port=arguments.port,
        open_browser=not arguments.no_open,
        state=arguments.state,
        fresh=arguments.fresh,
    )
    raise SystemExit(run(options, say))


@verb(
    SETTINGS,
    argument("--seed", type=int, metavar="N", help="what is chosen by chance is chosen by it; another each time"),
    argument("--rounds", type=int, metavar="N", help="how many faults, one after the other; each once if left out"),
    argument("--visitors", type=int, default=10, metavar="N", help="how many arrive in each round (10)"),
    argument("--only", action="append", default=[], metavar="FAULT", help="only this fault; may be given repeatedly"),
)
def chaos(arguments: argparse.Namespace) -> None:
    """Break an embedded cloud in every way there is, and check the count each time. Exits with 1 if it was wrong."""
    _require_posix("chaos")
    from local_cloud.chaos.options import Options, a_seed
    from local_cloud.chaos.run import run

    options = Options(
        settings_path=arguments.settings,
        seed=a_seed() if arguments.seed is None else arguments.seed,
        rounds=arguments.rounds,
        visitors=arguments.visitors,
        only=tuple(arguments.only),
    )
    raise SystemExit(run(options, say))


@verb(SETTINGS)
def generate(arguments: argparse.Namespace) -> None:
    """Write the CloudFormation template to output/template.json."""
    from deployment.template_file import write_template
    from settings import load

    text = write_template(load(arguments.settings), OUTPUT)
    say(f"wrote {OUTPUT / 'template.json'}: {len(text.encode()):,} bytes")


@verb(SETTINGS)
def lint(arguments: argparse.Namespace) -> None:
    """Run cfn-lint on the template, in every variant that settings can lead to."""
    from deployment.lint import lint_variants
    from settings import load

    lint_variants(load(arguments.settings), OUTPUT, say)


@verb()
def package(_: argparse.Namespace) -> None:
    """Zip the router to output/router.zip: the same source gives the same bytes."""
    from deployment.package import build_package, write_package

    built = build_package()
    say(f"wrote {write_package(built, OUTPUT)}: {len(built.content):,} bytes, sha256 {built.sha256}")


@verb(*ACCOUNT, *TRAFFIC, JSON, switch("--cost", "every position of the cost"))
def diff(arguments: argparse.Namespace) -> None:
    """Show what a deploy would do, and do none of it. Exits with 0 for nothing, 2 for changes, 1 for an error."""
    import json

    from deployment.cost import traffic
    from deployment.deploy import diff as diff_at
    from deployment.emulated import parameters
    from deployment.plan import as_json
    from deployment.plan_text import plan_lines
    from deployment.prepared import prepare

    console = _console()
    try:
        settings, target = _account(arguments)
        prepared = prepare(settings, target, OUTPUT, parameters(target.endpoint_url), _printer(_complain))
        # What has to be said on the way must not get between a machine and its JSON.
        plan = diff_at(prepared, _complain if arguments.json else console, traffic(arguments.visits, arguments.minutes))
    except ProjectError as error:
        error.exit_code = 1
        raise
    told = plan_lines(plan, console.painted, detailed_cost=arguments.cost)
    say(json.dumps(as_json(plan), indent=2, ensure_ascii=False) if arguments.json else "\n".join(told))
    raise SystemExit(0 if plan.empty else 2)


@verb(
    *ACCOUNT,
    YES,
    *TRAFFIC,
    switch("--allow-data-loss", "carry out a plan that replaces or deletes a table or the bucket"),
    switch("--allow-mass-delete", "carry out a plan that deletes most of the site"),
    switch("--wait", "return only when CloudFront has forgotten everywhere what changed"),
    switch("--no-smoke-test", "do not look afterwards whether it works"),
    switch("--rollback-on-smoke-failure", "go back to what was there, if it does not work"),
    switch("--skip-stuck", "leave what cannot go back from a failed update as it is"),
    switch("--new-origin-secret", "another secret between distribution and router, as after somebody saw it"),
)
def deploy(arguments: argparse.Namespace) -> None:
    """Show the plan, ask, then deploy the stack and the site. Run it again after any change, or any accident."""
    from deployment.agreement import agreement
    from deployment.cost import traffic
    from deployment.deploy import Options
    from deployment.deploy import deploy as deploy_to
    from deployment.emulated import parameters
    from template_gen import names

    console = _console()
    agreed = agreement(console, yes=arguments.yes)
    settings, target = _account(arguments)
    console(f"deploying {settings.stack.name} to {target.endpoint_url or 'AWS'}, {target.resolved_region}")
    deployed = deploy_to(
        settings,
        target,
        output=OUTPUT,
        parameters=parameters(target.endpoint_url),
        say=console,
        agreement=agreed,
        print_pdf=_printer(console),
        options=Options(
            allow_data_loss=arguments.allow_data_loss,
            allow_mass_delete=arguments.allow_mass_delete,
            wait=arguments.wait,
            smoke_test=not arguments.no_smoke_test,
            rollback_on_smoke_failure=arguments.rollback_on_smoke_failure,
            skip_stuck=arguments.skip_stuck,
            new_origin_secret=arguments.new_origin_secret,
            traffic=traffic(arguments.visits, arguments.minutes),
        ),
    )
    if not deployed.changed:
        say("nothing had changed")
    say(f"Live: {deployed.outputs[names.SITE_URL]}")


@verb(*ACCOUNT)
def environments(arguments: argparse.Namespace) -> None:
    """List the environments of this stack in the Region: state, last change, address."""
    from deployment.environments import environment_lines
    from deployment.environments import environments as environments_at

    settings, target = _account(arguments)
    lines = environment_lines(environments_at(settings, target, say))
    say("\n".join(lines) if lines else f"none yet in {target.resolved_region}: python3 build.py deploy [--env NAME]")


@verb(*ACCOUNT, JSON, switch("--drift", "ask CloudFormation what was changed by hand; takes a minute"))
def status(arguments: argparse.Namespace) -> None:
    """Show how the stack is: last deploy, addresses, count, health, alarms. Exits with 1 when something is not well."""
    import json

    from deployment.status import status as status_of

    settings, target = _account(arguments)
    state = status_of(settings, target)
    drifted: list[str] = []
    if arguments.drift:
        from deployment.drift import drift

        drift(settings, target, drifted.append)
    if arguments.json:
        say(json.dumps({**state.as_json(), **({"drift": drifted} if arguments.drift else {})}, indent=2))
    else:
        say("\n".join([*state.lines(), *drifted]))
    raise SystemExit(0 if state.healthy else 1)


@verb(
    *ACCOUNT,
    argument("--since", default="1h", metavar="SPAN", help="how far back: 90s, 30m, 1h, 2d (1h)"),
    switch("--follow", "go on showing what comes, until Ctrl-C"),
)
def logs(arguments: argparse.Namespace) -> None:
    """Show the router's log, a readable line an entry."""
    from deployment.logs import seconds_in, show_logs
    from deployment.stack_outputs import read_outputs
    from template_gen import names

    since = seconds_in(arguments.since)
    settings, target = _account(arguments)
    group = read_outputs(settings, target)[names.ROUTER_LOG_GROUP]
    with suppress(KeyboardInterrupt):  # which is how following ends
        show_logs(group, target, say, since_seconds=since, follow=arguments.follow)


@verb(*ACCOUNT)
def open_(arguments: argparse.Namespace) -> None:
    """Open the site in the browser, and print its address."""
    from deployment.stack_outputs import read_outputs
    from local_cloud.browser import open_page
    from template_gen import names

    settings, target = _account(arguments)
    url = read_outputs(settings, target)[names.SITE_URL]
    say(url)
    if target.endpoint_url:
        say("an emulator's address is known to no DNS: python3 build.py local serves the page on this machine")
        return
    opening = open_page(url, os.environ)
    if opening:
        opening.join()


@verb(
    *ACCOUNT,
    YES,
    argument(
        "action",
        nargs="?",
        default="show",
        choices=["show", "set", "export", "import", "backups", "restore"],
        help="show if left out",
    ),
    argument(
        "value",
        nargs="?",
        metavar="N|FILE|BACKUP",
        help="the count to set; the file to write or read; the date, time or key of a backup",
    ),
    switch("--rows", "export the remembered visits too, so that a tab that was counted is not counted again"),
    argument("--table", metavar="NAME", help="export from this table, such as one that `destroy` has kept"),
)
def count(arguments: argparse.Namespace) -> None:
    """Show the visitor count, set it, or move it out of an account and into one, while visits go on being counted."""
    from deployment.count_command import run

    run(arguments.action, arguments.value, _count_place(arguments), say, None if arguments.yes else _agreed)


@verb(*ACCOUNT, JSON, argument("--days", type=int, default=30, metavar="N", help="how many days, up to today (30)"))
def stats(arguments: argparse.Namespace) -> None:
    """Plot the visits of each day. Days are UTC's."""
    from deployment.stats import tell

    tell(_count_place(arguments).table(), arguments.days, say, as_json=arguments.json, blocks=_encodes("█▏"))


@verb(*ACCOUNT, switch("--policy", "write the policies of a role that may deploy, and no more, to output/deploy-role"))
def doctor(arguments: argparse.Namespace) -> None:
    """Look for whatever would stand in the way of a deploy, each with its fix. Exits with 1 when something does."""
    from deployment.doctor import examine_all, write_role

    if arguments.policy:
        write_role(*_account(arguments), OUTPUT, say)
        return

    pins = ROOT / "requirements" / "run.txt"
    raise SystemExit(0 if examine_all(pins, lambda: _account(arguments), say) else 1)


@verb(
    SETTINGS,
    YES,
    argument("--name", help="the stack's name"),
    argument("--region", help="the AWS Region"),
    argument("--domain", help="a domain of your own; an empty one is none"),
    argument("--hosted-zone", help="its Route 53 zone ID"),
    argument("--email", help="where alarms go"),
)
def init(arguments: argparse.Namespace) -> None:
    """Ask the few questions that matter and write settings.toml. Everything else in it stays as it is."""
    from deployment.guided_start import init as begin

    given = {
        "stack.name": arguments.name,
        "stack.region": arguments.region,
        "domain.name": arguments.domain,
        "domain.hosted_zone": arguments.hosted_zone,
        "alerts.email": arguments.email,
    }
    begin(arguments.settings, given, None if arguments.yes else input, say)


@verb(*ACCOUNT, YES, switch("--delete-data", "the tables and the bucket too, whatever the settings say"))
def destroy(arguments: argparse.Namespace) -> None:
    """Delete the stack. Says first what goes and what stays, and asks for its name; data stays unless told."""
    from deployment.destroy import describe, plan_destroy
    from deployment.destroy import destroy as destroy_at

    settings, target = _account(arguments)
    plan = plan_destroy(settings, target, delete_data=arguments.delete_data)
    say("\n".join(describe(plan)))
    if plan.nothing:
        return
    if not arguments.yes and not _confirmed(settings.stack.name):
        raise UsageError(
            "destroy", "not confirmed, so nothing was deleted", f"type {settings.stack.name}, or add --yes"
        )
    destroy_at(plan, settings, target, say)


@verb(
    SETTINGS,
    argument("action", choices=["import"], help="what to do"),
    argument("file", type=path, metavar="FILE", help="a JSON Resume"),
)
def resume(arguments: argparse.Namespace) -> None:
    """Bring in a résumé: `resume import FILE`. FILE is a JSON Resume; the one of before is kept beside it."""
    from settings import load
    from site_gen.importing import import_resume

    imported = import_resume(arguments.file, load(arguments.settings).site.folder)
    if imported.backup:
        say(f"kept the résumé of before as {imported.backup}")
    for note in imported.notes:
        say(f"note: {note}")
    say(f"imported {arguments.file} as {imported.path}; look at it: python3 build.py site preview")


@verb(
    SETTINGS,
    argument("action", choices=["preview"], help="what to do"),
    argument("--port", type=int, default=8090, help="where it is served (8090)"),
)
def site(arguments: argparse.Namespace) -> None:
    """Look at the site without a cloud: `site preview`. Edits show on reload; only the counter has nobody to ask."""
    from settings import load
    from site_gen.edition import Edition
    from site_gen.preview import Preview, serve

    settings = load(arguments.settings)
    edition, policies = Edition.of(settings), (settings.site.content_security_policy, settings.site.permissions_policy)
    preview = Preview(settings.site.folder, OUTPUT / "preview", edition, policies[0], say, _printer(say), policies[1])
    serve(preview, arguments.port)


BENCHMARKS = ("fanout", "cold_start", "scaling", "latency", "crowd")


@verb(argument("benchmarks", nargs="*", metavar="NAME", help=f"only these of: {', '.join(BENCHMARKS)}"))
def bench(arguments: argparse.Namespace) -> None:
    """Run the benchmarks, peers and this project in the same run, and print their tables. Ten minutes at most."""
    unknown = set(arguments.benchmarks) - set(BENCHMARKS)
    if unknown:
        raise UsageError(
            "bench", f"no benchmark is named {', '.join(sorted(unknown))}", f"one of {', '.join(BENCHMARKS)}"
        )
    for name in arguments.benchmarks or BENCHMARKS:
        say(f"\n## {name}\n")
        code = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode
        if code:
            raise SystemExit(code)


@verb(
    SETTINGS,
    argument("scanner", nargs="*", metavar="NAME", help="only these"),
    switch("--require-all", "fail where a scanner cannot run, instead of saying so"),
)
def scan(arguments: argparse.Namespace) -> None:
    """Run security scanners over every variant of the template, its policies, the Python and the workflows."""
    from scanners.run import scan as scan_all
    from settings import load

    settings = load(arguments.settings)
    raise SystemExit(scan_all(settings, ROOT, arguments.scanner, require_all=arguments.require_all, say=say))


@verb()
def sbom(_: argparse.Namespace) -> None:
    """Write what ships to output/sbom.json, as CycloneDX: the router's zip, and what runs on your machine."""
    from deployment.package import build_package
    from scanners.sbom import write_sbom

    say(f"wrote {write_sbom(build_package(), ROOT / 'requirements' / 'run.txt', OUTPUT)}")


@verb(
    argument("--database", metavar="URL", help="another server of the OSV interface: where its /v1/query is"),
    argument("--registry", metavar="URL", help="another npm registry"),
)
def audit(arguments: argparse.Namespace) -> None:
    """Ask the databases of known vulnerabilities about everything pinned. Exits with 3 when one cannot be reached."""
    from scanners.audit import audit as audit_all

    raise SystemExit(audit_all(ROOT, arguments.database, arguments.registry, say))


@verb(
    switch("--require-browser", "fail, rather than skip, where there is no Chromium"),
    argument("pytest", nargs="*", metavar="PYTEST_ARGUMENT", help="after --, for pytest alone"),
)
def test(arguments: argparse.Namespace) -> None:
    """Run every check: ruff, mypy, then pytest in parallel. With pytest arguments, only pytest with those."""
    from site_gen.pdf import find_chromium

    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        # A worker keeps to a module, and what that has started, until another has nothing left to do.
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


@verb(argument("shell", choices=["bash", "zsh", "fish"], help="the shell to complete in"))
def completion(arguments: argparse.Namespace) -> None:
    """Print a script that completes `./build.py` in a shell. For bash: eval "$(./build.py completion bash)"."""
    import shtab

    say(shtab.complete(parser(), arguments.shell))


def _account(arguments: argparse.Namespace) -> "tuple[Settings, Target]":
    """The settings, as they are in the environment that is named, and where to go with them."""
    from deployment.environments import in_environment
    from deployment.target import Target
    from settings import load

    settings = in_environment(load(arguments.settings), arguments.env)
    endpoint_url = arguments.endpoint_url or os.environ.get("AWS_ENDPOINT_URL")
    return settings, Target(arguments.region or settings.stack.region, endpoint_url, arguments.profile)


def _printer(say: "Callable[[str], None]") -> "ChromiumPrinter":
    from site_gen.pdf import ChromiumPrinter, find_chromium

    return ChromiumPrinter(OUTPUT / "pdf", find_chromium(), say)


def _console() -> "Console":
    from deployment.console import Console

    return Console()


def _count_place(arguments: argparse.Namespace) -> "CountPlace":
    from deployment.count_command import CountPlace

    named, rows = getattr(arguments, "table", None), getattr(arguments, "rows", False)
    return CountPlace(*_account(arguments), named, with_rows=rows)


def _agreed(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _encodes(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _confirmed(name: str) -> bool:
    try:
        return input(f"Type the stack's name ({name}) to go on: ").strip() == name
    except EOFError:
        return False


def parser() -> argparse.ArgumentParser:
    return command_line.parser(
        VERBS,
        description=DESCRIPTION,
        epilog="Start with `build.py local`. Settings are in settings.toml, the résumé in site/resume.json.",
        version=_version(),
    )


def _version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    return f"{project['name']} {project['version']} (Python {sys.version.split()[0]})"


def main() -> None:
    """Runs the verb. The only place that prints an error and exits."""
    arguments = argparse.Namespace()
    try:
        if not sys.argv[1:]:
            say(command_line.overview(VERBS, FIRST_VERBS, DESCRIPTION))
            return
        command_line.require_known_verb(VERBS, sys.argv[1:])
        arguments = parser().parse_args()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # The benchmarks have moto and the tests' stand-ins as peers.
        bootstrap.ensure("test" if arguments.run in (test, bench) else "run", say)
        arguments.run(arguments)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        if getattr(arguments, "env", ""):
            print(f"  (and --env {arguments.env} with it, as you ran this)", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        print("interrupted: run the same command again, it picks up where this left off", file=sys.stderr)
        raise SystemExit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except Exception as error:  # noqa: BLE001 - the last resort: the user gets a sentence, the log gets the traceback
        raise SystemExit(_report_bug(error)) from None


def _report_bug(error: Exception) -> int:
    log = OUTPUT / "error.log"
    try:
        OUTPUT.mkdir(exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        where = f"report it with {log}"
    except OSError:
        where = "report it with the command you ran"
    print(f"error: build.py: {type(error).__name__}: {error}\n  next: this is a bug; {where}", file=sys.stderr)
    return 70


if __name__ == "__main__":
    main()
