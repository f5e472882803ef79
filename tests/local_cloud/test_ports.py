"""The port is opened on all addresses or on none, and an error names a free one."""

from __future__ import annotations

import socket

import pytest

from errors import LocalCloudError, UsageError
from local_cloud import ports


def test_it_listens_on_the_loopback_interface_only() -> None:
    with ports.reserved(0) as sockets:
        hosts = {sock.getsockname()[0] for sock in sockets}
        numbers = {sock.getsockname()[1] for sock in sockets}
    assert "127.0.0.1" in hosts
    assert hosts <= {"127.0.0.1", "::1"}
    assert len(numbers) == 1


def test_whoever_connects_early_waits_in_the_queue() -> None:
    with ports.reserved(0) as sockets, socket.create_connection(sockets[0].getsockname()[:2], timeout=5):
        pass


def test_a_port_in_use_is_refused_and_the_free_port_that_is_named_can_be_taken() -> None:
    with ports.reserved(0) as sockets:
        port = sockets[0].getsockname()[1]
        with pytest.raises(LocalCloudError, match="in use") as refused, ports.reserved(port):
            pass
        free = int(refused.value.next_step.rsplit(maxsplit=1)[1])
        assert free != port
        with ports.reserved(free):
            pass


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1"])  # noqa: S104 - another program's
def test_a_port_that_another_program_serves_on_any_address_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as other:
        try:
            other.bind((host, 0))
        except OSError:
            pytest.skip("no IPv6 on this machine")
        other.listen()
        with pytest.raises(LocalCloudError, match="in use"), ports.reserved(other.getsockname()[1]):
            pass


def test_it_can_be_taken_again_at_once() -> None:
    with ports.reserved(0) as sockets:
        port = sockets[0].getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            accepted, _ = sockets[0].accept()
            accepted.close()  # first, so that its end lingers on our side
    with ports.reserved(port):
        pass


@pytest.mark.parametrize("port", [-1, 65_536, 99_999])
def test_what_is_no_port_is_a_wrong_command_line(port: int) -> None:
    with pytest.raises(UsageError, match="not a valid port"), ports.reserved(port):
        pass
