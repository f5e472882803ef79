"""The reports of the emulator's process to its parent, and their lines for the terminal."""
