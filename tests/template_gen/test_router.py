"""The function, its environment, and its event sources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import pytest

from router.contract import variables
from settings import validate
from template_gen import names
from template_gen.router import HANDLER, RUNTIME
from template_gen.stack import generate, to_json
from tests.template_gen.templates import SETTINGS, of_type, properties


def newest(runtimes: Iterable[str]) -> str:
    return max(runtimes, key=lambda runtime: int(runtime.split(".")[1]))


def test_the_router_runs_on_arm_on_the_newest_python_that_aws_supports() -> None:
    """The resource schema lists previews as well, which AWS does not recommend for production."""
    table = json.loads(Path(__file__).with_name("lambda-python-runtimes.json").read_text())
    made = properties(names.ROUTER)
    assert newest(table["supported"]) == RUNTIME == made["Runtime"]
    assert made["Architectures"] == ["arm64"]


def test_the_table_of_runtimes_is_as_new_as_the_linters() -> None:
    """cfn-lint's lifecycle table has a runtime once its deprecation is scheduled: then read AWS's table again."""
    lifecycle = json.loads(
        resources.files("cfnlint.data.AdditionalSpecs").joinpath("LmbdRuntimeLifecycle.json").read_text()
    )
    assert newest(runtime for runtime in lifecycle if runtime.startswith("python3.")) == RUNTIME


def test_the_handler_exists() -> None:
    module, _, function = HANDLER.rpartition(".")
    source = Path(__file__).resolve().parents[2] / f"{module.replace('.', '/')}.py"
    assert f"def {function}(event" in source.read_text()


def test_the_router_gets_the_environment_of_the_design() -> None:
    environment = properties(names.ROUTER)["Environment"]["Variables"]
    assert environment["CONNECTION_IDS_TABLE"] == {"Ref": names.CONNECTION_IDS}
    assert environment["VISITOR_COUNT_TABLE"] == {"Ref": names.VISITOR_COUNTS}
    on_aws = environment["API_GATEWAY_MANAGEMENT_ENDPOINT"]["Fn::If"][1]["Fn::Sub"]
    assert on_aws == "https://${WebSocketApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live"
    assert environment["VISIT_POLICY"] == "tab"
    assert environment["VISIT_LIFETIME_SECONDS"] == str(30 * 86_400)
    assert environment["POSTS_PER_SECOND"] == "2000"
    assert environment["COUNT_CRAWLERS"] == "no"
    assert environment["ORIGIN_SECRET"] == {"Ref": names.ORIGIN_SECRET}
    limits = ("CONNECTS_PER_ADDRESS", "VISITS_PER_ADDRESS", "REPLIES_PER_CONNECTION")
    assert [environment[name] for name in limits] == ["100", "50", "10"]


def test_every_variable_of_the_contract_is_set_and_no_other() -> None:
    """That the router reads them all, tests/router/test_configuration.py says."""
    named = {value for name, value in vars(variables).items() if name.isupper()}
    assert properties(names.ROUTER)["Environment"]["Variables"].keys() == named


def test_allowed_origins_are_the_sites_own_names_and_the_settings() -> None:
    settings = validate(
        {
            "domain": {"name": "a.example", "hosted_zone": "Z1", "www_redirect": True},
            "visits": {"allowed_origins": ["https://blog.example.com"]},
        },
        Path("settings.toml"),
    )
    template = json.loads(to_json(generate(settings)))
    origins = properties(names.ROUTER, template)["Environment"]["Variables"]["ALLOWED_ORIGINS"]["Fn::Join"][1]
    assert origins[0] == {"Fn::Sub": "https://${Distribution.DomainName}"}
    assert origins[1:4] == ["https://a.example", "https://www.a.example", "https://blog.example.com"]


def test_logs_have_a_retention_and_the_router_writes_there() -> None:
    assert properties(names.ROUTER_LOGS)["RetentionInDays"] == SETTINGS.logs.retention_days
    assert properties(names.ROUTER)["LoggingConfig"]["LogGroup"] == {"Ref": names.ROUTER_LOGS}


def test_each_mapping_invokes_an_alias_of_its_own() -> None:
    """Lambda refuses a second mapping of the same stream and function, whatever its filter. A mapping for each alias is
    what others deploy; no document says that a function and its alias may share a stream."""
    mappings = of_type("AWS::Lambda::EventSourceMapping")
    aliases = of_type("AWS::Lambda::Alias")
    invoked = {mapping["FunctionName"]["Ref"] for mapping in mappings.values()}
    assert invoked == aliases.keys()
    assert len(mappings) == len(aliases) == 2
    assert {alias["Name"] for alias in aliases.values()} == {"counter", "announcer"}
    for alias in aliases.values():
        assert (alias["FunctionName"], alias["FunctionVersion"]) == ({"Ref": names.ROUTER}, "$LATEST")


@pytest.mark.parametrize("logical_id", ["VisitsMapping", "CountMapping"])
def test_a_stream_mapping_cannot_be_blocked_by_one_record(logical_id: str) -> None:
    mapping = properties(logical_id)
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] < 10
    assert 60 <= mapping["MaximumRecordAgeInSeconds"] <= 3600
    # Lambda requires a window of at least one second for batches over 10, unless there is none.
    assert "MaximumBatchingWindowInSeconds" not in mapping
    assert 98 <= mapping["BatchSize"] <= 10_000
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] == names.UNDELIVERED
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_the_stream_mappings_let_through_new_visits_and_the_count_only() -> None:
    """Two of them, so that visits are folded while the count is told; a stream feeds two readers and no more."""
    mappings = of_type("AWS::Lambda::EventSourceMapping")
    assert mappings.keys() == {"VisitsMapping", "CountMapping"}
    ((visits,), (count,)) = (
        [json.loads(one["Pattern"]) for one in mappings[logical_id]["FilterCriteria"]["Filters"]]
        for logical_id in ("VisitsMapping", "CountMapping")
    )
    assert visits["eventName"] == ["INSERT"]
    assert visits["dynamodb"]["Keys"]["id"]["S"] == [{"prefix": "visit#"}, {"prefix": "named#"}]
    assert visits["dynamodb"]["NewImage"]["uncounted"]["S"] == [{"exists": True}]
    assert count == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"Keys": {"id": {"S": ["visitorCount", "presence"]}}},
    }


def test_every_permission_to_invoke_is_narrowed_to_one_source() -> None:
    permissions = of_type("AWS::Lambda::Permission")
    assert len(permissions) == 6  # three routes, two schedules and an alarm
    for permission in permissions.values():
        source = json.dumps(permission["SourceArn"])
        assert "*" not in source
        assert any(known in source for known in ("live/$", "Sweep", "Tick", "ManyMessages"))
