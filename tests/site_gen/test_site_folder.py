"""What the project's own site folder must hold to."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from site_gen.source import walk_files

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_content_only(site: Path) -> None:
    """A Python file in it would invite `import site`, and that is the standard library's."""
    assert not [path for path in walk_files(site) if path.suffix in {".py", ".pyc"}]


def test_the_counter_is_one_small_module_without_dependencies(site: Path) -> None:
    code = (site / "theme" / "visitor-count.js").read_bytes()
    assert b"import " not in code
    assert len(gzip.compress(code)) < 4096
