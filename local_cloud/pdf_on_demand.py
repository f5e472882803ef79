"""resume.pdf, printed for whoever asks first: neither the start nor an edit waits for the second or two it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from errors import ProjectError
from local_cloud.background import in_background

if TYPE_CHECKING:
    from local_cloud.local_stack import LocalStack
    from site_gen.pdf import ChromiumPrinter, Printer

PATH = "/resume.pdf"


Deploy = Callable[["Printer"], Awaitable["LocalStack"]]


class PdfOnDemand:
    """kept: the folder of PDFs that were printed before. say: prints one line."""

    def __init__(self, kept: Path, say: Callable[[str], None]) -> None:
        self._kept = kept
        self._say = say
        self._turn = asyncio.Lock()
        self._promised: Deploy | None = None
        self._made: ChromiumPrinter | None = None

    async def without(self, deploy: Deploy) -> LocalStack:
        """Deploys pages that promise the PDF, if it can be had here. Raises ProjectError.

        The next request for it has it printed, and deployed as `build.py deploy` does. One deployment at a time.
        """
        async with self._turn:
            deployed = await deploy(self._printer.promise)
            self._promised = deploy
        return deployed

    async def before(self, path: str) -> None:
        """To be awaited before a request for `path` is answered."""
        if path != PATH or self._promised is None:
            return
        async with self._turn:
            # Meanwhile somebody else may have had it printed.
            if self._promised is not None:
                await self._print(self._promised)

    async def _print(self, deploy: Deploy) -> None:
        try:
            await deploy(self._printer)
            self._promised = None
        except ProjectError as error:
            self._say(f"error: {error}")

    async def stop(self) -> None:
        """Ends a browser that is printing."""
        if self._made:
            await in_background(self._made.stop)

    @property
    def _printer(self) -> ChromiumPrinter:
        if self._made is None:
            from site_gen.pdf import ChromiumPrinter, find_chromium

            self._made = ChromiumPrinter(self._kept, find_chromium(), self._say)
        return self._made
