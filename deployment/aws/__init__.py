"""Where a deploy goes, and the small seams to AWS that several rooms use."""
