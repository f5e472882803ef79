"""What a page says that its résumé does not: how it looks, where it is published, how often it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings import DEFAULT_THEME, Theme

if TYPE_CHECKING:
    from settings import Settings


@dataclass(frozen=True)
class Edition:
    """canonical_url: the front page's public address, https://example.com/, or None while it has none.

    last_count: the visits counted until now, for a reader without scripts; None when nobody knows: then the page shows
        the badge, which the router keeps fresh.
    pdf: whether the page leads to a resume.pdf beside it.
    """

    theme: Theme = DEFAULT_THEME
    language: str = "en"
    canonical_url: str | None = None
    last_count: int | None = None
    pdf: bool = False

    @classmethod
    def of(cls, settings: Settings, *, address: str | None = None, last_count: int | None = None) -> Edition:
        """As `settings` want it. address: where it is published, when they name no domain of their own."""
        canonical = f"https://{settings.domain.name}/" if settings.domain.name else address
        return cls(settings.theme, settings.site.language, canonical, last_count)

    @property
    def canonical(self) -> str | None:
        """The address with its slash at the end, so that a path can follow."""
        return self.canonical_url.rstrip("/") + "/" if self.canonical_url else None


PLAIN = Edition()
