"""This project: the router's own handler, given the record of a count that moved; all of its broadcast is measured."""

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

COUNT_MOVED = {
    "Records": [
        {
            "eventSource": "aws:dynamodb",
            "eventName": "MODIFY",
            "dynamodb": {"SequenceNumber": "1", "Keys": {tables.ID: {"S": tables.VISITOR_COUNT}}, "NewImage": {}},
        }
    ]
}


def main() -> None:
    import ssl  # noqa: F401 - imports are not measured, neither here nor of the others

    from router import handler
    from router.aws import connections_api as transport  # noqa: F401

    written = io.StringIO()
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    with redirect_stdout(written):
        handler.handle(COUNT_MOVED, Context())
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    line = json.loads(written.getvalue().splitlines()[-1])
    if line["message"] != "broadcast":
        sys.exit(written.getvalue())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({**line, "cpu": cpu, "seconds": seconds, "megabytes": megabytes()}))


main()
