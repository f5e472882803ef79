"""The source and destination folders, and the checks that keep private files out of the site."""
