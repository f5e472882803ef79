"""Verbs that generate the template and the router's zip."""

from __future__ import annotations

from cli.context import Context
from cli.declaration import Verbs
from cli.options import SETTINGS
from cli.places import OUTPUT

VERBS = Verbs()


@VERBS(SETTINGS)
def generate(context: Context) -> None:
    """Write the CloudFormation template to output/template.json. Checks that the site folder can be published."""
    from deployment.package.template_file import write_template
    from site_gen.policy.check import require_publishable

    settings = context.settings()
    notes = require_publishable(settings)
    text = write_template(settings, OUTPUT)
    context.say(f"wrote {OUTPUT / 'template.json'}: {len(text.encode()):,} bytes")
    for note in notes:
        context.say(f"note: {note}")


@VERBS(SETTINGS)
def lint(context: Context) -> None:
    """Run cfn-lint on every variant of the template that the settings can produce. Checks that the site folder can be
    published: a site of your own must not need what its Content-Security-Policy blocks.
    """
    from deployment.package.lint import lint_variants
    from site_gen.policy.check import require_publishable

    settings = context.settings()
    notes = require_publishable(settings)
    lint_variants(settings, OUTPUT, context.say)
    for note in notes:
        context.say(f"note: {note}")


@VERBS()
def package(context: Context) -> None:
    """Write the router's zip to output/router.zip. The build is reproducible: the same source gives the same bytes."""
    from deployment.package.router_zip import build_package, write_package

    built = build_package()
    written = write_package(built, OUTPUT)
    context.say(f"wrote {written}: {len(built.content):,} bytes, sha256 {built.sha256}")
