"""The metadata service of EC2, which botocore asks last for credentials, everywhere.

Outside of EC2 a firewall may drop the packets, and botocore then waits for two seconds. A machine in EC2 connects
within milliseconds.
"""

from __future__ import annotations

import os
import socket
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.credentials import CredentialProvider
from botocore.utils import METADATA_BASE_URL

CONNECT_SECONDS = 0.3
OWN_PATIENCE = ("AWS_METADATA_SERVICE_TIMEOUT", "AWS_METADATA_SERVICE_NUM_ATTEMPTS")
"""Environment variables by which botocore waits longer."""
PORTS = {"http": 80, "https": 443}
ROLE_OF_THIS_MACHINE = "iam-role"
"""botocore's name of the provider."""


def ask_metadata_service_briefly(session: botocore.session.Session) -> None:
    """Make `session` ask the service only if it accepts connections."""
    address = session.get_config_variable("ec2_metadata_service_endpoint") or METADATA_BASE_URL
    if session.get_config_variable("ec2_metadata_service_endpoint_mode"):
        return  # an IPv6 address, chosen on purpose
    if any(os.environ.get(name) for name in OWN_PATIENCE):
        return  # somebody has decided how long to wait
    resolver = session.get_component("credential_provider")
    resolver.providers = [
        _Brief(one, address) if one.METHOD == ROLE_OF_THIS_MACHINE else one for one in resolver.providers
    ]


class _Brief(CredentialProvider):
    """The provider, preceded by an attempt to connect to its address."""

    METHOD = ROLE_OF_THIS_MACHINE

    def __init__(self, provider: CredentialProvider, address: str) -> None:
        super().__init__()
        self._provider = provider
        self._address = address

    def load(self) -> Any:
        """Return the credentials of the machine's role, None if there are none."""
        disabled = os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"
        return None if disabled or not accepts_connections(self._address) else self._provider.load()


def accepts_connections(address: str) -> bool:
    """Return True if a TCP connection to the URL `address` can be opened quickly, or if its host is an IPv6 address."""
    try:
        parts = urlsplit(address)
        if ":" in (parts.hostname or ""):
            return True
        with socket.socket() as probe:
            probe.settimeout(CONNECT_SECONDS)
            probe.connect((parts.hostname or "", parts.port or PORTS.get(parts.scheme, 80)))
            return True
    except (OSError, ValueError):
        return False
