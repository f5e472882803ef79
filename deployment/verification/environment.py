"""The environment that is verified: a stack of its own, with a small site of its own, deployed as `deploy` does."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import Reporter
from deployment.aws.emulated import parameters
from deployment.aws.target import Target
from deployment.deploy import deploy, diff
from deployment.destroy import destroy, plan_destroy
from deployment.operations.environments import in_environment
from deployment.options import Deployed, Options
from deployment.plan.cost import Traffic
from deployment.plan.plan import Plan
from deployment.stack.required_output import required
from deployment.stack.stack import Stack
from settings import Alerts, Limits, Settings
from template_gen import names

if TYPE_CHECKING:
    from deployment.counter.count import CountTable

NOWHERE = {names.MANAGEMENT_ENDPOINT: "http://127.0.0.1:9"}
"""A management endpoint at which nothing listens: the router counts, but cannot send anything to a page."""

RETENTION_DAYS, OTHER_RETENTION_DAYS = 30, 7

FILES = {
    "style.css": "body { max-width: 40em }\n",
    "visitor-count.js": "// the component, which other sites embed\n",
}


class Interruption(KeyboardInterrupt):
    """An interruption by the check itself, as by Ctrl-C."""


class Interrupting(Reporter):
    """Passes the progress on, and interrupts the operation at the first line that contains `at`."""

    def __init__(self, reporter: Reporter, at: str) -> None:
        self._reporter, self._at = reporter, at

    def __call__(self, line: str) -> None:
        self._reporter(line)
        if self._at in line:
            raise Interruption


def new_name() -> str:
    """Return a name for an environment, such as verify-3f9a."""
    return f"verify-{secrets.token_hex(2)}"


def settings_of(settings: Settings, name: str, folder: Path) -> Settings:
    """Return the settings of the environment `name` with the site in `folder`: the user's, less what a check would
    disturb or be disturbed by: alarms by e-mail, the count by visitor, limits for one address.

    Raises UsageError for an invalid name.
    """
    own = in_environment(settings, name)
    return replace(
        own,
        site=replace(own.site, folder=folder),
        visits=replace(own.visits, counts="tab", count_crawlers=False),
        limits=Limits(connects_per_address=0, visits_per_address=0, replies_per_connection=0),
        alerts=Alerts(email=""),
        logs=replace(settings.logs, retention_days=RETENTION_DAYS),
    )


@dataclass
class Environment:
    """The environment. output: the folder for generated files. reporter: gets the progress of the operations."""

    settings: Settings
    target: Target
    output: Path
    reporter: Reporter
    outputs: Mapping[str, str] = field(default_factory=dict)
    """The outputs of the last deploy."""

    @property
    def stack(self) -> Stack:
        return Stack(self.settings.stack.name, self.target, self.reporter)

    @property
    def on_aws(self) -> bool:
        return not self.target.endpoint_url

    @property
    def seconds_to_settle(self) -> float:
        """Return a time in which every delivered visit is counted."""
        return 5.0 if self.on_aws else 0.5

    def client(self, service: str) -> Any:
        return self.target.client(service)

    def table(self) -> CountTable:
        from deployment.counter.count import CountTable

        return CountTable(required(self.outputs, names.VISITOR_COUNTS_TABLE), self.target)

    def write_site(self, title: str) -> None:
        """Write the site, with `title` on its front page, and a hashed asset that the front page refers to."""
        asset = f"assets/title.{hashlib.sha256(title.encode()).hexdigest()[:12]}.css"
        page = f'<!doctype html><title>{title}</title><link rel="stylesheet" href="{asset}"><h1>{title}</h1>\n'
        folder = self.settings.site.folder
        for old in folder.rglob("*.*"):
            old.unlink()
        for name, text in {**FILES, asset: f"h1 {{ content: '{title}' }}\n", "index.html": page}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")

    def with_retention(self, days: int) -> Settings:
        """Return the settings with another retention of the logs, the smallest change of the stack."""
        return replace(self.settings, logs=replace(self.settings.logs, retention_days=days))

    def parameters(self, *, broken: bool = False) -> Mapping[str, str]:
        """Return the template parameters. broken: of a router that cannot send anything to a page."""
        return {**parameters(self.target.endpoint_url), **(NOWHERE if broken else {})}

    def deploy(
        self, options: Options | None = None, *, broken: bool = False, reporter: Reporter | None = None
    ) -> Deployed:
        """Deploy, with the smoke test unless the options say otherwise. Raises ProjectError."""
        deployed = deploy(
            self.settings,
            self.target,
            output=self.output,
            parameters=self.parameters(broken=broken),
            reporter=reporter or self.reporter,
            options=replace(options or Options(smoke_test=True), lint=False),
        )
        self.outputs = deployed.outputs
        return deployed

    def plan(self, settings: Settings | None = None) -> Plan:
        """Return the plan of a deploy, as `diff` shows it. Raises ProjectError."""
        return diff(
            settings or self.settings,
            self.target,
            output=self.output,
            parameters=self.parameters(),
            reporter=self.reporter,
            traffic=Traffic(),
        )

    def destroy(self, *, keep_data: bool = False) -> None:
        """Destroy the stack, and its data unless `keep_data`. Raises ProjectError."""
        settings = replace(self.settings, stack=replace(self.settings.stack, keep_data_on_destroy=keep_data))
        plan = plan_destroy(settings, self.target, self.reporter, delete_data=not keep_data)
        destroy(plan, settings, self.target, self.reporter)
