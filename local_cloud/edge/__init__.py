"""The edge: acts as CloudFront on localhost."""
