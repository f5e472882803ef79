"""DNS records of a domain in Route 53."""

from __future__ import annotations

from tests.template_gen.templates import ROUTE_53, TEMPLATES, distribution, of_type


def test_a_hosted_zone_gets_records_of_both_families_for_every_name() -> None:
    records = of_type("AWS::Route53::RecordSet", ROUTE_53)
    assert {(r["Name"], r["Type"]) for r in records.values()} == {
        ("example.com", "A"), ("example.com", "AAAA"), ("www.example.com", "A"), ("www.example.com", "AAAA"),
    }  # fmt: skip
    assert not of_type("AWS::Route53::RecordSet", TEMPLATES["domain elsewhere"])
    assert distribution(TEMPLATES["domain elsewhere"])["Aliases"] == ["cv.example.com"]
