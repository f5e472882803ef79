"""The embedded cloud: an emulator of AWS on this machine, deployed to by the very code that deploys to AWS, and an edge
on localhost that plays CloudFront in front of it. `run` tells the story."""

from __future__ import annotations

from local_cloud.options import Options
from local_cloud.run import run

__all__ = ["Options", "run"]
