"""What the emulator's process reports, as lines for a person at a terminal. Pure.

How a log line of the router reads stands in deployment/operations/log_lines.py, which `logs` uses as well. A line
that is not the router's (a library's warning) is passed over.
"""

from __future__ import annotations

from deployment.operations.log_lines import Sentence, error_sentence, line_sentence, merged, sentences_of
from local_cloud.ministack.invocations import IMPORT_FAILED
from local_cloud.reporting.reports import FunctionRan, Keeping, Problem, Refused, Report
from router.contract.log_reader import decode

__all__ = ["Sentence", "merged", "sentences"]


def sentences(report: Report) -> list[Sentence]:
    """What a report says that is worth a line."""
    if isinstance(report, Problem):
        return [error_sentence(report.text)]
    if isinstance(report, Refused):
        return [line_sentence(report.text)]
    if isinstance(report, Keeping):
        return []
    logged = [event for line in report.lines if (event := decode(line))]
    told = [sentence for event in logged for sentence in sentences_of(event) if not sentence.quiet]
    if report.error.strip() and not any(sentence.kind.startswith("error") for sentence in told):
        told.append(error_sentence(_last_line(report)))
    return told


def _last_line(report: FunctionRan) -> str:
    """The function's own error, which is the last line of its traceback or of what it said while it was imported."""
    last = report.error.strip().splitlines()[-1].strip()
    return last.replace(IMPORT_FAILED, "the router cannot be imported: ")
