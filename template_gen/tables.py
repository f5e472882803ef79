"""The two tables: open connections, and counted visits. router/contract/tables.py defines their rows."""

from __future__ import annotations

from troposphere import Template, dynamodb

from router.contract import tables as rows
from settings import Settings
from template_gen import capacity, names
from template_gen.acceptance import Accepted
from template_gen.retention import retain_data

ACCEPTED = [
    Accepted(
        (names.CONNECTION_IDS, names.VISITOR_COUNTS),
        ("CKV_AWS_119",),
        "encrypted with DynamoDB's own key; one of our own is a dollar a month and a request to KMS every few reads",
    )
]


def add(template: Template, settings: Settings) -> None:
    """Add the tables of connections and of visits, with the stream of visits."""
    # Connections are worthless without the API, but `data.keep` promises to retain both tables.
    template.add_resource(
        retain_data(
            _table(names.CONNECTION_IDS, rows.CONNECTION_ID, OnDemandThroughput=capacity.of_connections(settings)),
            settings,
        )
    )
    template.add_resource(
        retain_data(
            _table(
                names.VISITOR_COUNTS,
                rows.ID,
                rows.UNCOUNTED,
                GlobalSecondaryIndexes=[
                    # Sparse: a visit leaves the index when it is counted, so the sweep reads uncounted visits only.
                    dynamodb.GlobalSecondaryIndex(
                        IndexName=rows.UNCOUNTED_INDEX,
                        KeySchema=[dynamodb.KeySchema(AttributeName=rows.UNCOUNTED, KeyType="HASH")],
                        OnDemandThroughput=capacity.of_index(settings),
                        Projection=dynamodb.Projection(ProjectionType="KEYS_ONLY"),
                    )
                ],
                OnDemandThroughput=capacity.of_visits(settings),
                StreamSpecification=dynamodb.StreamSpecification(StreamViewType="NEW_IMAGE"),
            ),
            settings,
        )
    )


def _table(logical_id: str, key: str, *indexed: str, **properties: object) -> dynamodb.Table:
    return dynamodb.Table(
        logical_id,
        AttributeDefinitions=[
            dynamodb.AttributeDefinition(AttributeName=name, AttributeType="S") for name in (key, *indexed)
        ],
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[dynamodb.KeySchema(AttributeName=key, KeyType="HASH")],
        PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(PointInTimeRecoveryEnabled=True),
        TimeToLiveSpecification=dynamodb.TimeToLiveSpecification(AttributeName=rows.EXPIRES_AT, Enabled=True),
        **properties,
    )
