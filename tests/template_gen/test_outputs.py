"""The outputs."""

from __future__ import annotations

from template_gen import names
from tests.template_gen.templates import PLAIN, ROUTE_53


def test_outputs_say_where_everything_is() -> None:
    assert PLAIN["Outputs"].keys() == {
        names.SITE_URL, names.SOCKET_URL, names.SITE_BUCKET_NAME, names.DISTRIBUTION_ID, names.DISTRIBUTION_DOMAIN,
        names.WEB_SOCKET_API_ID, names.ROUTER_FUNCTION, names.ROUTER_LOG_GROUP, names.CONNECTION_IDS_TABLE,
        names.VISITOR_COUNTS_TABLE, names.INLINE_STYLES,
    }  # fmt: skip
    assert ROUTE_53["Outputs"][names.SITE_URL]["Value"] == "https://example.com"
    assert ROUTE_53["Outputs"][names.SOCKET_URL]["Value"] == "wss://example.com/live"
