"""Resource by resource: what each must have for the system to be safe, and for it to work."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from router.contract import variables
from settings import validate
from template_gen import names
from template_gen.router import HANDLER, RUNTIME
from template_gen.stack import generate, to_json
from template_gen.variants import variants

SETTINGS = validate({}, Path("settings.toml"))
TEMPLATES = {name: json.loads(to_json(template)) for name, template in variants(SETTINGS).items()}
PLAIN = TEMPLATES["no domain"]
ROUTE_53 = TEMPLATES["domain in Route 53"]
OWN_AND_EMBEDDED = ("SecurityHeaders", "EmbeddedHeaders")


def properties(logical_id: str, template: dict[str, Any] = PLAIN) -> Any:
    return template["Resources"][logical_id]["Properties"]


def of_type(kind: str, template: dict[str, Any] = PLAIN) -> dict[str, Any]:
    return {k: v["Properties"] for k, v in template["Resources"].items() if v["Type"] == kind}


@pytest.mark.parametrize("bucket", [(PLAIN, names.SITE_BUCKET), (TEMPLATES["artifacts"], names.ARTIFACT_BUCKET)])
def test_buckets_are_private_encrypted_and_versioned(bucket: tuple[dict[str, Any], str]) -> None:
    template, logical_id = bucket
    made = properties(logical_id, template)
    assert set(made["PublicAccessBlockConfiguration"].values()) == {True}
    assert made["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "AES256" in json.dumps(made["BucketEncryption"])
    assert made["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    policy = properties(f"{logical_id}Policy", template)["PolicyDocument"]["Statement"][0]
    assert (policy["Effect"], policy["Principal"], policy["Action"]) == ("Deny", "*", ["s3:*"])
    assert policy["Condition"] == {"Bool": {"aws:SecureTransport": False}}


def test_queue_and_topic_are_for_tls_only() -> None:
    for template, policy, kind, action in (
        (PLAIN, "UndeliveredRecordsPolicy", "AWS::SQS::QueuePolicy", "sqs:*"),
        (TEMPLATES["alarms"], "AlertsPolicy", "AWS::SNS::TopicPolicy", "sns:Publish"),
    ):
        assert template["Resources"][policy]["Type"] == kind
        denied = properties(policy, template)["PolicyDocument"]["Statement"][0]
        assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", [action])
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": False}}
    assert properties("UndeliveredRecordsPolicy")["Queues"] == [{"Ref": names.UNDELIVERED}]
    assert properties("AlertsPolicy", TEMPLATES["alarms"])["Topics"] == [{"Ref": "Alerts"}]


def test_the_topic_hears_the_alarms_of_this_stack_and_nobody_else() -> None:
    """A policy replaces the topic's default one, under which every alarm of the account might publish."""
    _, allowed = properties("AlertsPolicy", TEMPLATES["alarms"])["PolicyDocument"]["Statement"]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, ["sns:Publish"])
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert allowed["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"].endswith(":alarm:${AWS::StackName}-*")


def test_the_site_is_read_by_this_distribution_only() -> None:
    allowed = [s for s in properties("SiteBucketPolicy")["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert {tuple(statement["Action"]) for statement in allowed} == {("s3:GetObject",), ("s3:ListBucket",)}
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        source = statement["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"]
        assert source.endswith(f"distribution/${{{names.DISTRIBUTION}}}")


def distribution(template: dict[str, Any] = PLAIN) -> Any:
    return properties(names.DISTRIBUTION, template)["DistributionConfig"]


def test_the_distribution_serves_the_site_over_an_access_control() -> None:
    config = distribution()
    assert config["DefaultRootObject"] == "index.html"
    assert config["HttpVersion"] == "http2and3"
    assert config["IPV6Enabled"] is True
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    site = next(o for o in config["Origins"] if o["Id"] == config["DefaultCacheBehavior"]["TargetOriginId"])
    assert "OriginAccessControlId" in site
    missing, *others = config["CustomErrorResponses"]
    assert {(other["ErrorCode"], other["ErrorCachingMinTTL"]) for other in others} >= {(403, 0), (500, 0), (503, 0)}
    assert [missing] == [
        {"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": "/404.html", "ErrorCachingMinTTL": 10}
    ]


def test_the_socket_is_on_the_pages_own_host() -> None:
    config = distribution()
    socket = config["CacheBehaviors"][0]
    assert socket["PathPattern"] == f"/{properties('LiveStage')['StageName']}"
    # Managed-CachingDisabled and Managed-AllViewerExceptHostHeader.
    assert socket["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert socket["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    origin = next(o for o in config["Origins"] if o["Id"] == socket["TargetOriginId"])
    assert origin["DomainName"] == {"Fn::Sub": "${WebSocketApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_security_headers_hold_the_policy_of_the_settings() -> None:
    headers = properties("SecurityHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    wanted = SETTINGS.site.content_security_policy
    assert policy == {"Fn::Sub": wanted.replace("{inline_styles}", "${InlineStyles}")}
    assert "unsafe" not in wanted
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert headers.keys() >= {"ContentTypeOptions", "FrameOptions", "ReferrerPolicy"}
    assert distribution()["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "SecurityHeaders"}


def test_a_policy_of_the_owners_own_is_taken_word_for_word() -> None:
    own = replace(SETTINGS, site=replace(SETTINGS.site, content_security_policy="default-src 'self'"))
    resources = json.loads(to_json(generate(own)))["Resources"]
    config = resources["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert config["ContentSecurityPolicy"]["ContentSecurityPolicy"] == "default-src 'self'"


def test_a_policy_of_the_owners_own_cannot_name_a_parameter() -> None:
    """Fn::Sub would put the value of ${OriginSecret} into a header that everybody gets."""
    policy = "default-src 'self' https://${OriginSecret}.example.com ${!x}; style-src {inline_styles} ${AWS::AccountId}"
    own = replace(SETTINGS, site=replace(SETTINGS.site, content_security_policy=policy))
    resources = json.loads(to_json(generate(own)))["Resources"]
    config = resources["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    text = config["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    assert re.findall(r"\$\{(?!!)([^}]*)\}", text) == [names.INLINE_STYLES]
    # Source: "Fn::Sub", AWS CloudFormation Template Reference: ${!Literal} resolves to ${Literal}.
    assert text.replace("${InlineStyles}", "{inline_styles}").replace("${!", "${") == policy


def custom_headers(logical_id: str) -> dict[str, str]:
    config = properties(logical_id)["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]
    assert all(item["Override"] for item in config["Items"])
    return {item["Header"]: item["Value"] for item in config["Items"]}


def test_other_sites_may_embed_what_is_made_for_that_and_nothing_else() -> None:
    own, embedded = custom_headers("SecurityHeaders"), custom_headers("EmbeddedHeaders")
    assert own.pop("Cross-Origin-Resource-Policy") == "same-site"
    assert embedded.pop("Cross-Origin-Resource-Policy") == "cross-origin"
    assert own == embedded
    assert own["Cross-Origin-Opener-Policy"] == "same-origin"
    assert own["Permissions-Policy"] == SETTINGS.site.permissions_policy
    headers = [properties(one)["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"] for one in OWN_AND_EMBEDDED]
    assert headers[0] == headers[1]
    default, others = distribution()["DefaultCacheBehavior"], distribution()["CacheBehaviors"][1:]
    assert [each.pop("PathPattern") for each in others] == ["/badge.svg", "/visitor-count.js", "/assets/card.*.png"]
    for each in others:
        assert each == {**default, "ResponseHeadersPolicyId": {"Ref": "EmbeddedHeaders"}}


def test_the_router_may_write_the_badge_and_backups_and_no_other_file() -> None:
    (policy,) = properties("RouterRole")["Policies"]
    statements = [each for each in policy["PolicyDocument"]["Statement"] if "s3:PutObject" in each["Action"]]
    assert [each["Resource"] for each in statements] == [
        [{"Fn::Sub": "${SiteBucket.Arn}/badge.svg"}],
        [{"Fn::Sub": "arn:${AWS::Partition}:s3:::${CodeBucket}/backups/*/count.json"}],
    ]


def test_a_domain_gives_aliases_and_certificate() -> None:
    config = distribution(ROUTE_53)
    assert config["Aliases"] == ["example.com", "www.example.com"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == {"Ref": names.CERTIFICATE_ARN}
    assert config["ViewerCertificate"]["MinimumProtocolVersion"].startswith("TLSv1.2")
    assert "Aliases" not in distribution()
    assert names.CERTIFICATE_ARN not in PLAIN["Parameters"]


def test_a_hosted_zone_gets_records_of_both_families_for_every_name() -> None:
    records = of_type("AWS::Route53::RecordSet", ROUTE_53)
    assert {(r["Name"], r["Type"]) for r in records.values()} == {
        ("example.com", "A"), ("example.com", "AAAA"), ("www.example.com", "A"), ("www.example.com", "AAAA"),
    }  # fmt: skip
    assert not of_type("AWS::Route53::RecordSet", TEMPLATES["domain elsewhere"])
    assert distribution(TEMPLATES["domain elsewhere"])["Aliases"] == ["cv.example.com"]


@pytest.mark.parametrize("table", [names.CONNECTION_IDS, names.VISITOR_COUNTS])
def test_tables_are_on_demand_expire_rows_and_can_be_recovered(table: str) -> None:
    made = properties(table)
    assert made["BillingMode"] == "PAY_PER_REQUEST"
    assert made["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert made["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("kept", [names.CONNECTION_IDS, names.VISITOR_COUNTS, names.SITE_BUCKET])
def test_data_is_retained_unless_told_otherwise(kept: str) -> None:
    resource, disposable = PLAIN["Resources"][kept], TEMPLATES["data not kept"]["Resources"][kept]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    # Even then a replacement, which nobody asked for by name, keeps what it replaces.
    assert (disposable["DeletionPolicy"], disposable["UpdateReplacePolicy"]) == ("Delete", "Retain")


def test_the_counts_stream_new_images_and_index_what_is_uncounted() -> None:
    made = properties(names.VISITOR_COUNTS)
    assert made["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    (index,) = made["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "UncountedVisits"
    assert index["KeySchema"] == [{"AttributeName": "uncounted", "KeyType": "HASH"}]


def test_the_router_runs_on_arm_on_the_newest_python_the_linter_knows() -> None:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # two seconds, which every worker would pay

    made = properties(names.ROUTER)
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::Lambda::Function").schema
    known = [r for r in schema["properties"]["Runtime"]["enum"] if re.fullmatch(r"python3\.\d+", r)]
    assert max(known, key=lambda runtime: int(runtime.split(".")[1])) == RUNTIME == made["Runtime"]
    assert made["Architectures"] == ["arm64"]


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


def test_the_distribution_shows_itself_to_the_router_by_a_secret_that_nobody_reads() -> None:
    parameter = PLAIN["Parameters"][names.ORIGIN_SECRET]
    assert (parameter["NoEcho"], parameter["Default"]) == (True, "")
    assert re.fullmatch(parameter["AllowedPattern"], "a" * 43)
    assert re.fullmatch(parameter["AllowedPattern"], "")
    assert not re.fullmatch(parameter["AllowedPattern"], "short")
    origin = next(o for o in distribution()["Origins"] if o["Id"] == "live")
    condition, headers, otherwise = origin["OriginCustomHeaders"]["Fn::If"]
    assert PLAIN["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": names.ORIGIN_SECRET}, ""]}]}
    assert headers == [{"HeaderName": "X-Origin-Verify", "HeaderValue": {"Ref": names.ORIGIN_SECRET}}]
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert names.ORIGIN_SECRET not in json.dumps(PLAIN["Outputs"])


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
    assert properties(names.ROUTER)["LoggingConfig"] == {"LogGroup": {"Ref": names.ROUTER_LOGS}}


def test_no_two_mappings_have_the_same_stream_and_function() -> None:
    """Lambda refuses the second with ResourceConflictException, whatever its filter; an alias is another function."""
    pairs = [
        json.dumps([m["EventSourceArn"], m["FunctionName"]])
        for m in of_type("AWS::Lambda::EventSourceMapping").values()
    ]
    assert len(set(pairs)) == len(pairs) == 2
    (alias,) = of_type("AWS::Lambda::Alias").values()
    assert (alias["FunctionName"], alias["FunctionVersion"]) == ({"Ref": names.ROUTER}, "$LATEST")


@pytest.mark.parametrize("logical_id", ["VisitsMapping", "CountMapping"])
def test_a_stream_mapping_cannot_be_blocked_by_one_record(logical_id: str) -> None:
    mapping = properties(logical_id)
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] < 10
    assert 60 <= mapping["MaximumRecordAgeInSeconds"] <= 3600
    assert mapping["MaximumBatchingWindowInSeconds"] == 0
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
    assert visits["dynamodb"]["Keys"]["id"]["S"] == [{"prefix": "visit#"}]
    assert visits["dynamodb"]["NewImage"]["uncounted"]["S"] == [{"exists": True}]
    assert count == {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"id": {"S": ["visitorCount"]}}}}


def test_every_route_is_proxied_to_the_router_and_throttled() -> None:
    routes = of_type("AWS::ApiGatewayV2::Route")
    assert {route["RouteKey"] for route in routes.values()} == {"$connect", "$disconnect", "$default"}
    (integration,) = of_type("AWS::ApiGatewayV2::Integration").values()
    assert integration["IntegrationType"] == "AWS_PROXY"
    throttle = properties("LiveStage")["DefaultRouteSettings"]
    assert throttle == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}


def test_every_permission_to_invoke_is_narrowed_to_one_source() -> None:
    permissions = of_type("AWS::Lambda::Permission")
    assert len(permissions) == 4  # three routes and the sweep
    for permission in permissions.values():
        source = json.dumps(permission["SourceArn"])
        assert "*" not in source
        assert "live/$" in source or "Sweep" in source


def test_the_router_may_do_little_and_each_thing_on_one_resource() -> None:
    (role,) = of_type("AWS::IAM::Role").values()
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    for statement in statements:
        assert statement["Effect"] == "Allow"
        assert all(not action.endswith("*") for action in statement["Action"])
        assert statement["Resource"] != ["*"]
    wild = [json.dumps(s["Resource"]) for s in statements if "*" in json.dumps(s["Resource"])]
    backups, everyone_connected = wild
    assert "${CodeBucket}/backups/*/count.json" in backups
    assert "${WebSocketApi}/live/POST/@connections/*" in everyone_connected
    trust = role["AssumeRolePolicyDocument"]["Statement"]
    assert [s["Principal"] for s in trust] == [{"Service": "lambda.amazonaws.com"}]


def test_the_router_may_do_each_thing_that_its_code_asks_of_dynamodb() -> None:
    """boto3 and botocore name a method after its operation: `client.batch_get_item` needs dynamodb:BatchGetItem."""
    source = (Path(__file__).resolve().parents[2] / "router/storage/store.py").read_text()
    asked = {name.title().replace("_", "") for name in re.findall(r"\bclient\.(\w+)\(", source)}
    # A transaction is allowed by the actions of what it holds; ours holds updates only.
    asked = {f"dynamodb:{name}" for name in asked - {"TransactWriteItems"} | {"UpdateItem"}}
    (role,) = of_type("AWS::IAM::Role").values()
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    allowed = {action for statement in statements for action in statement["Action"]}
    stream = {f"dynamodb:{name}" for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")}
    assert {action for action in allowed if action.startswith("dynamodb:")} - stream == asked


def test_alarms_are_there_with_an_address_and_only_then() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm", TEMPLATES["alarms"])
    assert {alarm["MetricName"] for alarm in alarms.values()} >= {"Errors", "IteratorAge"}
    assert all(alarm["AlarmActions"] == [{"Ref": "Alerts"}] for alarm in alarms.values())
    assert not of_type("AWS::CloudWatch::Alarm")
    assert not of_type("AWS::Logs::MetricFilter")


def test_an_error_that_lambda_does_not_count_is_seen_in_the_log() -> None:
    """A refused visit and a failed broadcast are answered, so they are no errors of the function."""
    (lines,) = of_type("AWS::Logs::MetricFilter", TEMPLATES["alarms"]).values()
    assert lines["LogGroupName"] == {"Ref": names.ROUTER_LOGS}
    assert lines["FilterPattern"] == '{ $.level = "ERROR" }'
    (metric,) = lines["MetricTransformations"]
    watched = {
        (json.dumps(alarm["Namespace"]), alarm["MetricName"])
        for alarm in of_type("AWS::CloudWatch::Alarm", TEMPLATES["alarms"]).values()
    }
    assert (json.dumps(metric["MetricNamespace"]), metric["MetricName"]) in watched
    assert ('"AWS/SQS"', "NumberOfMessagesSent") in watched


def test_the_alarm_of_the_log_says_what_is_logged_as_an_error() -> None:
    """Which events those are, tests/router/contract/test_log_line.py says."""
    text = properties("RouterErrorLines", TEMPLATES["alarms"])["AlarmDescription"]
    assert text == "A visit, a broadcast or the daily backup failed: see the log lines of level ERROR"


def test_outputs_say_where_everything_is() -> None:
    assert PLAIN["Outputs"].keys() == {
        names.SITE_URL, names.SOCKET_URL, names.SITE_BUCKET_NAME, names.DISTRIBUTION_ID, names.DISTRIBUTION_DOMAIN,
        names.WEB_SOCKET_API_ID, names.ROUTER_FUNCTION, names.ROUTER_LOG_GROUP, names.CONNECTION_IDS_TABLE,
        names.VISITOR_COUNTS_TABLE, names.INLINE_STYLES,
    }  # fmt: skip
    assert ROUTE_53["Outputs"][names.SITE_URL]["Value"] == "https://example.com"
    assert ROUTE_53["Outputs"][names.SOCKET_URL]["Value"] == "wss://example.com/live"


def test_no_name_is_used_for_two_things() -> None:
    for template in TEMPLATES.values():
        groups = [template.get(part, {}).keys() for part in ("Parameters", "Conditions", "Resources")]
        assert sum(map(len, groups)) == len(set().union(*groups))
