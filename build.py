#!/usr/bin/env python3
"""The one entry point: `python3 build.py VERB`. Needs Python 3.11 or newer, and nothing else.

The verbs are in `cli/verbs`; `bootstrap` installs what they import.
"""

import sys

# Checked before importing anything with newer syntax, and written in syntax that any Python 3 can parse.
if sys.version_info < (3, 11):
    sys.exit(
        f"error: build.py needs Python 3.11 or newer, and this is {sys.version.split()[0]}.\n"
        "  next: install one (https://www.python.org/downloads), then run: python3.11 build.py"
    )

import signal

# Until main() installs its own handler, Ctrl-C ends the process without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from cli.main import main

if __name__ == "__main__":
    main()
