"""What the services charge, in US dollars, out of the deployment's dated table. Free tiers are left out.

Where the two designs are compared both pay the same prices, so that an error in the table moves both.
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
"""Up to 32 KB, in either direction; $connect and posts to @connections alike."""

LAMBDA_REQUEST = _PRICES["lambda_request"]
LAMBDA_GIGABYTE_SECOND = _PRICES["lambda_gigabyte_second"]
SECONDS_A_MONTH = 30 * 24 * 3600
