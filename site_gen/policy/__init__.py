"""Whether the pages of a static site load or run something that their Content-Security-Policy blocks."""
