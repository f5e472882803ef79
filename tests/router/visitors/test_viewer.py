"""The address of the viewer behind CloudFront, which a client cannot forge."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.contract.headers import ORIGIN_VERIFY
from router.events import Connect, parse
from router.visitors.viewer import Viewer, network_of, viewer_of

SECRET = "s" * 43
CLOUDFRONT = "198.51.100.23"
READER = "203.0.113.7"
OURS = network_of(READER)


def seen(*forwarded_for: str, source: str = CLOUDFRONT, secrets: tuple[str, ...] = (SECRET,)) -> Connect:
    return Connect("id", None, (), source_address=source, forwarded_for=forwarded_for, origin_secrets=secrets)


@pytest.mark.parametrize("name", [ORIGIN_VERIFY, ORIGIN_VERIFY.lower()])
def test_the_secret_is_read_from_the_header_that_the_distribution_adds(name: str) -> None:
    event = parse({"requestContext": {"eventType": "CONNECT", "connectionId": "id"}, "headers": {name: SECRET}})
    assert isinstance(event, Connect)
    assert event.origin_secrets == (SECRET,)


@given(st.lists(st.sampled_from([READER, CLOUDFRONT, "9.9.9.9", "", "junk", "::1"]), max_size=4))
def test_the_address_is_the_one_that_cloudfront_saw(claimed: list[str]) -> None:
    """With the current format of AWS, and if API Gateway reported the viewer as source or did not add CloudFront."""
    viewer = Viewer(OURS, own=True)
    assert viewer_of(seen(*claimed, READER, CLOUDFRONT), SECRET) == viewer
    assert viewer_of(seen(*claimed, READER, CLOUDFRONT, source=READER), SECRET) == viewer
    assert viewer_of(seen(CLOUDFRONT, "9.9.9.9", READER), SECRET) == viewer
    honest = [claim for claim in claimed if claim != CLOUDFRONT]
    assert viewer_of(seen(*honest, READER), SECRET) == viewer


@pytest.mark.parametrize("secrets", [(), ("",), ("wrong",), (SECRET[:-1],), ("ü",), ("\ud800",), (SECRET + " ",)])
def test_without_the_secret_forwarded_addresses_are_ignored(secrets: tuple[str, ...]) -> None:
    direct = seen("1.2.3.4", "5.6.7.8", source=READER, secrets=secrets)
    assert viewer_of(direct, SECRET) == Viewer(OURS, own=True)


def test_without_a_configured_secret_the_address_can_be_shared() -> None:
    assert viewer_of(seen(READER, CLOUDFRONT, secrets=("",)), "") == Viewer(network_of(CLOUDFRONT), own=False)


def test_a_missing_header_falls_back_to_the_source() -> None:
    assert viewer_of(seen(), SECRET) == Viewer(network_of(CLOUDFRONT), own=True)


def test_one_ipv6_network_is_one_address() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:DB8:1:2:ffff::9") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:203.0.113.7") == OURS
    assert network_of("203.0.113.8") != OURS


def test_a_text_that_is_not_valid_unicode_has_a_network_too() -> None:
    assert network_of("\ud800") == b"?"


@given(st.ip_addresses() | st.text())
def test_every_address_and_every_text_has_a_network(address: object) -> None:
    text = str(address)
    network = network_of(text)
    match address:
        case ipaddress.IPv4Address():
            assert network == address.packed
        case ipaddress.IPv6Address() if address.ipv4_mapped is None:
            assert network == address.packed[:8]
        case _:
            assert isinstance(network, bytes)
