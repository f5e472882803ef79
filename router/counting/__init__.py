"""The rules for visits, and exactly-once counting."""
