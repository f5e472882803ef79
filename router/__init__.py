"""The one Lambda function: every event of the visitor count comes in here and is dispatched on its source.

`handler` receives the raw event, `events` turns it into a value, `dispatch` looks up who handles it:

    $connect, $disconnect, $default  →  connection   remember, record the visit, reply
    VisitorCounts stream             →  stream       fold visits into the count, then tell every page
    schedule                         →  sweep        what the stream left behind

Two seams reach AWS: `store` (DynamoDB) and `transport` (@connections). The package ships alone in a zip and imports
only the standard library, botocore and itself.
"""
