"""The target of a deploy, and access to AWS that is shared by the other packages."""
