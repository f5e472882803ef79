"""Validation of the SBOM against CycloneDX's JSON schema, which a library in the scanners' environment ships."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from deployment.package.router_zip import build_package
from errors import ProjectError
from scanners.finding import Finding, Report, Workplace
from scanners.sbom import SPECIFICATION, write_sbom
from scanners.tools import version_of


def check(workplace: Workplace) -> Report:
    """Write the SBOM and report its schema violations."""
    path = write_sbom(build_package(), workplace.root / "requirements" / "run.txt", workplace.folder)
    document = json.loads(path.read_text())
    found = [
        Finding("schema", "/".join(map(str, error.absolute_path)) or "the document", path.name, error.message[:200])
        for error in validator(workplace.environment.folder).iter_errors(document)
    ]
    version = version_of(workplace, "cyclonedx-python-lib")
    return Report(version, f"{len(document['components'])} components", tuple(found))


def validator(environment: Path) -> Draft7Validator:
    """Return a validator for CycloneDX's schema and the schemas that it references.

    Raises ProjectError when the installed library ships no schema.
    """
    folders = list(environment.glob("[Ll]ib/**/cyclonedx/schema/_res"))
    if not folders:
        raise ProjectError(
            "scan sbom", "cyclonedx-python-lib ships no schema here", "delete .venv-scan and run the command again"
        )
    schemas = {path.name: json.loads(path.read_text()) for path in folders[0].glob("*.schema.json")}
    main = schemas[f"bom-{SPECIFICATION}.SNAPSHOT.schema.json"]
    base = main["$id"].rpartition("/")[0]
    resources = [(f"{base}/{name}", Resource.from_contents(one, DRAFT7)) for name, one in schemas.items()]
    return Draft7Validator(main, registry=Registry().with_resources(resources))
