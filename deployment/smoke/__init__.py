"""The smoke test of a deploy, from a visitor's side."""
