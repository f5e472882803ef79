"""The root certificates of AWS's endpoints, in the format of router/aws/endpoint.py. Pure.

Loading botocore's bundle of more than a hundred takes 20 ms of a cold start, loading these takes 2 ms. They are those
that Amazon Trust Services names as the roots of all of AWS's endpoints, taken from botocore's bundle, which has them.
Source: https://www.amazontrust.com/repository/ and "AWS services and Amazon Trust Services certificates".
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

PLACE = "aws/roots.pem"

NOTICE = "# From botocore's bundle of CA certificates, which is Mozilla's (MPL 2.0)"

NAMES = (
    *(f"Amazon Root CA {number}" for number in range(1, 5)),
    "Starfield Services Root Certificate Authority - G2",
)


@cache
def aws_roots() -> bytes:
    """Return the content of the shipped file. Raises LookupError when botocore lacks one of the roots."""
    botocore = find_spec("botocore")  # not imported, which takes longer than all of the packaging
    if botocore is None or botocore.origin is None:
        raise LookupError("botocore, which has the CA certificates, is not installed")
    bundle = Path(botocore.origin).with_name("cacert.pem")
    return roots_of(bundle.read_text(encoding="utf-8")).encode("ascii")


def roots_of(bundle: str) -> str:
    """Return the roots in a bundle that has a comment ``# Subject: CN=…`` above each of its certificates."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    found: dict[str, str] = {}
    for entry in bundle.split(end):
        head, _, body = entry.partition(begin)
        found |= {name: f"{begin}{body}{end}\n" for name in NAMES if f"# Subject: CN={name} O=" in head}
    missing = [name for name in NAMES if name not in found]
    if missing:
        raise LookupError(f"botocore's bundle of CA certificates has no {' or '.join(missing)}")
    return "".join([f"{NOTICE}\n", *(found[name] for name in NAMES)])
