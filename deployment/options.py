"""The options and the result of a deploy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deployment.package.prepared import StackOptions
from deployment.plan.cost import Traffic

if TYPE_CHECKING:
    from deployment.smoke.smoke_test import Patience


@dataclass(frozen=True)
class Options:
    """The options of a deploy.

    allow_data_loss: execute a plan that replaces or removes a table or the bucket.
    allow_mass_delete: execute a plan that deletes most of the site.
    skip_stuck: skip the resources that cannot be rolled back after a failed update.
    wait: wait for the CloudFront invalidation to complete.
    smoke_test: run the smoke test after a deploy that changed something, or if the version deployed before has not
    passed it. rollback_on_smoke_failure: restore the latest release if it fails. patience: of the smoke test.
    stack: the options of the main stack.
    lint: raise LintError if cfn-lint has findings.
    traffic: the traffic to estimate the cost for.
    """

    allow_data_loss: bool = False
    allow_mass_delete: bool = False
    skip_stuck: bool = False
    wait: bool = False
    smoke_test: bool = False
    rollback_on_smoke_failure: bool = False
    stack: StackOptions = field(default_factory=StackOptions)
    lint: bool = True
    traffic: Traffic = field(default_factory=Traffic)
    patience: Patience | None = None


@dataclass(frozen=True)
class Deployed:
    """The result of a deploy. outputs: the outputs of the stack. changed: False if everything was up to date.

    verified: what is deployed has passed the smoke test, now or before.
    """

    outputs: Mapping[str, str]
    changed: bool
    verified: bool
