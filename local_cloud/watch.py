"""Watches the site, the router and the settings for edits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

_QUIET_MILLISECONDS = 150
"""Time without changes after which a burst of saves counts as finished."""

_BURST_MILLISECONDS = 1500


class Part(StrEnum):
    SITE = "site"
    ROUTER = "router"
    SETTINGS = "settings"


@dataclass(frozen=True)
class Watched:
    """The watched paths."""

    site: Path
    router: Path
    settings: Path

    def part(self, changed: str) -> Part | None:
        """Return the part that a changed file belongs to."""
        path = Path(changed).resolve()
        if path == self.settings.resolve():
            return Part.SETTINGS
        if path.is_relative_to(self.router.resolve()):
            return Part.ROUTER
        if path.is_relative_to(self.site.resolve()):
            return Part.SITE
        return None


class _Sources(DefaultFilter):
    """A filter that excludes hidden files and the temporary files of editors and Python."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        passing = name.startswith((".", "#")) or name.endswith((".tmp", ".bak", ".part")) or name.isdecimal()
        return not passing and super().__call__(change, path)


class Watch:
    """A watcher: from `start` to `stop`, edits are recorded, including those that nobody waits for yet."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self._bursts: asyncio.Queue[set[Part]] = asyncio.Queue()
        self._watchers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start watching. Edits from now on are noticed."""
        folders = [folder for folder in (self.watched.site, self.watched.router) if folder.is_dir()]
        # The file's folder, as an editor replaces the file; not recursive, as the virtual environment is below.
        settings = self.watched.settings.resolve().parent
        self._watchers = [
            asyncio.create_task(self._notice(*folders)),
            asyncio.create_task(self._notice(settings, recursive=False)),
        ]
        await asyncio.sleep(0)  # both have started, and their folders are being watched

    async def edited(self) -> set[Part]:
        """Wait for edits, and return the parts edited since the last call. Raises the error that stops the watching."""
        burst = asyncio.create_task(self._bursts.get())
        await asyncio.wait({burst, *self._watchers}, return_when=asyncio.FIRST_COMPLETED)
        if not burst.done():
            burst.cancel()
            for watcher in self._watchers:
                if watcher.done():
                    watcher.result()
        parts = await burst
        while not self._bursts.empty():
            parts |= self._bursts.get_nowait()
        return parts

    async def stop(self) -> None:
        """Stop watching."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def _notice(self, *folders: Path, recursive: bool = True) -> None:
        async for changes in awatch(
            *folders,
            watch_filter=_Sources(),
            debounce=_BURST_MILLISECONDS,
            step=_QUIET_MILLISECONDS,
            recursive=recursive,
        ):
            parts = {part for _, path in changes if (part := self.watched.part(path))}
            if not recursive:
                parts &= {Part.SETTINGS}
            if parts:
                await self._bursts.put(parts)
