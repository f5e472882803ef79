"""The saved visits: the file, the journal, and the state folder that persists between runs."""
