"""The folders that are read and written, and what may not leave them."""
