"""This project: from the import of the handler in the extracted zip to the answer of a first `$connect`.

Started as a file inside the zip's folder, like Lambda's bootstrap: with nothing of ours imported before.
"""

import time

from events import CONNECT, Context  # type: ignore[import-not-found]  # lies beside this file where it runs

started, cpu = time.perf_counter(), time.process_time()
from router.handler import handle  # noqa: E402 - what is measured

imported = time.perf_counter()
answer = handle(CONNECT, Context())
done, cpu_done = time.perf_counter(), time.process_time()
handle(CONNECT, Context())
again = time.perf_counter()

import json  # noqa: E402

print(
    json.dumps(
        {
            "answer": answer["statusCode"],
            "seconds": done - started,
            "cpu": cpu_done - cpu,
            "import": imported - started,
            "again": again - done,
        }
    )
)
