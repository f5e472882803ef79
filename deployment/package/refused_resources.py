"""Errors of troposphere in a resource of template_gen, such as a misspelled property: which line has it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import template_gen
from errors import LintError

_GENERATORS = Path(template_gen.__file__).parent


@contextmanager
def lines_named() -> Iterator[None]:
    """Translate an error that troposphere raises. Raises LintError; any other error is a bug, and passes unchanged."""
    try:
        yield
    except (AttributeError, TypeError, ValueError) as exc:
        frames = traceback.extract_tb(exc.__traceback__)
        if "troposphere" not in Path(frames[-1].filename).parts:
            raise
        ours = [frame for frame in frames if Path(frame.filename).parent == _GENERATORS]
        where = f"template_gen/{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "template_gen"
        raise LintError(where, str(exc), "correct the resource there and run the command again") from exc
