"""Stacks of other projects."""

from __future__ import annotations

import pytest

from deployment.stack.ownership import is_main, is_ours, require_ours
from errors import StackError
from template_gen.artifacts import generate_artifacts
from template_gen.stack import generate
from tests.deployment.conftest import MakeSettings


def test_our_templates_are_recognized(make_settings: MakeSettings) -> None:
    main, artifacts = generate(make_settings()).to_dict(), generate_artifacts(make_settings()).to_dict()
    assert (is_main(main), is_main(artifacts), is_ours(artifacts)) == (True, False, True)
    require_ours("cv", main)


@pytest.mark.parametrize("template", [{}, {"Description": "The shop"}, {"Description": 3}])
def test_a_stack_of_another_project_is_refused(template: dict[str, object]) -> None:
    with pytest.raises(StackError, match="does not belong to this project, so it was not changed"):
        require_ours("shop", template)
