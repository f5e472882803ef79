"""Policies that refuse anything but TLS."""

from __future__ import annotations

from template_gen import names
from tests.template_gen.templates import PLAIN, TEMPLATES, properties


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
