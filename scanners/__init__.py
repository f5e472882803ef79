"""What looks for weaknesses: `build.py scan`, `sbom` and `audit`. A room of its own, with an environment of its own.

`scan` writes every variant of the template below output/scan, hands it to scanners that others keep up to date, and
compares what they find with what we accept. Nothing is suppressed in the scanners: they say everything, and
`acceptance` takes away what stands beside the resource with a reason. So one reason serves all scanners, and one that
no longer fits a finding is itself a finding.

They live in .venv-scan (requirements/scan.txt), since checkov pins another boto3 than the embedded cloud does, and
none of it is owed by somebody who runs `build.py test`.
"""
