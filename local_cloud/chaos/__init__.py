"""`build.py chaos`: injects faults into an embedded cloud of its own, and checks the count after each."""
