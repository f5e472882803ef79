"""Looking after a stack: status, logs, doctor, environments, settings."""
