"""From a resume to the files of the site: the theme, its words, scripts, styles and pictures."""
