"""This project: from the import of the handler in the extracted zip file to the response to the first `$connect`.

It runs as a script in the folder of the zip file, so that no module of the project has been imported before.
"""

import time

from events import CONNECT, Context  # type: ignore[import-not-found]  # copied next to this file

started, cpu = time.perf_counter(), time.process_time()
from router.handler import handle  # noqa: E402 - part of the measurement

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
