"""Deployment of the stack and the site; `deployment.deploy` describes the steps.

Nothing is imported here, so that a verb imports only the modules it uses.
"""
