"""Releases: the versions of the stack and the site that have passed the smoke test, and their restoration."""
