"""What becomes of data when a stack is deleted."""

from __future__ import annotations

import pytest

from template_gen import names
from tests.template_gen.templates import PLAIN, TEMPLATES


@pytest.mark.parametrize("kept", [names.CONNECTION_IDS, names.VISITOR_COUNTS, names.SITE_BUCKET])
def test_data_is_retained_unless_told_otherwise(kept: str) -> None:
    resource, disposable = PLAIN["Resources"][kept], TEMPLATES["data not kept"]["Resources"][kept]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    # Even then a replacement, which nobody asked for by name, keeps what it replaces.
    assert (disposable["DeletionPolicy"], disposable["UpdateReplacePolicy"]) == ("Delete", "Retain")
