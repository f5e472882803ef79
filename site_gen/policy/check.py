"""Checks a static site of the user's own before it is deployed: the folder, and what the policy would block.

A blocked script is a page that looks deployed and does not work, so it is an error, with the setting that allows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from errors import ResumeError
from settings import INLINE_STYLES
from site_gen.folders.access import explain_os_errors
from site_gen.folders.own_site import list_own_site
from site_gen.folders.source import is_own_site
from site_gen.policy.loads import Load, loads_of_page, loads_of_stylesheet
from site_gen.policy.security_policy import SecurityPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from settings import Settings

PAGES = {".html", ".htm", ".xhtml"}
STYLESHEETS = {".css"}
LISTED = 20
LONGEST_POLICY = 1500
"""Characters that settings.toml allows."""

SOME_HOST = "site.invalid"
"""The host of a site without a domain of its own."""


@dataclass(frozen=True)
class Blocked:
    """A load that the policy blocks. file: its path in the site."""

    file: str
    load: Load

    def __str__(self) -> str:
        return f"{self.file}:{self.load.line}: {self.load.what} ({self.load.directive})"


def require_publishable(settings: Settings) -> None:
    """Raise ResumeError if the site folder is missing, is no site, or if its pages would not work.

    A résumé is validated when it is rendered; the theme's pages load nothing that their policy blocks.
    """
    source = settings.site.folder
    if not is_own_site(source):
        return
    policy = SecurityPolicy.parse(settings.site.content_security_policy, settings.domain.name or SOME_HOST)
    found = list(blocked(source, settings.site.ignore, policy))
    if found:
        raise blocked_error(source, found, policy)


def blocked(source: Path, ignore: Iterable[str], policy: SecurityPolicy) -> Iterator[Blocked]:
    """Yield what `policy` blocks on the published pages of the site in `source`."""
    effective = SecurityPolicy.parse(str(policy).replace(INLINE_STYLES, ""), policy.host)
    for path, content in list_own_site(source, ignore).contents.items():
        if not isinstance(content, Path) or path.suffix.lower() not in PAGES | STYLESHEETS:
            continue
        url = f"https://{policy.host}/{quote(path.as_posix())}"
        text = _text(content)
        loads = loads_of_page(text, url) if path.suffix.lower() in PAGES else loads_of_stylesheet(text, url)
        yield from (Blocked(path.as_posix(), load) for load in loads if not effective.allows(load))


def blocked_error(source: Path, found: list[Blocked], policy: SecurityPolicy) -> ResumeError:
    """Return the error that lists `found`, with the policy that allows it."""
    lines = [str(one) for one in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"and {len(found) - LISTED} more")
    what = f"the Content-Security-Policy blocks what {'this page needs' if len(found) == 1 else 'these pages need'}:"
    links = [one for one in found if one.load.is_link]
    wider = str(policy.allowing(one.load for one in found if not one.load.is_link))
    advice = "move inline scripts and styles to files, and copies of the others into the folder"
    if links:
        advice += "; replace javascript: URLs by buttons with a script"
    elif len(wider) <= LONGEST_POLICY:
        advice += f'. Or allow them in settings.toml, [site]:\n  content_security_policy = "{wider}"'
    else:
        advice += f" (a policy that allows all of them would have {len(wider):,} characters, of {LONGEST_POLICY:,})"
    return ResumeError(str(source), "\n  ".join([what, *lines]), advice)


def _text(path: Path) -> str:
    """Return the text of a page, in UTF-8 or, as browsers assume otherwise, Windows-1252."""
    with explain_os_errors(path, "read"):
        content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
