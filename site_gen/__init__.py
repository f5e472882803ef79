"""site/ → a folder of finished files: `build_site` is the whole interface."""

from site_gen.pipeline import BuiltSite, build_site

__all__ = ["BuiltSite", "build_site"]
