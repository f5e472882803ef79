"""What counts as a visit, and counting it exactly once."""
