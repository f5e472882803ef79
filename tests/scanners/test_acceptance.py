"""Accepted findings are removed and their reasons counted; stale and unexplained acceptances are findings."""

from __future__ import annotations

import re

import pytest

from scanners import comments
from scanners.acceptance import STALE, accepted_in_templates, apply_acceptances
from scanners.finding import Finding
from scanners.iam_scanner import RULES as IAM_RULES
from scanners.policies import policies
from scanners.run import SCANNERS, table
from scanners.source_scanners import NOQA, NOSEC, ZIZMOR_IGNORE
from scanners.template_scanners import CFN_LINT_RULES, CHECKOV_RULES, NAG_RULES
from template_gen.acceptance import Accepted

FOUND = Finding("CKV_AWS_1", "Queue", "no domain", "not encrypted")


def test_an_accepted_finding_is_counted_with_its_reason_and_another_is_left() -> None:
    other = Finding("CKV_AWS_1", "Topic", "no domain", "not encrypted")
    accepted = [Accepted(("Queue",), ("CKV_AWS_1", "AwsSolutions-1"), "holds nothing")]
    report = apply_acceptances("1", "1 template", [FOUND, FOUND, other], accepted, CHECKOV_RULES)
    assert (report.findings, report.suppressed, report.reasons) == ((other,), 2, 1)


def test_an_acceptance_that_fits_nothing_is_a_finding() -> None:
    (stale,) = apply_acceptances("1", "", [], [Accepted(("Queue",), ("CKV_AWS_1",), "once")], CHECKOV_RULES).findings
    assert (stale.rule, stale.subject) == (STALE, "Queue")


def test_every_accepted_rule_is_some_scanners_and_has_a_reason() -> None:
    patterns = [CFN_LINT_RULES, CHECKOV_RULES, NAG_RULES, IAM_RULES]
    accepted = accepted_in_templates()
    assert len(accepted) > 10
    for one in accepted:
        assert len(one.reason) > 20
        for rule in one.rules:
            assert sum(bool(pattern.match(rule)) for pattern in patterns) == 1, rule


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("x = eval(y)  # noqa: S307 - our own text", []),
        ("x = eval(y)  # nosec B307 - our own text", []),
        ("x = eval(y)  # noqa: S307", [comments.UNEXPLAINED]),
        ("x = eval(y)  # noqa: S101 - another rule", ["B307"]),
        ("x = eval(y)  # nosec B101 - another rule", ["B307", comments.STALE]),
        ("x = eval(y)", ["B307"]),
    ],
)
def test_a_comment_accepts_its_rules_and_must_say_why(line: str, left: list[str]) -> None:
    found = [(Finding("B307", "a.py:1", "low", "eval"), "a.py", range(1, 2))]
    marks = comments.comments("a.py", line, (NOQA, NOSEC))
    assert [one.rule for one in comments.apply_comments("1", "", found, marks).findings] == left


def test_what_looks_like_a_comment_in_a_string_is_none() -> None:
    text = 'x = "y  # nosec B307 - text"\n"""\n# noqa: S307 - text\n"""\nz = 1  # nosec B101 - true\n'
    (comment,) = comments.comments("a.py", comments.python_comments(text), (NOQA, NOSEC))
    assert (comment.line, comment.reason) == (5, "true")


def test_zizmors_comments_are_read() -> None:
    (comment,) = comments.comments("ci.yml", "  - uses: a/b@v1   # zizmor: ignore[unpinned-uses] ours", [ZIZMOR_IGNORE])
    assert (set(comment.rules), comment.reason, comment.must_fit) == ({"unpinned-uses"}, "ours", True)


def test_policies_are_found_wherever_they_are_and_answered() -> None:
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}}
    template = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {"Statement": []},
                    "Policies": [{"PolicyDocument": {"Statement": [statement]}}],
                },
            },
        }
    }
    ((logical_id, document),) = policies(template)
    assert logical_id == "Role"
    assert document["Statement"][0]["Resource"] == "arn:aws:sqs:us-east-1:123456789012:queue"
    statement["Resource"] = {"Fn::GetAtt": ["Queue", "QueueName"]}
    with pytest.raises(ValueError, match=re.escape("Queue.QueueName")):
        list(policies(template))


def test_the_table_is_aligned() -> None:
    assert table([("a", "bb"), ("ccc", "d")]) == ["| a   | bb |", "|-----|----|", "| ccc | d  |"]
    assert "zizmor" in SCANNERS
