from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.router.connections_server import ConnectionsServer, connections_server
from tests.router.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def server() -> Iterator[ConnectionsServer]:
    with connections_server() as running:
        yield running
