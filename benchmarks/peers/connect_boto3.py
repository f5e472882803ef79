"""A typical handler with boto3: it creates both clients at import and writes one item per `$connect`."""

import json
import os
import time

started, cpu = time.perf_counter(), time.process_time()
import boto3  # noqa: E402 - part of the measurement

database = boto3.client("dynamodb")
pages = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["API_GATEWAY_MANAGEMENT_ENDPOINT"])
imported = time.perf_counter()


def handle(connection_id: str) -> dict[str, int]:
    database.put_item(TableName=os.environ["CONNECTION_IDS_TABLE"], Item={"connectionId": {"S": connection_id}})
    return {"statusCode": 200}


answer = handle("0000000000001Ae=")
done, cpu_done = time.perf_counter(), time.process_time()
print(
    json.dumps(
        {
            "answer": answer["statusCode"],
            "seconds": done - started,
            "cpu": cpu_done - cpu,
            "import": imported - started,
        }
    )
)
