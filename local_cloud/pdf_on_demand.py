"""resume.pdf, printed at the first request: neither the start nor an edit waits for the second or two it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from errors import ProjectError
from local_cloud.background import in_background

if TYPE_CHECKING:
    from local_cloud.local_stack import LocalStack
    from site_gen.pdf import ChromiumPrinter, Printer

NAME = "resume.pdf"


Deploy = Callable[["Printer"], Awaitable["LocalStack"]]


class PdfOnDemand:
    """The deferred PDF. kept: the cache folder of printed PDFs. say: prints one line."""

    def __init__(self, kept: Path, say: Callable[[str], None]) -> None:
        self._kept = kept
        self._say = say
        self._turn = asyncio.Lock()
        self._promised: Deploy | None = None
        self._made: ChromiumPrinter | None = None

    async def without(self, deploy: Deploy) -> LocalStack:
        """Deploy pages that link to the PDF, if it can be printed. Raises ProjectError.

        The next request for it prints and deploys it, as `build.py deploy` does. One deployment runs at a time.
        """
        async with self._turn:
            deployed = await deploy(self._printer.promise)
            self._promised = deploy
        return deployed

    async def before(self, path: str) -> None:
        """Print and deploy the PDF if `path` is its path in any language; await this before answering the request."""
        if PurePosixPath(path).name != NAME or self._promised is None:
            return
        async with self._turn:
            # Another request may have printed it meanwhile.
            if self._promised is not None:
                await self._print(self._promised)

    async def _print(self, deploy: Deploy) -> None:
        try:
            await deploy(self._printer)
            self._promised = None
        except ProjectError as error:
            self._say(f"error: {error}")

    async def stop(self) -> None:
        """Stop a browser that is printing."""
        if self._made:
            await in_background(self._made.stop)

    @property
    def _printer(self) -> ChromiumPrinter:
        if self._made is None:
            from site_gen.pdf import ChromiumPrinter, find_chromium

            self._made = ChromiumPrinter(self._kept, find_chromium(), self._say)
        return self._made
