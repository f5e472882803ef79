"""The definitions of the two tables in the format of `CreateTable`, as far as the router needs them."""

from __future__ import annotations

from typing import Any

from router.contract import tables


def connections_table(name: str) -> Any:
    return {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": tables.CONNECTION_ID, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": tables.CONNECTION_ID, "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }


def visits_table(name: str) -> Any:
    return {
        "TableName": name,
        "AttributeDefinitions": [
            {"AttributeName": tables.ID, "AttributeType": "S"},
            {"AttributeName": tables.UNCOUNTED, "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": tables.ID, "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": tables.UNCOUNTED_INDEX,
                "KeySchema": [{"AttributeName": tables.UNCOUNTED, "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
