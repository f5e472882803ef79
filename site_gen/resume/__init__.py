"""resume.json: parsed, put in order, and held to the schema and to the page's own rules."""
