"""What the services charge, us-east-1, in US dollars, as published in October 2026. Free tiers are left out.

Sources: the pricing pages "Amazon DynamoDB pricing for on-demand capacity", "Amazon API Gateway pricing" (WebSocket
APIs) and "AWS Lambda pricing" (Arm). Where the two designs are compared both pay the same prices, so that an error here
moves both.
"""

from __future__ import annotations

MILLION = 1_000_000
WRITE_UNIT = 0.625 / MILLION
READ_UNIT = 0.125 / MILLION
SOCKET_MESSAGE = 1.00 / MILLION
"""Up to 32 KB, in either direction, for the first billion a month; $connect and posts to @connections alike."""

CONNECTION_MINUTE = 0.25 / MILLION
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GIGABYTE_SECOND = 0.0000133334
SECONDS_A_MONTH = 30 * 24 * 3600
