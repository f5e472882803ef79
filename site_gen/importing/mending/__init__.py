"""The repairs of an imported résumé: each returns the mended document and a list of the changes."""
