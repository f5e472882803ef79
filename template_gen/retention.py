"""What becomes of data when its resource leaves the stack."""

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
    # CloudFormation does not see a change of the policy alone; of metadata it does, and takes the policy along.
    # Source: "DeletionPolicy attribute", AWS CloudFormation Template Reference.
    resource.Metadata = {"KeepDataOnDestroy": settings.stack.keep_data_on_destroy}
    return resource


def dispose(resource: Resource) -> Resource:
    """`resource`, deleted with the stack: it holds nothing that cannot be done without."""
    resource.DeletionPolicy = "Delete"
    resource.UpdateReplacePolicy = "Delete"
    return resource
