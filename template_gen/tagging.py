"""The settings' tags on everything that takes tags."""

from __future__ import annotations

from troposphere import Tags, Template

from settings import Settings


def tag_everything(template: Template, settings: Settings) -> None:
    """Tag every resource whose class supports tags; some classes take a list, others a map."""
    for resource in template.resources.values():
        kind = resource.props.get("Tags", (None, False))[0]
        if kind is dict:
            resource.Tags = dict(settings.tags)
        elif kind is not None:
            resource.Tags = Tags(**settings.tags)
