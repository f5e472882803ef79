"""The embedded cloud: an emulator of AWS on this machine, deployed to by the very code that deploys to AWS, and an edge
on localhost that plays CloudFront in front of it. `run.run` tells the story."""
