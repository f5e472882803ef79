"""The reports of the emulator's process to its parent."""
