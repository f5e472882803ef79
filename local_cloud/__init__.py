"""The embedded cloud: an emulator of AWS on this machine, deployed to by the same code that deploys to AWS, with an
edge on localhost that acts as CloudFront. `run.run` describes all the steps."""
