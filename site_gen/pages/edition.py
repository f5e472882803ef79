"""The properties of a page that its résumé does not have: its appearance, its address, the number of visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings import DEFAULT_THEME, Theme

if TYPE_CHECKING:
    from settings import Settings


@dataclass(frozen=True)
class Edition:
    """An edition of the site, in one language.

    canonical_url: the site's public address, https://example.com/, or None while it has none.
    last_count: the visits counted until now, for a reader without scripts; None if unknown: then the page shows
        the badge, which the router keeps up to date.
    pdf: True if the page links to a resume.pdf beside it.
    folder: of this edition's pages in the site: empty for the site's own language, "fr/" for a translation.
    languages: language → folder of every edition of the site, if there are several.
    """

    theme: Theme = DEFAULT_THEME
    language: str = "en"
    canonical_url: str | None = None
    last_count: int | None = None
    pdf: bool = False
    folder: str = ""
    languages: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, settings: Settings, *, address: str | None = None, last_count: int | None = None) -> Edition:
        """Return the edition that `settings` describe. address: the public address, used when they name no domain."""
        canonical = f"https://{settings.domain.name}/" if settings.domain.name else address
        return cls(settings.theme, settings.site.language, canonical, last_count)

    @property
    def canonical(self) -> str | None:
        """Return the site's address with a trailing slash, so that a path can be appended."""
        return self.canonical_url.rstrip("/") + "/" if self.canonical_url else None

    @property
    def address(self) -> str | None:
        """Return the address of this edition's front page."""
        return self.canonical and self.canonical + self.folder


PLAIN = Edition()
