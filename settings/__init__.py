"""The settings in settings.toml, read and validated as a whole. A leaf: imports nothing of ours but the error tree.

sections  every key, once: a field with its type, default and allowed values; `theme` has those of [theme], `counting`
          those of the counter
rules     validation of a value
reading   reading the file, and the errors for invalid content
fonts, policies, colour: values to choose from, and defaults
"""

from __future__ import annotations

from settings.fonts import FONTS
from settings.keys import RULES
from settings.policies import INLINE_STYLES, PERMISSIONS_POLICY, STRICT_CONTENT_SECURITY_POLICY
from settings.reading import DEFAULT_THEME, load, validate
from settings.rules import NotAllowedError
from settings.sections import NOTE, REFUSE, REGION, Alerts, Domain, Logs, Settings
from settings.spending import FREE_PLAN, PAY_AS_YOU_GO, Budget, Cdn, Limits, Throttle
from settings.theme import DENSITIES, LAYOUTS, Theme

DEFAULT_REGION = "us-east-1"
"""The Region when neither the settings nor the AWS environment names one."""

__all__ = [
    "DEFAULT_REGION",
    "DEFAULT_THEME",
    "DENSITIES",
    "FONTS",
    "FREE_PLAN",
    "INLINE_STYLES",
    "LAYOUTS",
    "NOTE",
    "PAY_AS_YOU_GO",
    "PERMISSIONS_POLICY",
    "REFUSE",
    "REGION",
    "RULES",
    "STRICT_CONTENT_SECURITY_POLICY",
    "Alerts",
    "Budget",
    "Cdn",
    "Domain",
    "Limits",
    "Logs",
    "NotAllowedError",
    "Settings",
    "Theme",
    "Throttle",
    "load",
    "validate",
]
