"""The template taken apart: one resource with what it refers to, and a stack of it in an emulator."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from deployment.aws.emulated import parameters
from deployment.package.router_zip import build_package
from settings import validate
from template_gen import names
from template_gen.stack import generate, to_json
from tests.emulators.servers import Cloud
from tests.local_system import ROOT

BUCKET, KEY = "code", "router.zip"
PLACEHOLDER = "placeholder"
PATIENCE = 60.0

Resources = dict[str, Any]


def template() -> dict[str, Any]:
    """Return the template with alarms and without a domain."""
    settings = validate({"alerts": {"email": "me@example.com"}}, ROOT / "settings.toml")
    generated: dict[str, Any] = json.loads(to_json(generate(settings)))
    return generated


def texts_in_conditions(value: Any) -> Any:
    """Return the value with every boolean below a ``Null`` as text, which AWS takes for the same."""
    if isinstance(value, list):
        return [texts_in_conditions(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: str(one).lower() for name, one in inner.items()} if key == "Null" else texts_in_conditions(inner)
        for key, inner in value.items()
    }


def upload_code(cloud: Cloud) -> bytes:
    """Upload the router's zip and return it."""
    content, s3 = build_package().content, cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=content)
    return content


def references(value: Any, resources: Resources) -> set[str]:
    """Return the resources that `value` refers to."""
    if isinstance(value, str):
        return set(re.findall(r"\$\{(\w+)[.}]", value)) & resources.keys()
    if isinstance(value, list):
        return {name for one in value for name in references(one, resources)}
    if not isinstance(value, dict):
        return set()
    depends = value.get("DependsOn", [])
    direct = {value.get("Ref"), *value.get("Fn::GetAtt", [])[:1], *([depends] if isinstance(depends, str) else depends)}
    return (direct & resources.keys()) | {name for one in value.values() for name in references(one, resources)}


def closure(name: str, resources: Resources) -> set[str]:
    found: set[str] = set()
    wanted = {name}
    while wanted:
        one = wanted.pop()
        found.add(one)
        wanted |= references(resources[one], resources) - found
    return found


def without(missing: set[str], value: Any) -> Any:
    """Return `value` with placeholders for what refers to a resource in `missing`."""
    if isinstance(value, list):
        return [without(missing, one) for one in value]
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: PLACEHOLDER if found[1] in missing else found[0], value)
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in missing:
        return PLACEHOLDER
    if "Fn::GetAtt" in value and value["Fn::GetAtt"][0] in missing:
        return f"arn:aws:lambda:us-east-1:123456789012:function:{PLACEHOLDER}"
    return {key: without(missing, one) for key, one in value.items() if key != "DependsOn"}


def create_stack(cloud: Cloud, stack: str, resources: Resources) -> Mapping[str, str]:
    """Create a stack of these resources of the template; return logical id -> physical id.

    A resource that the emulator leaves out, or lists with an id that is none, is not returned. Raises AssertionError
    with the reason of the first failure.
    """
    cloudformation = cloud.client("cloudformation")
    body = {"Resources": resources, **{key: template()[key] for key in ("Parameters", "Conditions")}}
    values = {names.CODE_BUCKET: BUCKET, names.CODE_KEY: KEY, **parameters(cloud.url)}
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    status = _settled(cloudformation, stack)
    if status != "CREATE_COMPLETE":
        raise AssertionError(_reason(cloudformation, stack, status))
    rows = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    ids = {row.get("LogicalResourceId"): row.get("PhysicalResourceId") for row in rows}
    return {name: found for name, found in ids.items() if found not in (None, "", "unknown")}


def delete_stack(cloud: Cloud, stack: str) -> None:
    """Delete the stack; one that cannot be deleted is left, since the emulator is thrown away."""
    cloudformation = cloud.client("cloudformation")
    with suppress(Exception):  # an emulator may answer with anything
        cloudformation.delete_stack(StackName=stack)
        _settled(cloudformation, stack)


def _settled(cloudformation: Any, stack: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while True:
        status = str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        if not status.endswith("_IN_PROGRESS") or time.monotonic() > deadline:
            return status
        time.sleep(0.1)


def _reason(cloudformation: Any, stack: str, status: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failures = [one.get("ResourceStatusReason") for one in events if "FAILED" in one.get("ResourceStatus", "")]
    return next((str(one) for one in failures if one), status)
