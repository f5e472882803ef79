"""Deploys from GitHub without stored keys: the workflows, and the roles that they assume (`init ci`)."""
