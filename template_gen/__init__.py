"""Settings in, one CloudFormation template out: `stack.generate` is the whole of it."""

from template_gen.stack import generate, to_json

__all__ = ["generate", "to_json"]
