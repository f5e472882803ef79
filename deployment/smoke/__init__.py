"""Whether what was deployed works, seen from a visitor's side."""
