"""What the router and the tools around it have to agree on, each fact once.

    tables      keys, attributes and the index of the two tables
    variables   the names of the function's environment variables
    headers     what the distribution adds to a request
    files       what the router writes into buckets
    log_events  one type per line of the log; `log_line` writes them, `log_reader` reads them

Standard library only. It ships in the router's zip, and it is the only part of the router that the tools may import
(tests/test_structure.py). Whatever only the router itself has to know stays out of it.
"""
