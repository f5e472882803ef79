"""Security scanners and audits: `build.py scan`, `sbom` and `audit`, in a virtual environment of their own.

`scan` writes every variant of the template below output/scan, runs third-party scanners on them, and compares their
findings with the accepted ones. Nothing is suppressed in the scanners themselves: they report everything, and
`acceptance` removes the findings that are accepted next to the resource, with a reason. So one reason serves all
scanners, and an acceptance that no longer matches any finding is itself a finding.

The scanners are installed in .venv-scan (requirements/scan.txt), because checkov pins a different boto3 than the
embedded cloud does, and `build.py test` needs none of them.
"""
