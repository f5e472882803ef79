"""`build.py chaos`: faults on purpose, in an embedded cloud of its own, and whether the count was right after each."""
