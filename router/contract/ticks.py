"""The event that the schedule sends every minute, apart from that of the sweep."""

from __future__ import annotations

DETAIL_TYPE = "Tick"
"""The value of ``detail-type``."""

EVENT = {"source": "cloud-resume", "detail-type": DETAIL_TYPE}
"""The event."""
