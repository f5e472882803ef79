"""Deletion policies: retained data, and resources that are deleted with the stack."""

from __future__ import annotations

from typing import TypeVar

from troposphere import AWSObject

from settings import Settings

Resource = TypeVar("Resource", bound=AWSObject)


def retain_data(resource: Resource, settings: Settings) -> Resource:
    """`resource`, kept in the account by `destroy` if the settings say so, and by a replacement always.

    A first deploy that fails still takes its empty tables and bucket away with it, so that the next one starts clean.
    """
    resource.DeletionPolicy = "RetainExceptOnCreate" if settings.stack.keep_data_on_destroy else "Delete"
    resource.UpdateReplacePolicy = "Retain"
    # CloudFormation ignores an update that changes the policy alone; with changed metadata it applies both.
    # Source: "DeletionPolicy attribute", AWS CloudFormation Template Reference.
    resource.Metadata = {"KeepDataOnDestroy": settings.stack.keep_data_on_destroy}
    return resource


def dispose(resource: Resource) -> Resource:
    """Return `resource` with the policy to delete it with the stack: it holds no data worth keeping."""
    resource.DeletionPolicy = "Delete"
    resource.UpdateReplacePolicy = "Delete"
    return resource
