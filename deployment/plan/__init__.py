"""The plan of a deploy: planning, display, cost estimate, approval."""
