"""Deploys of one site to the emulator, with a router that works or does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deployment.aws.emulated import parameters
from deployment.aws.target import Target
from deployment.deploy import deploy, diff
from deployment.operations.status import status
from deployment.options import Deployed, Options
from deployment.plan.cost import Traffic
from deployment.plan.plan import Plan
from deployment.smoke.smoke_test import Patience
from settings import Settings
from template_gen import names
from tests.deployment.fakes import Lines

NOWHERE = {names.MANAGEMENT_ENDPOINT: "http://127.0.0.1:9"}
"""An endpoint at which the router's every request fails."""


@dataclass
class Deploys:
    """Deploys of one site. broken: the router cannot send anything to a page."""

    target: Target
    output: Path
    site: Path
    settings: Settings
    say: Lines = field(default_factory=Lines)

    def parameters(self, *, broken: bool = False) -> Mapping[str, str]:
        return {**parameters(self.target.endpoint_url), **(NOWHERE if broken else {})}

    def deploy(
        self,
        *,
        broken: bool = False,
        test: bool = True,
        roll_back: bool = False,
        seconds: float = 1.0,
    ) -> Deployed:
        """seconds: the patience of the smoke test if the router is broken."""
        self.say.clear()
        patience = Patience(seconds, 0.1) if broken else None
        return deploy(
            self.settings,
            self.target,
            output=self.output,
            parameters=self.parameters(broken=broken),
            reporter=self.say,
            options=Options(smoke_test=test, patience=patience, rollback_on_smoke_failure=roll_back),
        )

    def plan(self, *, broken: bool = False) -> Plan:
        return diff(
            self.settings,
            self.target,
            output=self.output,
            parameters=self.parameters(broken=broken),
            traffic=Traffic(),
        )

    def release(self) -> tuple[bool | None, str]:
        (finding,) = [one for one in status(self.settings, self.target).findings if one.part == "release"]
        return finding.well, finding.state

    def page(self) -> bytes:
        bucket = self.deploy(test=False).outputs[names.SITE_BUCKET_NAME]
        body: bytes = self.target.client("s3").get_object(Bucket=bucket, Key="index.html")["Body"].read()
        return body

    @property
    def tested(self) -> int:
        """The number of steps that the last deploy's smoke tests have passed."""
        return sum(line.startswith("smoke test: ") for line in self.say)
