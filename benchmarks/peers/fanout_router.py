"""This project: the handler receives the record of a changed count; its whole broadcast is measured."""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from contextlib import redirect_stdout

from benchmarks.peers.events import Context
from benchmarks.peers.peak import megabytes
from router.contract import tables

COUNT_CHANGED = {
    "Records": [
        {
            "eventSource": "aws:dynamodb",
            "eventName": "MODIFY",
            "dynamodb": {"SequenceNumber": "1", "Keys": {tables.ID: {"S": tables.VISITOR_COUNT}}, "NewImage": {}},
        }
    ]
}


def main() -> None:
    import ssl  # noqa: F401 - imports are excluded from the measurement of all programs

    from router import handler
    from router.aws import connections_api as transport  # noqa: F401

    written = io.StringIO()
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    with redirect_stdout(written):
        handler.handle(COUNT_CHANGED, Context())
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    line = json.loads(written.getvalue().splitlines()[-1])
    if line["message"] != "broadcast":
        sys.exit(written.getvalue())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({**line, "cpu": cpu, "seconds": seconds, "megabytes": megabytes()}))


main()
