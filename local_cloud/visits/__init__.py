"""The visits between two runs: the file, the journal, and the folder that outlives a run."""
