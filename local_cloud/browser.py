"""Opens the page in the user's browser, where there is one."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress


def open_page(url: str, environment: Mapping[str, str]) -> threading.Thread | None:
    """Returns at once and says nothing if it fails: the address is printed anyway.

    The thread that does it, for a process that would end before; None where there is no browser to open.

    environment: the user's own, with the proxies that a browser may need and this process has done away with.
    """
    if not _is_graphical(environment):
        return None
    opening = threading.Thread(target=_open, args=(url, environment), name="browser", daemon=True)
    opening.start()
    return opening


def _is_graphical(environment: Mapping[str, str]) -> bool:
    """Elsewhere Python might find a browser that draws in the very terminal that we print to."""
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
