"""An import in one step, as `resume import` makes it in two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.importing.plan import carry_out, plan_import

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.importing.plan import Imported


def import_resume(file: Path, site: Path) -> Imported:
    """Make `file` the résumé of the folder `site`; a translation there is mended in its place."""
    return carry_out(plan_import(file, site))
