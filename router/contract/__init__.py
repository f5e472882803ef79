"""The definitions shared by the router and the tools around it.

    tables      keys, attributes and the index of the two tables
    variables   the names of the function's environment variables
    headers     the headers that the distribution adds to a request
    files       the files that the router writes to buckets
    log_events  the log events; `log_line` writes them, `log_reader` parses them; `log_values` has the values of fields

It uses only the standard library. It is part of the router's zip file, and the only part of the router that the tools
may import (tests/test_structure.py). Definitions that only the router uses do not belong here.
"""
