"""The repairs, in order: keys first, so that each value is mended by its right name."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from site_gen.importing.mending.dates import mend_dates
from site_gen.importing.mending.keys import mend_keys
from site_gen.importing.mending.leftovers import leave_out_the_rest
from site_gen.importing.mending.links import mend_addresses, mend_links
from site_gen.importing.mending.periods import ask_about_lost_ends, order_periods, split_periods
from site_gen.importing.mending.texts import mend_texts
from site_gen.importing.mending.types import mend_types

if TYPE_CHECKING:
    from collections.abc import Callable

    from site_gen.importing.mending.change import Change, Mended

REPAIRS: tuple[Callable[[Any], Mended], ...] = (
    mend_texts,
    mend_keys,
    mend_types,
    mend_keys,  # once more, for objects that were in the wrong kind of list or object
    mend_types,
    split_periods,
    mend_dates,
    order_periods,
    mend_links,
    mend_addresses,
    leave_out_the_rest,
)


def mend(document: Any) -> Mended:
    """Return the document after all repairs, and every change. The document passed in stays as it is.

    The result is valid, except that it may not be a résumé at all: then basics.name is missing.
    """
    document = copy.deepcopy(document)
    every: list[Change] = []
    for repair in REPAIRS:
        before = document
        document, changes = repair(before)
        every += ask_about_lost_ends(before, changes)
    return document, every
