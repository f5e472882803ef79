"""Import of a résumé: reading it in any of a few formats, mending what is plain, and reporting every change."""
