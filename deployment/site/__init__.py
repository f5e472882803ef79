"""The built site in its bucket: what changed, the upload, the invalidation."""
