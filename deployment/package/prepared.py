"""The files to deploy, generated on this machine: template, zip, site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from deployment.aws.target import Target
from deployment.cdn.plan_region import require_plan_region
from deployment.package.lint import require_clean
from deployment.package.router_zip import Package, build_package, write_package
from deployment.package.template_file import write_template
from deployment.stack.change_sets import STANDARD, Mode
from settings import Settings
from site_gen.pages.edition import Edition
from site_gen.pdf import Printer
from site_gen.pipeline import BuiltSite, build_site
from site_gen.policy.check import require_publishable


@dataclass(frozen=True)
class StackOptions:
    """The options of a deploy that concern its stack.

    new_data: do not adopt the tables and the bucket that an earlier stack has retained.
    adopt_from: the name of that stack, "" if it had the name of this one.
    new_origin_secret: replace the secret shared by the distribution and the router.
    mode: how CloudFormation applies the change set: express, or with the reversion of drift.
    """

    new_data: bool = False
    adopt_from: str = ""
    new_origin_secret: bool = False
    mode: Mode = STANDARD


@dataclass(frozen=True)
class Prepared:
    """The files to deploy. site: the folder of the built site. parameters: of an emulator, empty for AWS.

    inline_styles: the hashes of the site's inline stylesheets, for the security policy. notes: hints for the user.
    address: the site's URL if known. options: of the stack.
    """

    settings: Settings
    target: Target
    template: str
    package: Package
    site: Path
    parameters: Mapping[str, str]
    inline_styles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    print_pdf: Printer | None = None
    address: str | None = None
    options: StackOptions = field(default_factory=StackOptions)

    def at(self, address: str | None) -> Prepared:
        """Return this with the site built for `address`, which a first deploy only knows once the stack exists."""
        if _edition(self.settings, self.target, address) == _edition(self.settings, self.target, self.address):
            return self
        _build(self.settings, self.target, self.site, address, self.print_pdf)
        return replace(self, address=address)


def prepare(  # noqa: PLR0913 - the last four are keywords
    settings: Settings,
    target: Target,
    output: Path,
    parameters: Mapping[str, str],
    *,
    print_pdf: Printer | None = None,
    address: str | None = None,
    lint: bool = True,
    options: StackOptions | None = None,
) -> Prepared:
    """Generate the template, the zip and the site in `output`.

    print_pdf: the printer of the site's resume.pdf, which takes a second or two. address: the site's URL if known.
    lint: run cfn-lint. options: of the stack.
    Raises LintError, ResumeError or OutputError when any of them cannot be deployed.
    """
    require_plan_region(settings, target)
    notes = require_publishable(settings)
    text = write_template(settings.in_region(target.resolved_region), output)
    if lint:
        require_clean(text, target.resolved_region, output)
    package = build_package()
    write_package(package, output)
    site = output / "site"
    built = _build(settings, target, site, address, print_pdf)
    return Prepared(
        settings,
        target,
        text,
        package,
        site,
        parameters,
        built.inline_styles,
        (*built.notes, *notes),
        print_pdf,
        address,
        options or StackOptions(),
    )


def _build(settings: Settings, target: Target, site: Path, address: str | None, print_pdf: Printer | None) -> BuiltSite:
    edition = _edition(settings, target, address)
    return build_site(settings.site.folder, site, edition, print_pdf=print_pdf, ignore=settings.site.ignore)


def _edition(settings: Settings, target: Target, address: str | None) -> Edition:
    """Return the edition of the site. With an emulator, the site has no public URL."""
    return Edition.of(settings, address=None if target.endpoint_url else address)
