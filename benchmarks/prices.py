"""Prices of the services in US dollars, from the dated table of the deployment, without free tiers.

Comparisons use the same prices for both designs, so that an error in the table affects both.
"""

from __future__ import annotations

import json

from deployment.plan.cost import TABLE

_PRICES: dict[str, float] = {
    name: entry["price"] for name, entry in json.loads(TABLE.read_text(encoding="utf-8"))["prices"].items()
}

WRITE_UNIT = _PRICES["dynamodb_write"]
READ_UNIT = _PRICES["dynamodb_read"]
SOCKET_MESSAGE = _PRICES["websocket_message"]
"""The price of a message of up to 32 KB in either direction, including $connect and posts to @connections."""

LAMBDA_REQUEST = _PRICES["lambda_request"]
LAMBDA_GIGABYTE_SECOND = _PRICES["lambda_gigabyte_second"]
SECONDS_A_MONTH = 30 * 24 * 3600
