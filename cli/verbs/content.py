"""Verbs for the content of the site: the résumé and the pages."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cli.context import Context
from cli.declaration import Verbs, argument, path, switch
from cli.options import SETTINGS
from cli.places import OUTPUT
from errors import ProjectError

if TYPE_CHECKING:
    from settings import Settings
    from site_gen.importing.plan import ImportPlan

VERBS = Verbs()
RESUME = VERBS.group("resume", "Import a résumé: `resume import FILE`.")
SITE = VERBS.group("site", "Preview the site without a cloud: `site preview`.")


@RESUME(
    SETTINGS,
    switch("--check", "only report what would be mended, left out and written; change nothing"),
    argument(
        "file", type=path, metavar="FILE", help="JSON Resume, RenderCV's YAML, Europass XML, or LinkedIn's export (zip)"
    ),
)
def import_(context: Context) -> None:
    """Import a résumé into the site, mend what is plain, and report every change; then build its page and PDF. The
    previous résumé is kept as a backup in the same folder. The picture comes along, and site.language is set to the
    language of the text.
    """
    from site_gen.importing.plan import carry_out, plan_import
    from site_gen.importing.report import report_lines

    file, say, settings = context.arguments.file, context.say, context.settings()
    plan = plan_import(file, settings.site.folder)
    for line in report_lines(plan):
        say(line)
    if context.arguments.check:
        _say_what_would_be(context, plan, settings)
        return
    imported = carry_out(plan)
    _set_language(context, plan.language, settings.site.language)
    if imported.backup:
        say(f"kept the previous résumé as {imported.backup}")
    for note in imported.notes:
        say(f"note: {note}")
    say(f"imported {file} as {imported.path}")
    _build(context)


def _build(context: Context) -> None:
    """Build the page and the PDF of the imported résumé, and say where they are."""
    from site_gen.pages.edition import Edition
    from site_gen.pipeline import PDF, build_site

    settings = context.settings()
    if not (settings.site.folder / "theme").is_dir():
        return
    built = build_site(settings.site.folder, OUTPUT / "resume", Edition.of(settings), print_pdf=context.printer())
    pages = [name for name in (PurePosixPath("index.html"), PDF) if name in built.files]
    context.say(f"built {' and '.join(str(built.folder / name) for name in pages)}")
    context.say("look at it: python3 build.py site preview")


def _say_what_would_be(context: Context, plan: ImportPlan, settings: Settings) -> None:
    """Print the rest of the report of `--check`."""
    if _differs(plan.language, settings.site.language):
        context.say(f'would set site.language = "{plan.language}" (now "{settings.site.language}")')
    for note in plan.notes:
        context.say(f"note: {note}")
    context.say(f"{plan.file} can be imported; nothing was changed")


def _differs(found: str, current: str) -> bool:
    """Return True if the found language is another one; pt-BR is a kind of pt."""
    return bool(found) and current.partition("-")[0] != found


def _set_language(context: Context, found: str, current: str) -> None:
    """Set site.language to the language of the résumé, or say how to do it."""
    from deployment.operations.settings_file import write_values

    if not _differs(found, current):
        return
    file = context.arguments.settings
    try:
        write_values(file, {"site.language": found})
    except ProjectError as error:
        context.say(f'note: site.language is still "{current}": {file} {error.what}; set it to "{found}" by hand')
    else:
        context.say(f'set site.language = "{found}" in {file} (was "{current}")')


@SITE(SETTINGS, argument("--port", type=int, default=8090, help="the port of the page (8090)"))
def preview(context: Context) -> None:
    """Serve the site without a cloud. Edits show on reload; the counter does not work."""
    from site_gen.pages.edition import Edition
    from site_gen.preview import Preview, serve

    settings = context.settings()
    own = settings.site
    site = Preview(
        own.folder,
        OUTPUT / "preview",
        Edition.of(settings),
        own.content_security_policy,
        context.say,
        context.printer(),
        own.permissions_policy,
        own.ignore,
    )
    serve(site, context.arguments.port)
