"""From settings and folders to a running stack: `deployment.deploy` tells the story.

Nothing is imported here, so that a verb pays only for the modules it uses.
"""
