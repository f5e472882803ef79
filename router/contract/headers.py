"""Headers that our distribution adds to requests."""

from __future__ import annotations

ORIGIN_VERIFY = "X-Origin-Verify"
"""Holds the secret that only our distribution and the router know: proof that a request came through the distribution
(router/visitors/viewer.py). A reader of it compares names in lower case: HTTP does not distinguish, and API Gateway
may not keep the case."""
