"""An embedded cloud for fault injection: started like `build.py local`, killed, and restarted from its saved state,
with a faulty network (network.py) between the router and every service it calls."""

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
from deployment.stack.required_output import required
from errors import LocalCloudError
from local_cloud import emulator, environment
from local_cloud.background import in_background
from local_cloud.chaos.network import FaultyProxy
from local_cloud.chaos.processes import children_of
from local_cloud.edge.server import Edge
from local_cloud.emulator import Emulator
from local_cloud.local_stack import LocalStack, Place, deployed
from local_cloud.visits.state import State
from router.contract import variables
from settings import Settings
from template_gen import names


@dataclass
class Cloud:
    """The embedded cloud of a chaos run. sockets: where the page is served. output: the folder for generated files.
    starts: the number of starts."""

    settings: Settings
    state: State
    output: Path
    sockets: Sequence[socket.socket]
    network: FaultyProxy
    starts: int = 0
    running: Emulator = field(init=False)
    stack: LocalStack = field(init=False)
    edge: Edge | None = field(init=False, default=None)

    @property
    def url(self) -> str:
        """Return the URL of the page."""
        return f"http://localhost:{self.sockets[0].getsockname()[1]}"

    @property
    def socket_url(self) -> str:
        """Return the URL of the page's WebSocket."""
        return f"ws{self.url.removeprefix('http')}/{names.STAGE}"

    @property
    def function(self) -> str:
        """Return the name of the router's function."""
        return required(self.stack.outputs, names.ROUTER_FUNCTION)

    async def start(self) -> None:
        """Start the emulator, deploy, and restore the visits. Raises ProjectError."""
        self.running = await emulator.start(self.state, self.settings.stack.region or environment.REGION)
        self.starts += 1
        place = Place(self.running.access, [self.url], self.output)
        self.stack = await in_background(partial(deployed, self.settings, place, lambda _contents: None))
        self.network.upstream = self.running.access.endpoint_url
        await in_background(self._route_through_the_proxy)
        await self.running.keep(self.stack.visits_table)
        upstream = await in_background(partial(self.stack.upstream, self.running.access))
        if self.edge is None:
            self.edge = Edge(upstream)
            await self.edge.open(self.sockets)
        else:
            self.edge.upstream = upstream

    async def kill(self) -> None:
        """Kill the emulator and the function's workers with SIGKILL, whatever they are doing."""
        self.running.process.send_signal(signal.SIGKILL)
        await self.running.stop()

    async def stop(self) -> None:
        """Stop serving the page, then stop the emulator."""
        if self.edge is not None:
            await self.edge.close()
        if self.starts:
            await self.running.stop()

    async def invoke(self, event: Mapping[str, Any]) -> Any:
        """Invoke the router as `LocalStack.invoke` does."""
        return await in_background(partial(self.stack.invoke, event))

    async def reserve(self, concurrency: int | None) -> None:
        """Set the router's reserved concurrency; None removes it."""
        function, name = self.stack.target.client("lambda"), self.function
        if concurrency is None:
            await in_background(partial(function.delete_function_concurrency, FunctionName=name))
        else:
            reserve = partial(function.put_function_concurrency, FunctionName=name)
            await in_background(partial(reserve, ReservedConcurrentExecutions=concurrency))

    def workers(self) -> list[int]:
        """Return the process ids of the router's workers. Reads /proc, so on Linux only."""
        return children_of(self.running.process.pid)

    def _route_through_the_proxy(self) -> None:
        """Set two addresses in the function's environment, beside the template's variables: both are the proxy's."""
        function = self.stack.target.client("lambda")
        present = function.get_function_configuration(FunctionName=self.function)["Environment"]["Variables"]
        path = urlsplit(present[variables.MANAGEMENT_ENDPOINT]).path
        if not path.startswith(EXECUTE_API_PATH):
            raise LocalCloudError("the router", "does not call the emulator", "report this: it is a bug")
        ours = {
            "AWS_ENDPOINT_URL_DYNAMODB": self.network.url,
            variables.MANAGEMENT_ENDPOINT: self.network.url + path,
            # Many visitors share one address here.
            variables.CONNECTS_PER_ADDRESS: "0",
        }
        function.update_function_configuration(
            FunctionName=self.function, Environment={"Variables": {**present, **ours}}
        )
