"""The edge: plays CloudFront on localhost."""
