"""site/ → a folder of finished files: `build_site` is the whole interface, `Edition` what the deployment tells it."""

from site_gen.edition import Edition
from site_gen.pipeline import BuiltSite, build_site

__all__ = ["BuiltSite", "Edition", "build_site"]
