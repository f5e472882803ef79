"""Generation of the site's files from a résumé: the theme, its words, scripts, styles and pictures."""
