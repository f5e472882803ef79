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

SOCKET_MESSAGE_AFTER, SOCKET_MESSAGE_TIER = 0.8e-6, 1e9
"""The price of a message after the first 1,000 million of a month (https://aws.amazon.com/api-gateway/pricing/)."""

SOCKET_MINUTE = _PRICES["websocket_minute"]
CLOUDFRONT_REQUEST = _PRICES["cloudfront_request"]
CLOUDFRONT_GIGABYTE = _PRICES["cloudfront_gigabyte"]
S3_GET = _PRICES["s3_get"]
S3_PUT = 5e-6
"""https://aws.amazon.com/s3/pricing/"""

LAMBDA_REQUEST = _PRICES["lambda_request"]
LAMBDA_GIGABYTE_SECOND = _PRICES["lambda_gigabyte_second"]
SECONDS_A_MONTH = 30 * 24 * 3600


def of_messages(per_second: float) -> float:
    """Return the dollars a month for messages, by API Gateway's volume tiers."""
    number = per_second * SECONDS_A_MONTH
    return min(number, SOCKET_MESSAGE_TIER) * SOCKET_MESSAGE + max(0.0, number - SOCKET_MESSAGE_TIER) * (
        SOCKET_MESSAGE_AFTER
    )
