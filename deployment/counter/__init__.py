"""Tools for the visitor count: reading, setting, export and import, backups, statistics."""
