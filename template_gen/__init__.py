"""Settings in, CloudFormation templates out: `stack.generate` makes the stack, and two small stacks stand beside it."""
