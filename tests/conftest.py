"""For every test: hypothesis judges what comes out, never how long it took. Speed goes in benchmarks."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
