"""Checks a static site of the user's own before it is deployed: the folder, and what the policy would block.

A page whose script or stylesheet is blocked looks deployed and does not work, so it is an error, with the setting that
allows it. Anything else may be meant so (a link to `javascript:void(0)`, a page that nobody sees), and is a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from errors import ResumeError
from settings import INLINE_STYLES, NOTE, REFUSE
from site_gen.folders.access import explain_os_errors
from site_gen.folders.own_site import list_own_site
from site_gen.folders.source import is_own_site
from site_gen.policy.loads import Load, Reading, loads_of_stylesheet, read_page
from site_gen.policy.reach import reachable
from site_gen.policy.security_policy import SecurityPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    """A load that the policy blocks. file: its path in the site. is_reached: the front page leads to the file."""

    file: str
    load: Load
    is_reached: bool = True

    @property
    def is_error(self) -> bool:
        """Return True if a page certainly does not work. Whether it does without a picture or a link is not known."""
        return self.is_reached and self.load.is_needed

    def __str__(self) -> str:
        return f"{self.file}:{self.load.line}: {self.load.what} ({self.load.directive})"


def require_publishable(settings: Settings) -> tuple[str, ...]:
    """Return notes about what the policy blocks without which the pages may work.

    Raises ResumeError if the site folder is missing, is no site, or if its pages would not work. A résumé is validated
    when it is rendered; the theme's pages load nothing that their policy blocks.
    """
    source = settings.site.folder
    if not is_own_site(source):
        return ()
    policy = SecurityPolicy.parse(settings.site.content_security_policy, settings.domain.name or SOME_HOST)
    found = list(blocked(source, settings.site.ignore, policy))
    if settings.site.policy_check == REFUSE and any(one.is_error for one in found):
        raise blocked_error(source, [*filter(_is_error, found), *filterfalse(_is_error, found)], policy)
    return tuple(f"the Content-Security-Policy blocks {line}" for line in _listed(found))


def blocked(source: Path, ignore: Iterable[str], policy: SecurityPolicy) -> Iterator[Blocked]:
    """Yield what `policy` blocks on the published pages of the site in `source`."""
    effective = SecurityPolicy.parse(str(policy).replace(INLINE_STYLES, ""), policy.host)
    contents = list_own_site(source, ignore).contents
    readings = {
        path: _read(content, path, f"https://{policy.host}/{quote(path.as_posix())}")
        for path, content in contents.items()
        if isinstance(content, Path) and path.suffix.lower() in PAGES | STYLESHEETS
    }
    reached = reachable(readings, policy.host)
    for path, reading in readings.items():
        is_reached = path in reached
        yield from (Blocked(path.as_posix(), load, is_reached) for load in reading.loads if not effective.allows(load))


def blocked_error(source: Path, found: list[Blocked], policy: SecurityPolicy) -> ResumeError:
    """Return the error that lists `found`, with the policy that allows it."""
    lines = _listed(found)
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
    advice += f'\n  If the pages work without them, set policy_check = "{NOTE}" there'
    return ResumeError(str(source), "\n  ".join([what, *lines]), advice)


def _is_error(one: Blocked) -> bool:
    return one.is_error


def _listed(found: Sequence[Blocked]) -> list[str]:
    more = [f"and {len(found) - LISTED} more"] if len(found) > LISTED else []
    return [*map(str, found[:LISTED]), *more]


def _read(content: Path, path: PurePosixPath, url: str) -> Reading:
    text = _text(content)
    return read_page(text, url) if path.suffix.lower() in PAGES else Reading(list(loads_of_stylesheet(text, url)), [])


def _text(path: Path) -> str:
    """Return the text of a page, in UTF-8 or, as browsers assume otherwise, Windows-1252."""
    with explain_os_errors(path, "read"):
        content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
