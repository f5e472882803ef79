"""From settings and folders to a running stack: see `deploy`, which tells the story."""

from deployment.deploy import Deployed, Options, deploy, diff, write_template
from deployment.destroy import destroy
from deployment.status import status
from deployment.target import Target

__all__ = ["Deployed", "Options", "Target", "deploy", "destroy", "diff", "status", "write_template"]
