"""The router's zip: its source, the list of crawlers, and the roots of AWS's certificates.

The build is reproducible on every machine, so that the same source is the same release wherever it is deployed from.
That is why it has no compiled modules: they would save 31 ms of CPU of a cold start of 127 (measured with
`benchmarks.cold_start`), where the deploying Python is that of the function, and would make every deploy from another
machine a change of code.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployment.package import crawlers, root_certificates
from errors import OutputError
from files import write_atomically

ROUTER = Path(__file__).resolve().parent.parent.parent / "router"

BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest timestamp in a zip. With real timestamps, every checkout would give a different zip."""

READABLE = 0o644 << 16
"""File mode 0644: Lambda runs the code as another user, who must be able to read it."""


@dataclass(frozen=True)
class Package:
    """The zip. sha256: in hexadecimal."""

    content: bytes
    sha256: str

    @property
    def key(self) -> str:
        """Return the key in the artifact bucket, derived from the content."""
        return f"router/{self.sha256}.zip"


def build_package(source: Path = ROUTER) -> Package:
    """Zip the Python files of `source` and the two lists, under the name of the folder.

    Raises OutputError when there are no files, or one cannot be read.
    """
    paths = sorted((path for path in source.rglob("*.py") if _is_code(path)), key=Path.as_posix)
    if not paths:
        raise OutputError(str(source), "has no Python file", "restore the folder: git checkout router")
    files = {path.relative_to(source.parent).as_posix(): _read(path) for path in paths}
    files[f"{source.name}/{crawlers.PLACE}"] = crawlers.known_list()
    files[f"{source.name}/{root_certificates.PLACE}"] = root_certificates.aws_roots()
    content = _zip(files)
    return Package(content, hashlib.sha256(content).hexdigest())


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, BEGINNING_OF_TIME)
            entry.external_attr = READABLE
            entry.create_system = 3  # Unix, on every build machine
            # Not compressed: the result depends on the zlib version, and a hundred kilobytes do not matter to Lambda.
            entry.compress_type = zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return buffer.getvalue()


def write_package(package: Package, output: Path) -> Path:
    """Write the zip to `output`/router.zip and return its path. Raises OutputError when it cannot be written."""
    path = output / "router.zip"
    write_atomically(path, package.content)
    return path


def _is_code(path: Path) -> bool:
    """Return False for folders and for hidden files of editors and macOS, such as .#name.py and ._name.py."""
    return not path.name.startswith(".") and not path.is_dir()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise OutputError(str(path), f"cannot be read: {exc.strerror}", "make it readable") from exc
