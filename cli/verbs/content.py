"""Verbs for the content of the site: the résumé and the pages."""

from __future__ import annotations

from cli.context import Context
from cli.declaration import Verbs, argument, path
from cli.options import SETTINGS
from cli.places import OUTPUT

VERBS = Verbs()
RESUME = VERBS.group("resume", "Import a résumé: `resume import FILE`.")
SITE = VERBS.group("site", "Preview the site without a cloud: `site preview`.")


@RESUME(SETTINGS, argument("file", type=path, metavar="FILE", help="a JSON Resume file"))
def import_(context: Context) -> None:
    """Import a JSON Resume into the site. The previous résumé is kept as a backup in the same folder."""
    from site_gen.importing import import_resume

    file, say = context.arguments.file, context.say
    imported = import_resume(file, context.settings().site.folder)
    if imported.backup:
        say(f"kept the previous résumé as {imported.backup}")
    for note in imported.notes:
        say(f"note: {note}")
    say(f"imported {file} as {imported.path}; look at it: python3 build.py site preview")


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
