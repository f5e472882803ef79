"""The stack in the emulator, deployed by the code that deploys to AWS. All calls block."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployment.stack.required_output import required
from errors import LocalCloudError
from local_cloud.access import Access
from local_cloud.edge.behaviors import behaviors
from local_cloud.edge.http import Upstream
from local_cloud.environment import ACCESS_KEY, REGION, SECRET_KEY
from settings import Settings
from template_gen import names
from template_gen.variants import NO_DOMAIN

if TYPE_CHECKING:
    from deployment.aws.target import Target
    from site_gen.pdf import Printer

SWEEP = {"source": "aws.events", "detail-type": "Scheduled Event"}
"""An event that is safe at any time: the router counts the visits that were left uncounted."""


@dataclass(frozen=True)
class LocalStack:
    """The deployed stack: its target and outputs."""

    target: Target
    outputs: Mapping[str, str]

    @property
    def visits_table(self) -> str:
        """Return the name of the table of visits."""
        return required(self.outputs, names.VISITOR_COUNTS_TABLE)

    def upstream(self, access: Access) -> Upstream:
        """Return the origin for the edge. Raises CloudError."""
        from deployment.aws.errors import translated

        identifier = required(self.outputs, names.DISTRIBUTION_ID)
        with translated(f"the distribution {identifier}"):
            distribution = self.target.client("cloudfront").get_distribution_config(Id=identifier)
        domain = required(self.outputs, names.DISTRIBUTION_DOMAIN)
        return Upstream(access, domain, behaviors(distribution["DistributionConfig"]))

    def warm(self) -> None:
        """Start a worker of the router and create its clients, so that the first page does not wait for them."""
        self.invoke(SWEEP)

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """Invoke the router with `event` and return its result; an error of its own in Lambda's format. Blocks."""
        answer = self.target.client("lambda").invoke(
            FunctionName=required(self.outputs, names.ROUTER_FUNCTION), Payload=json.dumps(event).encode()
        )
        return json.loads(answer["Payload"].read())


@dataclass(frozen=True)
class Place:
    """Where the stack is deployed to. origins: where the page is served. budget_month: its seconds; 0: as on AWS."""

    access: Access
    origins: Sequence[str]
    output: Path
    budget_month: int = 0


def deployed(settings: Settings, place: Place, print_pdf: Printer) -> LocalStack:
    """Deploy or update the stack. Raises ProjectError.

    Crawlers are counted here: a script or headless browser on localhost is the developer's. And there is no domain,
    because its zone and certificate are in an account.
    """
    from deployment.aws.emulated import parameters
    from deployment.aws.target import Target
    from deployment.deploy import deploy
    from deployment.options import Options

    target = Target(
        region=settings.stack.region or REGION,
        endpoint_url=place.access.endpoint_url,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        session_token=place.access.key,
    )
    here = replace(settings, domain=NO_DOMAIN, visits=replace(settings.visits, count_crawlers=True))
    # Swapping the site's folder while this runs is intended. And cfn-lint, which takes longer than everything else, is
    # for deployments to an account.
    options = Options(allow_mass_delete=True, lint=False)
    result = deploy(
        here,
        target,
        options=options,
        output=place.output,
        parameters={
            **parameters(place.access.endpoint_url, *place.origins),
            names.BUDGET_MONTH: str(place.budget_month),
        },
        print_pdf=print_pdf,
    )
    return LocalStack(target, result.outputs)


def check_syntax(router: Path) -> None:
    """Raise LocalCloudError for a file of the router that is not valid Python; the running one is then kept."""
    for path in sorted(router.rglob("*.py")):
        try:
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        except FileNotFoundError:
            continue  # an editor is replacing it; that is another edit
        except (SyntaxError, ValueError) as exc:
            line = getattr(exc, "lineno", None) or 1
            where = f"{path.relative_to(router.parent)}:{line}"
            reason = exc.msg if isinstance(exc, SyntaxError) else str(exc)
            raise LocalCloudError(
                where, f"is not valid Python: {reason}", "fix it and save the file; the router was not deployed"
            ) from exc
