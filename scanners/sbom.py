"""`build.py sbom`: the software bill of materials as CycloneDX JSON, made from the lock file and the zip.

Two artifacts ship. The router's zip goes to AWS: our code and, of third-party packages, the list of crawlers.
Everything else in requirements/run.txt is installed on the machine that runs build.py and never leaves it. The same
source gives the same bytes: no timestamp, and a serial number derived from the content.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from deployment.package.router_zip import Package
from files import write_atomically
from scanners.locks import Pin, pins

SPECIFICATION = "1.6"
NAME = "cloud-resume"
ROUTER, MACHINE = "router.zip", "build.py"
IN_THE_ZIP = frozenset({"crawler-user-agents"})
"""Third-party packages in the zip; everything else that the router imports is in Lambda's runtime
(tests/test_structure.py)."""

SHIPS_IN = f"{NAME}:ships-in"
INSTALLED_WHERE = f"{NAME}:installed-where"
"""Property names in a namespace of our own, as CycloneDX asks for."""


def write_sbom(package: Package, lock: Path, output: Path) -> Path:
    """Write `output`/sbom.json for the zip `package` and the packages that `lock` pins, and return its path."""
    path = output / "sbom.json"
    write_atomically(path, (json.dumps(sbom(package, list(pins(lock))), indent=2) + "\n").encode())
    return path


def sbom(package: Package, pinned: list[Pin]) -> dict[str, Any]:
    """Return the bill of materials as a CycloneDX document."""
    in_zip = [pin for pin in pinned if pin.name in IN_THE_ZIP]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": NAME, "name": NAME}},
        "components": [
            _router(package),
            {"type": "application", "bom-ref": MACHINE, "name": MACHINE, "description": "runs on the user's machine"},
            *(_library(pin, ships=pin in in_zip) for pin in pinned),
        ],
        "dependencies": [
            {"ref": NAME, "dependsOn": [ROUTER, MACHINE]},
            {"ref": ROUTER, "dependsOn": [pin.purl for pin in in_zip]},
            {"ref": MACHINE, "dependsOn": [pin.purl for pin in pinned]},
        ],
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))
    return {**document, "serialNumber": f"urn:uuid:{number}"}


def _router(package: Package) -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": ROUTER,
        "name": ROUTER,
        "description": "the Lambda function's code",
        "hashes": [{"alg": "SHA-256", "content": package.sha256}],
    }


def _library(pin: Pin, *, ships: bool) -> dict[str, Any]:
    properties = [{"name": SHIPS_IN, "value": ROUTER}] if ships else []
    properties += [{"name": INSTALLED_WHERE, "value": pin.marker}] if pin.marker else []
    return {
        "type": "library",
        "bom-ref": pin.purl,
        "name": pin.name,
        "version": pin.version,
        "purl": pin.purl,
        **({"properties": properties} if properties else {}),
    }
