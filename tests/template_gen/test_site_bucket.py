"""Who may read the site bucket."""

from __future__ import annotations

from template_gen import names
from tests.template_gen.templates import properties


def test_the_site_is_read_by_this_distribution_only() -> None:
    allowed = [s for s in properties("SiteBucketPolicy")["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert {tuple(statement["Action"]) for statement in allowed} == {("s3:GetObject",), ("s3:ListBucket",)}
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        source = statement["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"]
        assert source.endswith(f"distribution/${{{names.DISTRIBUTION}}}")
