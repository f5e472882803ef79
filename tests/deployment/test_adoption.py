"""Data that an earlier stack has retained is adopted by the next deploy, on a real emulator."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deployment.aws.emulated import parameters
from deployment.aws.target import Target
from deployment.counter.count import CountTable
from deployment.deploy import deploy, diff
from deployment.destroy import describe, destroy, plan_destroy
from deployment.operations.status import status
from deployment.options import Deployed, Options
from deployment.package.prepared import StackOptions
from deployment.plan.cost import Traffic
from deployment.plan.plan import Plan
from deployment.plan.text import plan_lines
from deployment.stack import kept_data
from deployment.stack.kept_data import Data, adoptable
from deployment.stack.stack import Stack
from deployment.stack.state import StackState, plan_start
from errors import StackError, UsageError
from settings import Settings
from template_gen import names
from tests.deployment.conftest import MakeSettings
from tests.deployment.fakes import Lines

pytestmark = pytest.mark.cloud

COUNT = 41
DATA = (names.SITE_BUCKET_NAME, names.VISITOR_COUNTS_TABLE, names.CONNECTION_IDS_TABLE)


class Life:
    """The deploys and destroys of one stack."""

    def __init__(self, target: Target, output: Path, settings: Settings, say: Lines) -> None:
        self.target, self.output, self.settings, self.say = target, output, settings, say
        self.parameters = parameters(target.endpoint_url)

    def deploy(self, options: Options | None = None) -> Deployed:
        self.say.clear()
        return deploy(
            self.settings,
            self.target,
            output=self.output,
            parameters=self.parameters,
            reporter=self.say,
            options=options,
        )

    def plan(self) -> Plan:
        traffic = Traffic()
        return diff(self.settings, self.target, output=self.output, parameters=self.parameters, traffic=traffic)

    def destroy(self, *, only_retained: bool = False) -> list[str]:
        plan = plan_destroy(self.settings, self.target, only_retained=only_retained)
        destroy(plan, self.settings, self.target, self.say)
        return describe(plan)

    def table(self, deployed: Deployed) -> CountTable:
        return CountTable(deployed.outputs[names.VISITOR_COUNTS_TABLE], self.target)

    def retained(self) -> tuple[Data, ...]:
        return kept_data.left_over(self.settings.stack.name, self.target)


@pytest.fixture
def life(cloud: Target, output: Path, say: Lines, make_settings: MakeSettings) -> Life:
    return Life(cloud, output, make_settings(keep=True), say)


@pytest.fixture
def before(life: Life) -> Deployed:
    """A deployed and counted stack, which is destroyed, retaining its data."""
    deployed = life.deploy()
    life.table(deployed).add(COUNT)
    life.destroy()
    return deployed


def test_the_count_and_the_site_of_a_destroyed_stack_return_with_the_next_deploy(life: Life, before: Deployed) -> None:
    plan = life.plan()
    assert {one.logical_id for one in plan.main.adopts} == {
        names.SITE_BUCKET,
        names.VISITOR_COUNTS,
        names.CONNECTION_IDS,
    }
    assert not {one.logical_id for one in plan.main.changes} & {one.logical_id for one in plan.main.adopts}
    table = before.outputs[names.VISITOR_COUNTS_TABLE]
    assert any(f"table {table}, retained from an earlier stack, is adopted" in line for line in plan_lines(plan))

    after = life.deploy(Options(smoke_test=True))
    assert after.verified
    assert [after.outputs[name] for name in DATA] == [before.outputs[name] for name in DATA]
    assert life.table(after).count() == COUNT
    assert Stack(life.settings.stack.name, life.target).read().status == "UPDATE_COMPLETE"
    assert life.plan().empty
    resources = Stack(life.settings.stack.name, life.target).resources()
    assert set(life.retained()) == set(kept_data.of_stack(resources))


def test_a_deploy_that_is_interrupted_after_the_adoption_continues(life: Life, before: Deployed) -> None:
    plan = life.plan()
    template = (life.output / "template.json").read_text()
    state = Stack(life.settings.stack.name, life.target, life.say).adopt(template, plan.main.adopts)
    assert state.status == "IMPORT_COMPLETE"
    after = life.deploy()
    assert life.table(after).count() == COUNT
    assert after.outputs[names.SITE_BUCKET_NAME] == before.outputs[names.SITE_BUCKET_NAME]


@pytest.fixture
def older(life: Life) -> tuple[Data, ...]:
    """Data of an older stack. Made by hand, since the emulator would give a second stack's tables the same names."""
    stack = life.settings.stack.name
    table = Data(names.VISITOR_COUNTS, f"{stack}-{names.VISITOR_COUNTS}-OLDER")
    bucket = Data(names.SITE_BUCKET, f"{stack}-{names.SITE_BUCKET.lower()}-older")
    life.target.client("s3").create_bucket(Bucket=bucket.name)
    life.target.client("s3").put_object(Bucket=bucket.name, Key="index.html", Body=b"older")
    life.target.client("dynamodb").create_table(
        TableName=table.name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    return bucket, table


def test_data_is_adopted_after_a_failed_creation_and_after_a_failed_import(life: Life, before: Deployed) -> None:
    for state in (StackState("ROLLBACK_COMPLETE"), StackState("IMPORT_ROLLBACK_COMPLETE")):
        assert plan_start("cv", state) == "RECREATE"
    assert plan_start("cv", StackState("IMPORT_ROLLBACK_COMPLETE", {"SiteUrl": "x"})) == "UPDATE"


def test_pages_of_the_earlier_site_are_replaced_even_if_they_are_many(life: Life, site: Path) -> None:
    for number in range(20):
        (site / f"page-{number}.html").write_text("earlier")
    life.deploy()
    life.destroy()
    for number in range(20):
        (site / f"page-{number}.html").unlink()
    life.deploy()
    assert life.plan().empty


def test_a_stack_with_nothing_but_its_data_is_unhealthy(life: Life, before: Deployed) -> None:
    plan = life.plan()
    template = (life.output / "template.json").read_text()
    Stack(life.settings.stack.name, life.target, life.say).adopt(template, plan.main.adopts)
    found = status(life.settings, life.target)
    assert not found.healthy
    assert found.findings[0].state == "IMPORT_COMPLETE, but incomplete"


def test_data_that_is_deployed_again_while_the_user_answers_is_not_deleted(life: Life, before: Deployed) -> None:
    plan = plan_destroy(life.settings, life.target, delete_data=True)
    after = life.deploy()
    with pytest.raises(StackError, match="it has been deployed since, and uses"):
        destroy(plan, life.settings, life.target, life.say)
    assert life.table(after).count() == COUNT


def test_new_data_can_be_chosen_and_the_old_deleted_without_harm(life: Life, older: tuple[Data, ...]) -> None:
    after = life.deploy(Options(stack=StackOptions(new_data=True)))
    life.table(after).add(1)
    assert len(life.retained()) == len(DATA) + len(older)

    bucket, table = older
    assert life.destroy(only_retained=True) == [f"DELETE  {bucket}", f"DELETE  {table} with the visitor count"]
    assert len(life.retained()) == len(DATA)
    assert life.table(after).count() == 1
    assert life.plan().empty
    assert life.destroy(only_retained=True) == ["no data of earlier stacks is retained: nothing to delete"]


def test_a_renamed_stack_adopts_the_data_of_its_old_name(life: Life, before: Deployed) -> None:
    old = life.settings
    life.settings = replace(old, stack=replace(old.stack, name=f"{old.stack.name}x"))
    after = life.deploy(Options(stack=StackOptions(adopt_from=old.stack.name)))
    assert after.outputs[names.VISITOR_COUNTS_TABLE] == before.outputs[names.VISITOR_COUNTS_TABLE]
    assert life.table(after).count() == COUNT
    with pytest.raises(UsageError, match="exists and has data of its own"):
        life.deploy(Options(stack=StackOptions(adopt_from=old.stack.name)))
    life.settings = old
    plan = plan_destroy(old, life.target, delete_data=True)
    assert plan.earlier == ()
    destroy(plan, old, life.target, life.say)
    assert life.table(after).count() == COUNT


def test_data_that_another_stack_uses_is_not_adopted(life: Life) -> None:
    old = life.settings
    life.deploy()
    life.settings = replace(old, stack=replace(old.stack, name=f"{old.stack.name}x"))
    with pytest.raises(UsageError, match="exists and uses its data"):
        life.deploy(Options(stack=StackOptions(adopt_from=old.stack.name)))


def test_the_advice_after_a_destroy_does_not_delete_what_is_live_now(life: Life, before: Deployed) -> None:
    advice = "to delete it instead: python3 build.py destroy --only-retained"
    assert any(advice in line for line in life.say)
    after = life.deploy()
    life.destroy(only_retained=True)
    assert life.table(after).count() == COUNT
    assert life.plan().empty


def test_ambiguous_data_is_not_adopted_and_the_plan_says_so(
    life: Life, before: Deployed, older: tuple[Data, ...]
) -> None:
    plan = life.plan()
    assert plan.main.adopts == ()
    (note,) = plan.notes
    assert before.outputs[names.VISITOR_COUNTS_TABLE] in note
    assert older[1].name in note
    assert "count export FILE --table NAME" in note


def test_a_part_that_exists_twice_makes_the_data_ambiguous() -> None:
    one, two = Data(names.VISITOR_COUNTS, "a"), Data(names.SITE_BUCKET, "b")
    assert adoptable([one, two]) == (one, two)
    assert adoptable([one, two, Data(names.SITE_BUCKET, "c")]) == ()
    assert adoptable([]) == ()
