"""Opens the page in the user's browser, if there is one."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress


def open_page(url: str, environment: Mapping[str, str]) -> threading.Thread | None:
    """Open `url` without blocking, and ignore failures: the address is printed anyway.

    Return the thread, for a process that would exit earlier; None if there is no graphical browser.

    environment: the user's own, with the proxies that a browser may need and that this process has removed.
    """
    if not _is_graphical(environment):
        return None
    opening = threading.Thread(target=_open, args=(url, environment), name="browser", daemon=True)
    opening.start()
    return opening


def _is_graphical(environment: Mapping[str, str]) -> bool:
    """Return True if there is a graphical browser: otherwise Python might find one that draws in the terminal that we
    print to."""
    return sys.platform == "darwin" or any(environment.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def _open(url: str, environment: Mapping[str, str]) -> None:
    with suppress(OSError):
        subprocess.run(
            [sys.executable, "-m", "webbrowser", url],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
