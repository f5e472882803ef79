"""Reports of the emulator's process, as lines for the terminal. Pure.

The text for a log line of the router is in deployment/operations/log_lines.py, which `logs` uses as well. A line that
is not the router's (a library's warning) is ignored.
"""

from __future__ import annotations

from deployment.operations.log_lines import Sentence, error_sentence, line_sentence, merged, sentences_of
from local_cloud.reporting.reports import FunctionRan, Keeping, Problem, Refused, Report
from router.contract.log_reader import decode

__all__ = ["Sentence", "merged", "sentences"]


def sentences(report: Report) -> list[Sentence]:
    """Return the lines to print for a report."""
    if isinstance(report, Problem):
        return [error_sentence(report.text)]
    if isinstance(report, Refused):
        return [line_sentence(report.text)]
    if isinstance(report, Keeping):
        return []
    logged = [event for line in report.lines if (event := decode(line))]
    found = [sentence for event in logged for sentence in sentences_of(event) if not sentence.quiet]
    if report.error.strip() and not any(sentence.kind.startswith("error") for sentence in found):
        found.append(error_sentence(_last_line(report)))
    return found


def _last_line(report: FunctionRan) -> str:
    """Return the function's own error: the last line of its traceback or of its output during the import."""
    return report.error.strip().splitlines()[-1].strip()
