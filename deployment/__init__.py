"""From settings and folders to a running stack: see `deploy`, which tells the story."""

from deployment.deploy import Deployed, deploy, write_template
from deployment.destroy import destroy
from deployment.status import status
from deployment.target import Target

__all__ = ["Deployed", "Target", "deploy", "destroy", "status", "write_template"]
