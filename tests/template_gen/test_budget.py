"""The budget: what the function is told, the alarm that invokes it, and the budget of AWS's."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from settings import validate
from template_gen import names, rates
from template_gen.budget import ALARM, BUDGET, BUDGET_REGIONS
from template_gen.prices import METERED, prices
from template_gen.stack import generate, to_json
from tests.template_gen.templates import PLAIN, SETTINGS, TEMPLATES, of_type, properties

WITH_MAIL = TEMPLATES["alarms"]


HOME = {"region": "us-east-1"}


def template(**sections: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(to_json(generate(validate({"stack": HOME, **sections}, Path("settings.toml")))))
    return made


def test_the_function_is_told_the_budget_and_the_prices() -> None:
    variables = properties(names.ROUTER)["Environment"]["Variables"]
    assert (variables["BUDGET_DOLLARS"], variables["ALERTS_TOPIC"]) == ("5", "")
    assert variables["BUDGET_MONTH_SECONDS"] == {"Ref": names.BUDGET_MONTH}
    assert PLAIN["Parameters"][names.BUDGET_MONTH]["Default"] == "0"
    assert json.loads(variables["PRICES"]) == {name: prices()[name] for name in METERED}
    assert (variables["FRESHNESS_SECONDS"], variables["LOG_LEVEL"]) == ("5", "INFO")
    assert properties(names.ROUTER, WITH_MAIL)["Environment"]["Variables"]["ALERTS_TOPIC"] == {"Ref": names.ALERTS}


def test_the_function_is_told_the_freshness_of_the_settings() -> None:
    made = template(throttle={"freshness_seconds": 2.5})
    assert properties(names.ROUTER, made)["Environment"]["Variables"]["FRESHNESS_SECONDS"] == "2.5"


@pytest.mark.parametrize(("dollars", "text"), [(0, "0"), (0.0001, "0.0001"), (9999.99, "9999.99"), (10_000, "10000")])
def test_dollars_are_written_in_full(dollars: float, text: str) -> None:
    variables = properties(names.ROUTER, template(budget={"dollars_a_month": dollars}))["Environment"]["Variables"]
    assert variables["BUDGET_DOLLARS"] == text


def test_the_environment_fits_into_the_four_kilobytes_of_lambda() -> None:
    names_of_pages = [f"{number:032}" for number in range(20)]
    made = template(visits={"names": names_of_pages}, alerts={"email": "me@example.com"})
    assert len(json.dumps(properties(names.ROUTER, made)["Environment"]["Variables"])) < 3_500


def test_an_alarm_on_all_messages_of_the_stage_invokes_the_router() -> None:
    alarm = properties(ALARM)
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/ApiGateway", "MessageCount", "Sum")
    assert alarm["Dimensions"] == [
        {"Name": "ApiId", "Value": {"Ref": names.WEB_SOCKET_API}},
        {"Name": "Stage", "Value": "live"},
    ]
    assert alarm["AlarmActions"] == [{"Fn::GetAtt": [names.ROUTER, "Arn"]}]
    assert properties(ALARM, WITH_MAIL)["AlarmActions"][1:] == [{"Ref": names.ALERTS}]
    for made in (PLAIN, WITH_MAIL):  # what has closed the stage has to hear that it is over
        assert properties(ALARM, made)["OKActions"] == properties(ALARM, made)["AlarmActions"]
    assert alarm["Threshold"] * prices()["websocket_message"] == pytest.approx(0.05 * 5)
    assert (alarm["Period"], rates.alarm_messages(SETTINGS)) == (300, alarm["Threshold"])


def test_only_that_alarm_of_this_account_may_invoke_it() -> None:
    permission = properties(f"{ALARM}Permission")
    assert permission["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com"
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert permission["SourceArn"] == {"Fn::GetAtt": [ALARM, "Arn"]}


def test_the_budget_of_aws_is_on_the_tag_of_the_stack_and_sends_mail() -> None:
    made = properties(BUDGET, WITH_MAIL)
    assert made["Budget"]["BudgetLimit"] == {"Amount": 5, "Unit": "USD"}
    assert made["Budget"]["CostFilters"] == {"TagKeyValue": ["user:Project$cloud-resume"]}
    for one in made["NotificationsWithSubscribers"]:
        assert one["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": "owner@example.com"}]
    kinds = {one["Notification"]["NotificationType"] for one in made["NotificationsWithSubscribers"]}
    assert kinds == {"ACTUAL", "FORECASTED"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [({"Owner": "me", "Project": "cv"}, "user:Project$cv"), ({"b": "2", "a": "1"}, "user:a$1")],
)
def test_the_budget_takes_the_tag_project_or_the_first(tags: dict[str, str], expected: str) -> None:
    made = properties(BUDGET, template(tags=tags, alerts={"email": "me@example.com"}))
    assert made["Budget"]["CostFilters"]["TagKeyValue"] == [expected]


def test_the_regions_that_have_budgets_are_those_of_the_schemas() -> None:
    """CloudFormation refuses a template with a type that the Region lacks, whatever the resource's condition."""
    having = set()
    for region in REGIONS:
        with suppress(ResourceNotFoundError):
            having.add(PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, "AWS::Budgets::Budget").type_name and region)
    assert having == BUDGET_REGIONS


@pytest.mark.parametrize("region", ["eu-north-1", "eu-south-1", "eu-central-2", ""])
def test_where_there_are_none_or_the_region_is_unknown_it_is_left_out(region: str) -> None:
    made = template(alerts={"email": "me@example.com"}, stack={"region": region})
    assert not of_type("AWS::Budgets::Budget", made)
    assert ALARM in made["Resources"]


def test_another_address_is_another_budget_since_notifications_cannot_be_changed() -> None:
    of = {one: properties(BUDGET, template(alerts={"email": f"{one}@example.com"})) for one in ("a", "b")}
    assert of["a"]["Budget"]["BudgetName"] != of["b"]["Budget"]["BudgetName"]
    assert of["a"]["Budget"]["BudgetName"]["Fn::Sub"].startswith("${AWS::StackName}-${AWS::Region}-")
    more = template(alerts={"email": "a@example.com"}, budget={"dollars_a_month": 7})
    assert properties(BUDGET, more)["Budget"]["BudgetName"] == of["a"]["Budget"]["BudgetName"]


def test_without_an_address_or_a_tag_there_is_no_budget_of_aws() -> None:
    assert not of_type("AWS::Budgets::Budget")
    assert not of_type("AWS::Budgets::Budget", template(tags={}, alerts={"email": "me@example.com"}))


def test_without_a_budget_there_is_nothing_of_it() -> None:
    made = template(budget={"dollars_a_month": 0}, alerts={"email": "me@example.com"})
    assert not made["Resources"].keys() & {ALARM, f"{ALARM}Permission", BUDGET}
    statements = properties("RouterRole", made)["Policies"][0]["PolicyDocument"]["Statement"]
    assert not {"ThrottleTheStage", "TellTheOwner"} & {statement["Sid"] for statement in statements}


def test_only_aws_has_what_an_emulator_lacks() -> None:
    conditions = {name: resource.get("Condition") for name, resource in WITH_MAIL["Resources"].items()}
    assert {name for name, one in conditions.items() if one == names.ON_AWS} == {ALARM, f"{ALARM}Permission", BUDGET}


def test_lambda_logs_only_its_failures_and_drops_no_line_of_ours() -> None:
    """Lambda takes a line without a timestamp for INFO, whatever its level: a higher level would drop errors."""
    logging = dict(properties(names.ROUTER)["LoggingConfig"])
    assert (logging["LogFormat"], logging["SystemLogLevel"], logging["ApplicationLogLevel"]) == (
        "JSON",
        "WARN",
        "TRACE",
    )
