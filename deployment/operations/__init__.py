"""Operation of a stack: status, logs, doctor, environments, settings."""
