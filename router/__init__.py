"""The Lambda function of the visitor counter. It handles all events and routes them by type.

`handler` receives the raw event, `events` parses it into a typed value, `dispatch` selects the handler:

    $connect, $disconnect, $default  →  connection   store the connection, record the visit, reply
    VisitorCounts stream             →  stream       add visits to the count, then broadcast it to every page
    schedule                         →  sweep        process what the stream missed
    schedule, every minute           →  tick         tell the pages who is here, if that has changed

Two modules call AWS: `storage` (DynamoDB) and `aws.connections_api` (@connections). The package is deployed alone in a
zip file and imports only the standard library, botocore and itself.
"""
