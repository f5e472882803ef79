"""What the emulator's process reports, as lines for a person at a terminal. Pure.

How a log line of the router reads stands in deployment/log_lines.py, which `logs` uses as well. A line that is not the
router's (a library's warning) is passed over.
"""

from __future__ import annotations

from deployment.log_lines import Event, error_event, event_of, line_event, merged
from local_cloud.reports import FunctionRan, Keeping, Problem, Refused, Report

__all__ = ["Event", "events", "merged"]

_IMPORT_FAILED = "Worker init failed: "
"""The emulator's words."""


def events(report: Report) -> list[Event]:
    """What a report says that is worth a line."""
    if isinstance(report, Problem):
        return [error_event(report.text)]
    if isinstance(report, Refused):
        return [line_event(report.text)]
    if isinstance(report, Keeping):
        return []
    told = [event for line in report.lines if (event := event_of(line))]
    if report.error.strip() and not any(event.kind.startswith("error") for event in told):
        told.append(error_event(_last_line(report)))
    return told


def _last_line(report: FunctionRan) -> str:
    """The function's own error, which is the last line of its traceback or of what it said while it was imported."""
    last = report.error.strip().splitlines()[-1].strip()
    return last.replace(_IMPORT_FAILED, "the router cannot be imported: ")
