"""The throttle of the stage of the WebSocket API.

A rate and a burst of 0 admit nothing (API Gateway answers 429, which is not billed). Nothing repeats a `$disconnect`
that is throttled, so the caller keeps its rate, and closes sockets more slowly than that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from router.errors import StageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDPOINT: Final = re.compile(r"https?://(?P<host>[^/:.]+)[^/]*(?:/.*?)??(?:/(?P<id>[^/]+))?/(?P<stage>[^/]+)")


class Stage(Protocol):
    """A stage."""

    def throttle(self, routes: Mapping[str, tuple[float, int]]) -> None:
        """Set the rate per second and the burst of these routes. Raises StageError."""


@dataclass(frozen=True, slots=True)
class ApiStage:
    """A stage of API Gateway, accessed with botocore's client."""

    api: Any
    api_id: str
    name: str

    def throttle(self, routes: Mapping[str, tuple[float, int]]) -> None:
        """Set the rate per second and the burst of these routes. Raises StageError."""
        wanted = {
            route: {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
            for route, (rate, burst) in routes.items()
        }
        try:
            self.api.update_stage(ApiId=self.api_id, StageName=self.name, RouteSettings=wanted)
        except (BotoCoreError, ClientError) as error:
            raise StageError(f"UpdateStage: {_code(error)}") from error


def name_of(endpoint: str) -> tuple[str, str]:
    """Return the id of the API and the name of the stage in the endpoint of @connections.

    On AWS the id is the first label of the host, ``https://{id}.execute-api.…/{stage}``; in an emulator it is in the
    path, ``http://localhost/…/{id}/{stage}``.
    """
    match = _ENDPOINT.fullmatch(endpoint)
    return (match["id"] or match["host"], match["stage"]) if match else ("", "")


def _code(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", "")) or type(error).__name__
