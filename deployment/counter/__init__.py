"""The visitor count from outside the router: read, set, moved, backed up, plotted."""
