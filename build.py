#!/usr/bin/env python3
"""The one entry point: `python3 build.py VERB`. Needs a Python 3.11 or newer, and nothing else.

Each verb is a short function below; `bootstrap` sees to it that what it imports is installed.
"""

import sys

# Before anything newer than this line is parsed or imported, and in words that any Python 3 understands.
if sys.version_info < (3, 11):
    sys.exit(
        f"error: build.py needs Python 3.11 or newer, and this is {sys.version.split()[0]}.\n"
        "  next: install one (https://www.python.org/downloads), then run: python3.11 build.py"
    )

import argparse
import os
import subprocess
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import bootstrap
from errors import ProjectError, UsageError

if TYPE_CHECKING:
    from deployment import Target

ROOT = Path(__file__).resolve().parent
OUTPUT = ROOT / "output"


def say(text: str) -> None:
    print(text, flush=True)


def generate(arguments: argparse.Namespace) -> None:
    """Write the CloudFormation template to output/template.json."""
    from deployment import write_template
    from settings import load

    text = write_template(load(arguments.settings), OUTPUT)
    say(f"wrote {OUTPUT / 'template.json'}: {len(text.encode()):,} bytes")


def lint(arguments: argparse.Namespace) -> None:
    """Run cfn-lint on the template, in every variant that settings can lead to."""
    from deployment.lint import lint_variants
    from settings import load

    lint_variants(load(arguments.settings), say)


def package(_: argparse.Namespace) -> None:
    """Zip the router to output/router.zip: the same source gives the same bytes."""
    from deployment.package import build_package, write_package

    built = build_package()
    say(f"wrote {write_package(built, OUTPUT)}: {len(built.content):,} bytes, sha256 {built.sha256}")


def deploy(arguments: argparse.Namespace) -> None:
    """Deploy the stack and the site, to AWS or to the endpoint that is given. Run it again after any change."""
    from deployment import deploy as deploy_to
    from deployment.emulated import parameters
    from settings import load
    from site_gen.pdf import ChromiumPrinter, find_chromium
    from template_gen import names

    settings, target = load(arguments.settings), _target(arguments)
    say(f"deploying {settings.stack.name} to {target.endpoint_url or 'AWS'}, {target.resolved_region}")
    deployed = deploy_to(
        settings,
        target,
        output=OUTPUT,
        parameters=parameters(target.endpoint_url),
        print_pdf=ChromiumPrinter(OUTPUT / "pdf", find_chromium(), say),
        say=say,
    )
    if not deployed.changed:
        say("nothing had changed")
    say(f"Live: {deployed.outputs[names.SITE_URL]}")


def local(arguments: argparse.Namespace) -> None:
    """Run the whole system on this machine, without an account: page, socket, tables, router."""
    import local_cloud

    options = local_cloud.Options(
        settings_path=arguments.settings,
        output=OUTPUT,
        port=arguments.port,
        open_browser=not arguments.no_open,
        state=arguments.state,
        fresh=arguments.fresh,
    )
    raise SystemExit(local_cloud.run(options, say))


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


def site(arguments: argparse.Namespace) -> None:
    """Look at the site without a cloud: `site preview`. Edits show on reload; only the counter has nobody to ask."""
    from settings import load
    from site_gen import Edition
    from site_gen.preview import Preview, serve

    settings = load(arguments.settings)
    edition, policy = Edition.of(settings), settings.site.content_security_policy
    serve(Preview(settings.site.folder, OUTPUT / "preview", edition, policy, say), arguments.port)


def test(arguments: argparse.Namespace) -> None:
    """Run every check: ruff, mypy, then pytest in parallel. With pytest arguments, only pytest with those."""
    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", "-n", "auto", "--dist", "loadscope"],
    ]
    if arguments.pytest:
        checks = [["pytest", *arguments.pytest]]
    environment = {**os.environ, **({"REQUIRE_BROWSER": "1"} if arguments.require_browser else {})}
    for check in checks:
        say(f"$ {' '.join(check)}")
        code = subprocess.run([sys.executable, "-m", *check], cwd=ROOT, env=environment, check=False).returncode
        if code:
            raise SystemExit(code)


def status(arguments: argparse.Namespace) -> None:
    """Show the stack's state, its addresses and the count."""
    from deployment import status as show
    from settings import load

    show(load(arguments.settings), _target(arguments), say)


def destroy(arguments: argparse.Namespace) -> None:
    """Delete the stack. Says first what goes and what stays; keeps data unless the settings say otherwise."""
    from deployment import destroy as destroy_at
    from deployment.destroy import describe
    from settings import load

    settings, target = load(arguments.settings), _target(arguments)
    for line in describe(settings, target):
        say(line)
    if not arguments.yes and not _confirmed(settings.stack.name):
        raise UsageError(
            "destroy", "not confirmed, so nothing was deleted", f"type {settings.stack.name}, or add --yes"
        )
    destroy_at(settings, target, say)


def _target(arguments: argparse.Namespace) -> "Target":
    from deployment import Target
    from settings import load

    region = arguments.region or load(arguments.settings).stack.region
    return Target(region, arguments.endpoint_url or os.environ.get("AWS_ENDPOINT_URL"), arguments.profile)


def _confirmed(name: str) -> bool:
    try:
        return input(f"Type the stack's name ({name}) to go on: ").strip() == name
    except EOFError:
        return False


VERBS = (local, resume, site, generate, lint, package, deploy, status, destroy, test)


def parser() -> argparse.ArgumentParser:
    """The command line, a subcommand a verb, helped by the verb's own docstring."""
    top = argparse.ArgumentParser(
        prog="build.py",
        description="A résumé with a real-time visitor counter: run it here, deploy it to AWS.",
        epilog="Start with `build.py local`. Settings are in settings.toml, the résumé in site/resume.json.",
    )
    subparsers = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    commands = {}
    for verb in VERBS:
        told = verb.__doc__ or ""
        command = subparsers.add_parser(verb.__name__, help=told.partition(". ")[0].rstrip("."), description=told)
        command.set_defaults(run=verb)
        commands[verb.__name__] = command
        if verb not in (package, test):
            command.add_argument(
                "--settings", type=Path, default=ROOT / "settings.toml", metavar="FILE", help="instead of settings.toml"
            )
        if verb in (deploy, status, destroy):
            command.add_argument("--endpoint-url", metavar="URL", help="an emulator of AWS instead of AWS")
            command.add_argument("--profile", help="an AWS profile; AWS_PROFILE and the like work too")
            command.add_argument("--region", help="instead of the settings' one")
    commands["local"].add_argument("--port", type=int, default=8080, help="where the page is served (8080)")
    commands["local"].add_argument("--no-open", action="store_true", help="open no browser")
    commands["local"].add_argument(
        "--state", type=Path, default=OUTPUT / "local", metavar="DIR", help="where the count is kept (output/local)"
    )
    commands["local"].add_argument("--fresh", action="store_true", help="begin at zero; the old count is moved aside")
    commands["resume"].add_argument("action", choices=["import"], help="what to do")
    commands["resume"].add_argument("file", type=Path, metavar="FILE", help="a resume.json from anywhere")
    commands["site"].add_argument("action", choices=["preview"], help="what to do")
    commands["site"].add_argument("--port", type=int, default=8090, help="where it is served (8090)")
    commands["destroy"].add_argument("--yes", action="store_true", help="do not ask")
    commands["test"].add_argument(
        "--require-browser", action="store_true", help="fail, rather than skip, where there is no Chromium"
    )
    commands["test"].add_argument("pytest", nargs="*", metavar="PYTEST_ARGUMENT", help="after --, for pytest alone")
    return top


def main() -> None:
    """Runs the verb. The only place that prints an error and exits."""
    arguments = parser().parse_args()
    try:
        bootstrap.ensure("test" if arguments.run is test else "run", say)
        arguments.run(arguments)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
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
