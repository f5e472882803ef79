"""Deploys of the same application by this project, `sam deploy` and `cdk deploy`; see `__main__.py`."""
