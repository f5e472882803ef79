"""Alarms, the topic they notify, and the log lines they count."""

from __future__ import annotations

import json

from template_gen import names
from template_gen.budget import ALARM
from tests.template_gen.templates import TEMPLATES, of_type, properties


def test_the_topic_hears_the_alarms_of_this_stack_and_nobody_else() -> None:
    """A policy replaces the topic's default one, under which every alarm of the account might publish."""
    _, allowed = properties("AlertsPolicy", TEMPLATES["alarms"])["PolicyDocument"]["Statement"]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, ["sns:Publish"])
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert allowed["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"].endswith(":alarm:${AWS::StackName}-*")


def test_alarms_are_there_with_an_address_and_only_then() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm", TEMPLATES["alarms"])
    assert {alarm["MetricName"] for alarm in alarms.values()} >= {"Errors", "IteratorAge"}
    del alarms[ALARM]
    assert all(alarm["AlarmActions"] == [{"Ref": "Alerts"}] for alarm in alarms.values())
    assert of_type("AWS::CloudWatch::Alarm").keys() == {ALARM}
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
