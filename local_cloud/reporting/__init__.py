"""What the emulator's process reports to the one that started it."""
