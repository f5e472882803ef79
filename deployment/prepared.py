"""What is deployed, made on this machine before anything is asked of an account: template, zip, site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployment.lint import require_clean
from deployment.package import Package, build_package, write_package
from deployment.target import Target
from deployment.template_file import write_template
from settings import Settings
from site_gen.edition import Edition
from site_gen.pdf import Printer
from site_gen.pipeline import build_site
from template_gen import names


@dataclass(frozen=True)
class Prepared:
    """`site` is the folder of the built site; `parameters` are what an emulator needs told, empty for AWS.

    inline_styles: the hashes of its stylesheets, which the security policy names. notes: what its owner should know.
    renew_secret: the stack gets another origin secret.
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
    renew_secret: bool = False

    def build_for(self, outputs: Mapping[str, str]) -> None:
        """Builds the site anew, with the address that the stack has: what a shared link shows has to name it."""
        if self.target.endpoint_url:
            return  # the one that `prepare` built: an emulator's site has no address
        edition = Edition.of(self.settings, address=outputs.get(names.SITE_URL))
        build_site(self.settings.site.folder, self.site, edition, print_pdf=self.print_pdf)


def prepare(  # noqa: PLR0913 - the last is by name
    settings: Settings,
    target: Target,
    output: Path,
    parameters: Mapping[str, str],
    print_pdf: Printer | None = None,
    *,
    lint: bool = True,
) -> Prepared:
    """print_pdf: makes the site's resume.pdf; it takes a second or two. lint: refuse what cfn-lint objects to.

    Raises LintError, ResumeError or OutputError for what cannot be deployed.
    """
    text = write_template(settings, output)
    if lint:
        require_clean(text, target.resolved_region, output)
    package = build_package()
    write_package(package, output)
    site = output / "site"
    # Without its address, which may not be known yet: so that what is wrong is said before anything is asked.
    printer = print_pdf if target.endpoint_url else None
    built = build_site(settings.site.folder, site, Edition.of(settings), print_pdf=printer)
    return Prepared(settings, target, text, package, site, parameters, built.inline_styles, built.notes, print_pdf)
