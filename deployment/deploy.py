"""The deploy, told once:

settings → template → lint → zip → site → artifact bucket → change set → stack outputs → site → upload → invalidation.

The site is built twice: before, so that what is wrong with it is said before anything is made, and because the stack's
security policy names the stylesheets that lie in its pages; and after, when its address and the count are known.

The same for an AWS account and for the embedded cloud: only the `Target` and the parameters differ. Every step looks
first and does nothing where nothing changed, so that a deploy that was interrupted is completed by the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deployment.artifacts import artifact_bucket, template_url, upload_package
from deployment.bucket import read_bucket
from deployment.certificates import certificate_arn
from deployment.files import write_atomically
from deployment.lint import require_clean
from deployment.package import build_package, write_package
from deployment.site_files import read_site
from deployment.site_upload import plan_upload, publish
from deployment.stack import Change, Say, Stack
from deployment.status import visitor_count
from deployment.target import Target
from settings import Settings
from site_gen import Edition, build_site
from site_gen.pdf import Printer
from template_gen import generate, names, to_json


@dataclass(frozen=True)
class Deployed:
    """What a deploy led to. `outputs` are the stack's; `changed` is False when there was nothing to do."""

    outputs: Mapping[str, str]
    changed: bool


def write_template(settings: Settings, output: Path) -> str:
    """Generates the stack's template, also to `output`/template.json. Raises OutputError when that is not writable."""
    text = to_json(generate(settings))
    write_atomically(output / "template.json", text.encode())
    return text


def deploy(  # noqa: PLR0913 - where to, from what, and who is told
    settings: Settings,
    target: Target,
    *,
    output: Path,
    parameters: Mapping[str, str] | None = None,
    print_pdf: Printer | None = None,
    say: Say,
) -> Deployed:
    """Brings the stack and the site at `target` to what `settings` and the folders say.

    output: the folder for everything generated.
    parameters: values of template parameters that are not AWS's own, for the embedded cloud.
    print_pdf: makes the site's resume.pdf; it takes a second or two.
    Raises the ProjectError of whatever step fails; what was done until then stays, and the next deploy goes on.
    """
    text = write_template(settings, output)
    require_clean(text, target.resolved_region, output)
    package = build_package()
    write_package(package, output)
    site = output / "site"
    built = build_site(settings.site.folder, site, Edition.of(settings))

    bucket = artifact_bucket(settings, target, say)
    new_code = upload_package(package, bucket, target)
    say(f"code: {package.sha256[:12]}, {len(package.content):,} bytes, {'uploaded' if new_code else 'unchanged'}")

    stack = Stack(settings.stack.name, target, say)
    change = Change(
        text,
        {
            names.CODE_BUCKET: bucket,
            names.CODE_KEY: package.key,
            names.INLINE_STYLES: allowed_styles(built.inline_styles, stack.read().outputs),
            **certificate_arn(settings, target, say),
            **(parameters or {}),
        },
        template_url(text, bucket, target),
    )
    applied = stack.apply(change)
    say(f"stack: {settings.stack.name} {'is up to date now' if applied.changed else 'unchanged'}")

    edition = Edition.of(
        settings,
        address=None if target.endpoint_url else applied.outputs[names.SITE_URL],
        last_count=visitor_count(applied.outputs[names.VISITOR_COUNTS_TABLE], target) or None,
    )
    for note in build_site(settings.site.folder, site, edition, print_pdf=print_pdf).notes:
        say(f"note: {note}")
    published = publish_site(site, applied.outputs, target, say)
    return Deployed(applied.outputs, new_code or applied.changed or published)


def publish_site(site: Path, outputs: Mapping[str, str], target: Target, say: Say) -> bool:
    """Uploads what differs in the folder `site`. True when anything did."""
    bucket = outputs[names.SITE_BUCKET_NAME]
    files = read_site(site)
    plan = plan_upload(files, read_bucket(bucket, target))
    publish(plan, bucket, outputs[names.DISTRIBUTION_ID], target)
    changed = len(plan.assets) + len(plan.pages)
    say(
        f"site: {len(files)} files, {changed} uploaded, {len(plan.delete)} deleted, "
        f"{len(plan.invalidate)} paths invalidated"
    )
    return not plan.empty


def allowed_styles(styles: Sequence[str], before: Mapping[str, str]) -> str:
    """What the security policy is to allow: the stylesheets of the new pages, and those of the deploy before.

    Edges learn of a new policy and of new pages at different moments; meanwhile neither page may stand there undressed.
    """
    known = before.get(names.INLINE_STYLES, "").split()
    if known[: len(styles)] == list(styles):
        return " ".join(known)
    return " ".join(dict.fromkeys([*styles, *known[: len(styles)]]))
