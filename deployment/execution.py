"""The execution of an approved plan: it acts, and reads only to notice that the stack has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from console import Reporter
from deployment.domain.certificate_validation import print_site_records
from deployment.domain.certificates import certificate_arn, delete_unused
from deployment.options import Deployed, Options
from deployment.package.artifacts import artifact_bucket, template_url, upload_package
from deployment.package.prepared import Prepared
from deployment.plan.planner import PlanningResult, main_change
from deployment.plan.stacks import Stacks
from deployment.release.release import UNVERIFIED, Release, deployed_release, save
from deployment.release.restore import restore
from deployment.site.progress import progress_for
from deployment.site.upload import SitePlace, plan_site, publish
from deployment.stack.change_sets import ChangeSet, is_stale
from deployment.stack.changes import losses, require_no_losses
from deployment.stack.stack import Stack
from deployment.stack.state import StackState
from errors import CloudError, ProjectError, SmokeTestError, StackError
from template_gen import names
from template_gen.serialization import as_text


class ChangedMeanwhileError(Exception):
    """The stack has changed since the plan was made."""


@dataclass(frozen=True)
class Execution:
    """The execution of an approved plan."""

    prepared: Prepared
    planned: PlanningResult
    stacks: Stacks
    reporter: Reporter
    options: Options

    def act(self) -> Deployed:
        """Execute the plan. Raises ChangedMeanwhileError when the stack has changed since."""
        settings, target, plan = self.prepared.settings, self.prepared.target, self.planned.plan
        test = self.options.smoke_test and not plan.up_to_date
        earlier = self._earlier() if test and self.options.rollback_on_smoke_failure else None
        outputs, bucket = self._bring_up_stacks()
        self.reporter(f"stack: {settings.stack.name} {'unchanged' if plan.main.empty else 'updated'}")
        self._publish(outputs, bucket)
        if settings.domain.name and not plan.empty:
            print_site_records(settings.domain, outputs, self.reporter)
        if test:
            self._verify(outputs, bucket, earlier)
        if test or not plan.empty:
            # Last, because a rollback after a failed smoke test needs the previous certificate.
            delete_unused(settings, target, self.reporter)
        return Deployed(outputs, not plan.empty, verified=test or plan.up_to_date)

    def _bring_up_stacks(self) -> tuple[Mapping[str, str], str]:
        """Deploy all stacks. Return the outputs of the main stack and the name of the artifact bucket."""
        prepared, place = self.prepared, self.planned.place
        package = prepared.package
        size = f"code: {package.sha256[:12]}, {len(package.content):,} bytes"
        if place and all(stack.empty for stack in self.planned.plan.stacks):
            self.reporter(f"{size}, unchanged")
            return self.planned.state.outputs, place.artifacts
        bucket = artifact_bucket(self.stacks.artifacts, prepared.settings)
        new_code = upload_package(package, bucket, prepared.target)
        self.reporter(f"{size}, {'uploaded' if new_code else 'unchanged'}")
        certificate = certificate_arn(prepared.settings, prepared.target, self.reporter)
        return self._bring_up_main({names.CODE_BUCKET: bucket, **certificate}), bucket

    def _bring_up_main(self, known: Mapping[str, str]) -> Mapping[str, str]:
        """Deploy the main stack and return its outputs. known: the parameters from the outputs of the other stacks."""
        main, stack = self.planned.plan.main, self.stacks.main
        state = stack.read()
        if state.busy or state.stamp != main.stamp:
            raise ChangedMeanwhileError
        if main.change_set:
            return _execute(stack, ChangeSet(main.change_set, state.stack_id, main.changes))
        if main.action == "keep":
            return state.outputs
        if main.action == "recreate":
            stack.remove_failed(state)
            state = StackState("")
        if main.adopts:
            state = stack.adopt(self.prepared.template, main.adopts)
        change = main_change(self.prepared, known, state)
        url = template_url(change.template, known[names.CODE_BUCKET], self.prepared.target)
        change_set = stack.propose(replace(change, template_url=url), state)
        if change_set is None:
            return state.outputs
        with stack.change_sets.deleted_if_refused(change_set.arn):
            # The change set did not exist when the plan was approved, so check it for data loss now.
            require_no_losses(losses(change_set.changes), allowed=self.options.allow_data_loss)
        return _execute(stack, change_set)

    def _publish(self, outputs: Mapping[str, str], bucket: str) -> None:
        place, target = SitePlace.of(outputs, bucket), self.prepared.target
        if place is None:
            raise StackError(
                f"stack {self.prepared.settings.stack.name}", "its outputs have no site bucket", "deploy again"
            )
        upload = self.planned.upload
        # The first deploy, or one that added or removed a domain: the site's URL differs from the one in the plan.
        moved = outputs.get(names.SITE_URL) != self.planned.state.outputs.get(names.SITE_URL)
        if moved or place != self.planned.place:
            prepared = self.prepared.at(outputs.get(names.SITE_URL))
            days = prepared.settings.site.keep_assets_days
            upload = plan_site(prepared.site, place, target, now=datetime.now(UTC), keep_assets_days=days)
        publish(
            upload,
            place,
            target,
            # Without a known place, the bucket is new or adopted: the site of the earlier stack is replaced.
            allow_mass_delete=self.options.allow_mass_delete or self.planned.place is None,
            wait=self.options.wait,
            progress=progress_for(self.reporter),
        )
        gone = len(upload.deleted) + len(upload.pruned)
        self.reporter(
            f"site: {len(upload.files)} files, {len(upload.uploads)} uploaded, {gone} deleted, "
            f"{len(upload.invalidate)} paths invalidated"
        )

    def _earlier(self) -> Release | None:
        """Return the version to roll back to: the latest release, or else what this deploy is about to change."""
        if self.planned.release or self.planned.plan.empty:
            return self.planned.release
        state, stack, target = self.planned.state, self.stacks.main, self.prepared.target
        return deployed_release(state, as_text(stack.template()), target, datetime.now(UTC)) if state.exists else None

    def _verify(self, outputs: Mapping[str, str], artifacts: str, earlier: Release | None) -> None:
        """Run the smoke test, and record the release. Raises SmokeTestError, after restoring `earlier` if given."""
        # Imported here: importing aiohttp is slow, and an unchanged deploy does not need it.
        from deployment.smoke.smoke_test import Patience, smoke_test

        settings, target, patience = self.prepared.settings, self.prepared.target, self.options.patience
        if self.prepared.options.mode.express and not patience:
            patience = Patience.of_express(target)
        if self.planned.plan.empty:
            self.reporter(f"{UNVERIFIED}: running it")
        # Before the test, so that a change during it is not recorded as tested.
        release = deployed_release(self.stacks.main.read(), self.prepared.template, target, datetime.now(UTC))
        try:
            smoke_test(outputs, target, self.reporter, settings=settings, patience=patience)
        except SmokeTestError:
            self._return_to(earlier)
            raise
        if release:
            save(release, artifacts, target)

    def _return_to(self, earlier: Release | None) -> None:
        """Restore the release if there is one and the options ask for it. Prints errors: the test's is raised."""
        if not self.options.rollback_on_smoke_failure:
            return
        if earlier is None:
            self.reporter("there is no release to roll back to")
            return
        try:
            restore(self.stacks.main, earlier, self.prepared.target, self.reporter, patience=self.options.patience)
        except ProjectError as error:
            self.reporter(f"the rollback failed: {error.where}: {error.what}")


def _execute(stack: Stack, change_set: ChangeSet) -> Mapping[str, str]:
    try:
        return stack.execute(change_set).outputs
    except CloudError as exc:
        if is_stale(exc):
            raise ChangedMeanwhileError from exc
        raise
