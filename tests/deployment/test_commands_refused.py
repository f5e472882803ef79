"""Errors of AWS and of the network during a deploy: denied requests are reported, throttling and cuts are retried."""

from __future__ import annotations

import pytest

from tests.deployment.command import Command
from tests.deployment.faulty_proxy import Fault, FaultyProxy, action, refusal, to

pytestmark = pytest.mark.cloud

NOT_ALLOWED = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: {} on resource: *"


@pytest.mark.parametrize(
    ("operation", "allowed"),
    [
        ("DescribeStacks", "cloudformation:DescribeStacks"),
        ("CreateChangeSet", "cloudformation:CreateChangeSet"),
        ("ExecuteChangeSet", "cloudformation:ExecuteChangeSet"),
    ],
)
def test_no_permission_for_one_action_names_the_action(
    proxied: Command, proxy: FaultyProxy, operation: str, allowed: str
) -> None:
    proxy.faults.append(Fault(action(operation), refusal(403, "AccessDenied", NOT_ALLOWED.format(allowed))))
    refused = proxied.deploy()
    assert refused.returncode == 1
    assert f"next: allow {allowed} for your user or role" in refused.stderr
    proxy.forget()
    assert proxied.deploy().returncode == 0


def test_an_access_denied_error_of_s3_names_the_action(proxied: Command, proxy: FaultyProxy) -> None:
    proxy.faults.append(Fault(to("PUT", "/router/"), refusal(403, "AccessDenied", "Access Denied")))
    refused = proxied.deploy()
    assert refused.returncode == 1
    assert "allow s3:PutObject" in refused.stderr


def test_throttling_is_retried_silently(proxied: Command, proxy: FaultyProxy) -> None:
    throttled = refusal(400, "Throttling", "Rate exceeded")
    proxy.faults += [
        Fault(action("DescribeStacks"), throttled, times=2),
        Fault(action("CreateChangeSet"), throttled, times=2),
        Fault(action("DescribeStackEvents"), throttled, times=2),
    ]
    done = proxied.deploy()
    assert done.returncode == 0, done.stderr
    assert all(fault.met == 2 for fault in proxy.faults)
    assert "hrottl" not in done.stdout + done.stderr
    assert "Rate exceeded" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "wants",
    [
        action("DescribeStackEvents"),
        action("ExecuteChangeSet"),
        to("PUT", "/index.html"),
        to("PUT", "/router/"),
    ],
    ids=["events", "execution", "page", "code"],
)
def test_a_cut_connection(proxied: Command, proxy: FaultyProxy, wants: object) -> None:
    """A single cut is retried by the command or completed by the next one; a permanent one ends in a clear error."""
    cut = Fault(wants, cut=True, times=1)  # type: ignore[arg-type]
    proxy.faults.append(cut)
    first = proxied.deploy()
    assert cut.met == 1
    assert first.returncode in (0, 1)
    if first.returncode:
        assert "next: " in first.stderr
        assert proxied.deploy().returncode == 0
    assert proxied.leftovers() == []
    assert not proxied.changes()


def test_no_network_at_all(command: Command) -> None:
    command.endpoint = "http://127.0.0.1:9"
    refused = command.run("diff")
    assert refused.returncode == 1
    assert "next: check the network and the Region" in refused.stderr


def test_expired_credentials(proxied: Command, proxy: FaultyProxy) -> None:
    expired = refusal(403, "ExpiredToken", "The security token included in the request is expired")
    proxy.faults.append(Fault(action("DescribeStacks"), expired))
    refused = proxied.run("deploy", "--yes")
    assert refused.returncode == 1
    assert "your credentials have expired" in refused.stderr


def test_no_credentials(command: Command) -> None:
    refused = command.run("diff", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert refused.returncode == 1
    assert "AWS credentials: there are none" in refused.stderr
    assert "next: an emulator accepts any: AWS_ACCESS_KEY_ID=test" in refused.stderr
