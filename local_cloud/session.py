"""One run of the embedded cloud, from the emulator's start to its end. run.py describes the steps."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from errors import CloudError, LocalCloudError, ProjectError
from local_cloud import emulator, environment
from local_cloud.announcer import Announcer
from local_cloud.background import in_background
from local_cloud.browser import open_page
from local_cloud.options import Options
from local_cloud.pdf_on_demand import PdfOnDemand
from local_cloud.reporting.refusals import Refusals
from local_cloud.visits.rows import Row, count_of
from local_cloud.visits.state import State
from settings import Settings, load
from site_gen.languages.words import in_its_language

if TYPE_CHECKING:
    from local_cloud.edge.server import Edge
    from local_cloud.emulator import Emulator
    from local_cloud.local_stack import LocalStack
    from local_cloud.watch import Part, Watch
    from site_gen.pdf import Printer

_ROUTER = emulator.PROJECT / "router"
_END_NOTICED_SECONDS = 1.0


@dataclass
class Session:
    """A run of the embedded cloud. ready: True once the page was served, which determines the exit code of a stop."""

    options: Options
    settings: Settings
    state: State
    rows: Sequence[Row]
    sockets: Sequence[socket.socket]
    user_environment: Mapping[str, str]
    say: Callable[[str], None]
    ready: bool = False

    def __post_init__(self) -> None:
        port = self.sockets[0].getsockname()[1]
        self.url = f"http://localhost:{port}"
        self._origins = [self.url, f"http://127.0.0.1:{port}", f"http://[::1]:{port}"]
        self._announcer = Announcer(self.say)
        self._pdf = PdfOnDemand(self.options.output / "pdf", self._announcer.line)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set. Raises ProjectError when the emulator ends or cannot be deployed to.

        Nothing cancels this: the end of one of its tasks ends it, so that nothing interrupts the cleanup.
        """
        async with AsyncExitStack() as stack:
            running = await emulator.start(self.state, self.settings.stack.region or environment.REGION)
            stack.push_async_callback(running.stop)
            stack.push_async_callback(self._pdf.stop)
            work = asyncio.create_task(self._serve(running, stack))
            ended = asyncio.create_task(running.watch())
            events = asyncio.create_task(self._announce(running))
            stopped = asyncio.create_task(_set(stop))
            stack.push_async_callback(_cancelled, work, ended, events, stopped)
            await _first_to_end(stopped, ended, work, events)

    async def _announce(self, running: Emulator) -> None:
        """Print the events. Ends only with an error, such as a closed terminal."""
        await self._announcer.follow(running.reports())
        await asyncio.Event().wait()

    async def _serve(self, running: Emulator, stack: AsyncExitStack) -> None:
        # Start before reading anything that could be edited.
        edits = await self._watch(stack)
        try:
            edge = await self._begin(running, stack)
        except CloudError:
            # If it failed because the emulator has ended, that error should be reported instead.
            await asyncio.sleep(_END_NOTICED_SECONDS)
            raise
        self._say_ready()
        await self._follow(edits, running, edge)

    async def _begin(self, running: Emulator, stack: AsyncExitStack) -> Edge:
        deployed = await self._deploy(running)
        self._warm(deployed)
        await running.keep(deployed.visits_table)
        return await self._open_edge(running, deployed, stack)

    async def _deploy(self, running: Emulator) -> LocalStack:
        """Deploy everything but resume.pdf."""
        return await self._pdf.without(partial(self._bring_up, running))

    async def _bring_up(self, running: Emulator, print_pdf: Printer) -> LocalStack:
        from local_cloud.local_stack import Place, check_syntax, deployed

        check_syntax(_ROUTER)
        place = Place(running.access, self._origins, self.options.output, self.options.budget_month)
        return await in_background(partial(deployed, self.settings, place, print_pdf))

    async def _open_edge(self, running: Emulator, deployed: LocalStack, stack: AsyncExitStack) -> Edge:
        from local_cloud.edge.server import Edge

        refusals = Refusals("the page", self._say_refusal)
        upstream = await in_background(partial(deployed.upstream, running.access))
        edge = Edge(upstream, self._pdf.before, refusals.note)
        await edge.open(self.sockets)
        stack.push_async_callback(edge.close)
        await in_background(partial(_require_page, self.url))
        return edge

    def _say_refusal(self, text: str) -> None:
        with suppress(OSError):  # the terminal is gone: printing the next event fails and ends the run
            self._announcer.line(text)

    def _say_ready(self) -> None:
        kept = count_of(self.rows)
        if kept:
            self.say(f"Restored: {kept} visits from earlier runs")
        self.say(f"Ready: {self.url}")
        self.ready = True
        if self.options.open_browser:
            open_page(self.url, self.user_environment)

    async def _watch(self, stack: AsyncExitStack) -> Watch:
        from local_cloud.watch import Watch, Watched

        edits = Watch(Watched(self.settings.site.folder, _ROUTER, self.options.settings_path))
        await edits.start()
        stack.push_async_callback(edits.stop)
        return edits

    async def _follow(self, edits: Watch, running: Emulator, edge: Edge) -> None:
        """Republish edited files, as long as edits can be watched."""
        async with AsyncExitStack() as stack:
            while True:
                try:
                    parts = await edits.edited()
                except Exception as exc:  # noqa: BLE001 - such as too many files to watch, which differs by system
                    self._announcer.line(f"error: edits are no longer watched: {exc}; restart to watch them again")
                    await asyncio.Event().wait()
                    return
                await self._republish(parts, running, edge)
                if self.settings.site.folder != edits.watched.site:
                    await edits.stop()
                    edits = await self._watch(stack)

    async def _republish(self, parts: set[Part], running: Emulator, edge: Edge) -> None:
        """Update the stack, or print why it cannot be updated and leave it unchanged."""
        started = time.monotonic()
        try:
            self._load_settings()
            deployed = await self._deploy(running)
            edge.upstream = await in_background(partial(deployed.upstream, running.access))
        except ProjectError as exc:
            self._announcer.line(f"error: {exc}")
        except Exception as exc:  # noqa: BLE001 - an unfinished edit must not end the run, whatever fails
            self._announcer.line(f"error: {type(exc).__name__}: {exc}")
        else:
            self._announcer.line(f"republished {' and '.join(sorted(parts))} ({time.monotonic() - started:.1f} s)")
            self._warm(deployed)

    def _load_settings(self) -> None:
        """Reload the settings. Raises SettingsError; LocalCloudError for a change that needs a restart."""
        settings = in_its_language(load(self.options.settings_path))
        if (settings.stack.name, settings.stack.region) != (self.settings.stack.name, self.settings.stack.region):
            raise LocalCloudError(
                f"{self.options.settings_path}: stack",
                "a different name or Region means a different stack",
                "restart `build.py local` to use it",
            )
        self.settings = settings

    def _warm(self, deployed: LocalStack) -> None:
        """Warm the router in the background; its problems are among the events."""

        async def warm() -> None:
            with suppress(Exception):
                await in_background(deployed.warm)

        task = asyncio.create_task(warm())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _first_to_end(*tasks: asyncio.Task[None]) -> None:
    """Wait for the first task to end, and raise its error; if several have ended, the first of them counts."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    next(task for task in tasks if task.done()).result()


async def _set(event: asyncio.Event) -> None:
    await event.wait()


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _require_page(url: str) -> None:
    """Raise LocalCloudError when the page is not served. With plain http.client, which uses no proxy."""
    import http.client

    parts = urlsplit(url)
    connection = http.client.HTTPConnection(environment.LOOPBACK, parts.port or 80, timeout=30)
    try:
        connection.request("GET", "/", headers={"Host": parts.netloc})
        status = connection.getresponse().status
    except OSError as exc:
        raise LocalCloudError(url, f"the page does not respond: {exc}", "run the command again") from exc
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        raise LocalCloudError(url, f"the page returns HTTP status {status}", "check the emulator's log")
