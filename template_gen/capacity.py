"""The most request units per second that the tables take: what honest bursts need, and no more.

They stop a defect that reads or writes without end; visits are bounded by the throttle of the socket API (`rates`).
DynamoDB calls them targets, and lets unused throughput of earlier minutes through.
Source: "DynamoDB maximum throughput for on-demand tables", Amazon DynamoDB Developer Guide.
"""

from __future__ import annotations

import math

from troposphere import dynamodb

from settings import Settings
from template_gen import rates

CONNECT_WRITES, VISIT_WRITES, INDEX_WRITES = 3, 12, 3
"""Write units of a connect, at worst (docs/costs.md): of its connection; of its visit, counted by the fold, with two
limits and the budget; and of the index."""

MESSAGE_READS, INDEX_READS = 4, 100
"""Read units of a message in either table, and of the index, a sweep."""

ROW_READS = 0.25 / 4
"""Read units of a connection's row of a quarter of a kilobyte, in a scan."""

SCANS_A_SECOND = 2
ROUND_TO = 100


def of_connections(settings: Settings) -> dynamodb.OnDemandThroughput:
    """Return the maximum of the table of connections: all of them are read for a broadcast."""
    reads = MESSAGE_READS * _messages(settings) + SCANS_A_SECOND * ROW_READS * rates.held(settings)
    return _most(reads, CONNECT_WRITES * _connects(settings))


def of_visits(settings: Settings) -> dynamodb.OnDemandThroughput:
    """Return the maximum of the table of visits."""
    return _most(MESSAGE_READS * (_messages(settings) + _connects(settings)), VISIT_WRITES * _connects(settings))


def of_index(settings: Settings) -> dynamodb.OnDemandThroughput:
    """Return the maximum of the index of visits that are not counted yet."""
    return _most(INDEX_READS, INDEX_WRITES * _connects(settings))


def _connects(settings: Settings) -> float:
    """Return the most connects in one second."""
    rate = rates.connects(settings)
    return min(rates.ACCOUNT_CONNECTS_A_SECOND, rate.burst + rate.per_second)


def _messages(settings: Settings) -> float:
    rate = rates.messages(settings)
    return rate.burst + rate.per_second


def _most(reads: float, writes: float) -> dynamodb.OnDemandThroughput:
    return dynamodb.OnDemandThroughput(MaxReadRequestUnits=_rounded(reads), MaxWriteRequestUnits=_rounded(writes))


def _rounded(units: float) -> int:
    """Return at least what a small site's broadcasts and imports need, and at most the quota of a table."""
    return min(rates.TABLE_QUOTA, max(10 * ROUND_TO, math.ceil(units / ROUND_TO) * ROUND_TO))
