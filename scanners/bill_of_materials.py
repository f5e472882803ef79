"""The SBOM, held to CycloneDX's own JSON schema, which the library of the scanners' environment ships."""

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
    """Writes the SBOM and lists where it breaks the schema."""
    path = write_sbom(build_package(), workplace.root / "requirements" / "run.txt", workplace.folder)
    document = json.loads(path.read_text())
    found = [
        Finding("schema", "/".join(map(str, error.absolute_path)) or "the document", path.name, error.message[:200])
        for error in validator(workplace.environment.folder).iter_errors(document)
    ]
    version = version_of(workplace, "cyclonedx-python-lib")
    return Report(version, f"{len(document['components'])} components", tuple(found))


def validator(environment: Path) -> Draft7Validator:
    """Of CycloneDX's schema and those that it refers to. Raises ProjectError when the library ships none."""
    folders = list(environment.glob("[Ll]ib/**/cyclonedx/schema/_res"))
    if not folders:
        raise ProjectError("scan sbom", "cyclonedx-python-lib ships no schema here", "delete .venv-scan; run it again")
    schemas = {path.name: json.loads(path.read_text()) for path in folders[0].glob("*.schema.json")}
    main = schemas[f"bom-{SPECIFICATION}.SNAPSHOT.schema.json"]
    base = main["$id"].rpartition("/")[0]
    resources = [(f"{base}/{name}", Resource.from_contents(one, DRAFT7)) for name, one in schemas.items()]
    return Draft7Validator(main, registry=Registry().with_resources(resources))
