"""A stack output that the template of this release has, but a deployed stack may lack. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from errors import StackError


def required(outputs: Mapping[str, str], name: str, where: str = "the stack") -> str:
    """Return the output `name`. where: the stack, for errors. Raises StackError when the output is missing."""
    if name in outputs:
        return outputs[name]
    raise StackError(
        f"{where}, output {name}",
        "is missing: the stack was deployed by another release of this project, or changed by hand",
        "deploy again: python3 build.py deploy",
    )


def required_after_deploy(outputs: Mapping[str, str], name: str, where: str) -> str:
    """Return the output `name` of a stack that was just deployed, so that only an emulator can lack it."""
    if name in outputs:
        return outputs[name]
    raise StackError(
        f"{where}, output {name}",
        "is in the template that was just deployed, and this CloudFormation does not return it",
        "use an emulator that supports the outputs of change sets; docs/emulators.md lists what was tried",
    )
