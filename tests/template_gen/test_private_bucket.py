"""Buckets: private, encrypted, versioned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from template_gen import names
from tests.template_gen.templates import PLAIN, TEMPLATES, properties


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
