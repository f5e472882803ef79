"""A CloudFormation stack: its state, change sets, events, drift and data."""
