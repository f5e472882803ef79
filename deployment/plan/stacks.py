"""The stacks of a deploy, one object each, which caches the deployed template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console import SILENT, Reporter
from deployment.aws.target import Target
from deployment.domain.certificates import certificate_stack
from deployment.package.artifacts import artifact_stack
from deployment.stack.stack import Stack
from settings import Settings


@dataclass(frozen=True)
class Stacks:
    """certificate: None without a domain, or if the settings have a certificate ARN."""

    artifacts: Stack
    certificate: Stack | None
    main: Stack

    @classmethod
    def of(cls, settings: Settings, target: Target, reporter: Reporter = SILENT) -> Stacks:
        """Return the stacks of a deploy with `settings`. Their operations print to `reporter`."""
        own_certificate = settings.domain.name and not settings.domain.certificate_arn
        return cls(
            artifact_stack(settings, target, reporter),
            certificate_stack(settings, target, reporter) if own_certificate else None,
            Stack(settings.stack.name, target, reporter),
        )

    def __iter__(self) -> Iterator[Stack]:
        """Yield the stacks in the order of deployment."""
        yield self.artifacts
        if self.certificate:
            yield self.certificate
        yield self.main
