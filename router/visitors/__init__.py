"""The visitors: their addresses, the daily salt of their hashes, and the detection of crawlers."""
