"""What a user sets in settings.toml, read and validated whole. A leaf: imports nothing of ours but the error tree.

sections  every key, once: a field with its type, its default and what it may be
rules     how a value is checked
reading   the file, and what is said of what is wrong in it
fonts, policies, colour: what values may be chosen or are the defaults
"""

from __future__ import annotations

from settings.fonts import FONTS
from settings.policies import INLINE_STYLES, PERMISSIONS_POLICY, STRICT_CONTENT_SECURITY_POLICY
from settings.reading import DEFAULT_THEME, load, validate
from settings.sections import RULES, Alerts, Domain, Settings, Theme

DEFAULT_REGION = "us-east-1"
"""Where neither the settings nor the AWS environment names one."""

__all__ = [
    "DEFAULT_REGION",
    "DEFAULT_THEME",
    "FONTS",
    "INLINE_STYLES",
    "PERMISSIONS_POLICY",
    "RULES",
    "STRICT_CONTENT_SECURITY_POLICY",
    "Alerts",
    "Domain",
    "Settings",
    "Theme",
    "load",
    "validate",
]
