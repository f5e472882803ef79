"""The distribution's cache behaviours as the edge applies them: which path goes to which origin. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.type_defs import (
        CacheBehaviorTypeDef,
        DefaultCacheBehaviorOutputTypeDef,
        DistributionConfigOutputTypeDef,
    )

_API = re.compile(r"([a-z0-9]+)\.execute-api\.")


@dataclass(frozen=True)
class Behavior:
    """A cache behaviour. pattern: of paths, with `*` and `?` as wildcards. api: the ID of its WebSocket API; empty for
    other origins, which the emulator's CloudFront serves. compress: it compresses what viewers accept compressed."""

    pattern: str
    api: str
    compress: bool = False

    def matches(self, path: str) -> bool:
        """Return True if the path pattern matches. path: with its leading slash."""
        return _compiled(self.pattern).fullmatch(path) is not None


def behaviors(distribution: DistributionConfigOutputTypeDef) -> tuple[Behavior, ...]:
    """Return the behaviours in the order in which CloudFront evaluates them; the default, which matches everything,
    last."""
    origins = {origin["Id"]: origin["DomainName"] for origin in distribution["Origins"]["Items"]}

    def of(pattern: str, behavior: CacheBehaviorTypeDef | DefaultCacheBehaviorOutputTypeDef) -> Behavior:
        api = _API.match(origins[behavior["TargetOriginId"]])
        return Behavior(pattern, api[1] if api else "", compress=behavior.get("Compress", False))

    ordered = distribution["CacheBehaviors"].get("Items", []) if "CacheBehaviors" in distribution else []
    return (*(of(item["PathPattern"], item) for item in ordered), of("*", distribution["DefaultCacheBehavior"]))


def chosen(behaviors: Sequence[Behavior], path: str) -> Behavior:
    """Return the first behaviour that matches. Source: "Path pattern", Amazon CloudFront Developer Guide."""
    return next(behavior for behavior in behaviors if behavior.matches(path))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, with or without its leading slash, which CloudFront does not require."""
    wildcards = {"*": ".*", "?": "."}
    parts = (wildcards.get(character, re.escape(character)) for character in pattern.removeprefix("/"))
    return re.compile("/?" + "".join(parts), re.DOTALL)
