"""Benchmarks: each prints one table, with this project and its peers measured in the same run, on the same machine."""
