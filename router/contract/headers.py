"""The headers that the distribution adds to requests."""

from __future__ import annotations

ORIGIN_VERIFY = "X-Origin-Verify"
"""The header with the secret that only the distribution and the router know. It proves that a request came through the
distribution (router/visitors/viewer.py). Compare the name in lower case: header names are case-insensitive, and API
Gateway may change the case."""
