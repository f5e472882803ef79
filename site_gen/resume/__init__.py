"""resume.json: parsing, normalization, and validation by the schema and the page's own rules."""
