"""The files to deploy, generated on this machine: the template, its lint, the router's zip; and the artifact bucket."""
