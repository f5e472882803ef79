"""What a deploy checks about the plan by which CloudFront is paid."""
