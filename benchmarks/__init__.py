"""Benchmarks. Each prints a table that compares this project with alternatives, measured in the same run."""
