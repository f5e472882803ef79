"""An embedded cloud that is there to be broken: brought up as `build.py local` does, killed, and brought up again from
what it kept; with a bad network (network.py) between the router and everything that the router calls."""

from __future__ import annotations

import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deployment.aws.emulated import EXECUTE_API_PATH
from errors import LocalCloudError
from local_cloud import emulator, environment
from local_cloud.background import in_background
from local_cloud.chaos.network import FaultyProxy
from local_cloud.chaos.processes import children_of
from local_cloud.edge.server import Edge
from local_cloud.emulator import Emulator
from local_cloud.local_stack import LocalStack, deployed
from local_cloud.visits.state import State
from router.contract import variables
from settings import Settings
from template_gen import names


@dataclass
class Cloud:
    """sockets: where the page is served. output: a folder for what is generated. lives: how often it was started."""

    settings: Settings
    state: State
    output: Path
    sockets: Sequence[socket.socket]
    network: FaultyProxy
    lives: int = 0
    running: Emulator = field(init=False)
    stack: LocalStack = field(init=False)
    edge: Edge | None = field(init=False, default=None)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.sockets[0].getsockname()[1]}"

    @property
    def socket_url(self) -> str:
        return f"ws{self.url.removeprefix('http')}/{names.STAGE}"

    @property
    def function(self) -> str:
        return self.stack.outputs[names.ROUTER_FUNCTION]

    async def start(self) -> None:
        """Brings it up, with the visits of before. Raises ProjectError."""
        self.running = await emulator.start(self.state, self.settings.stack.region or environment.REGION)
        self.lives += 1
        place = self.running.access, [self.url], self.output
        self.stack = await in_background(partial(deployed, self.settings, *place, lambda _contents: None))
        self.network.upstream = self.running.access.endpoint_url
        await in_background(self._put_the_network_between)
        await self.running.keep(self.stack.visits_table)
        upstream = await in_background(partial(self.stack.upstream, self.running.access))
        if self.edge is None:
            self.edge = Edge(upstream)
            await self.edge.open(self.sockets)
        else:
            self.edge.upstream = upstream

    async def kill(self) -> None:
        """The emulator and the function's workers, by SIGKILL, in the middle of whatever they do."""
        self.running.process.send_signal(signal.SIGKILL)
        await self.running.stop()

    async def stop(self) -> None:
        if self.edge is not None:
            await self.edge.close()
        if self.lives:
            await self.running.stop()

    async def invoke(self, event: Mapping[str, Any]) -> Any:
        """As `LocalStack.invoke`."""
        return await in_background(partial(self.stack.invoke, event))

    async def reserve(self, concurrency: int | None) -> None:
        """So many invocations of the router at once, at most; None for any number."""
        function, name = self.stack.target.client("lambda"), self.function
        if concurrency is None:
            await in_background(partial(function.delete_function_concurrency, FunctionName=name))
        else:
            reserve = partial(function.put_function_concurrency, FunctionName=name)
            await in_background(partial(reserve, ReservedConcurrentExecutions=concurrency))

    def workers(self) -> list[int]:
        """The processes in which the router runs now. By /proc, so on Linux only."""
        return children_of(self.running.process.pid)

    def _put_the_network_between(self) -> None:
        """Beside what the template says, the function's environment is told two addresses: both the proxy's."""
        function = self.stack.target.client("lambda")
        present = function.get_function_configuration(FunctionName=self.function)["Environment"]["Variables"]
        path = urlsplit(present[variables.MANAGEMENT_ENDPOINT]).path
        if not path.startswith(EXECUTE_API_PATH):
            raise LocalCloudError("the router", "does not call the emulator", "report this: it is a bug")
        ours = {
            "AWS_ENDPOINT_URL_DYNAMODB": self.network.url,
            variables.MANAGEMENT_ENDPOINT: self.network.url + path,
            # All come from one address here, and are many visitors.
            variables.CONNECTS_PER_ADDRESS: "0",
        }
        function.update_function_configuration(
            FunctionName=self.function, Environment={"Variables": {**present, **ours}}
        )
