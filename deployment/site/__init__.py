"""Upload of the built site to its bucket, and CloudFront invalidation."""
