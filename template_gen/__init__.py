"""Settings in, CloudFormation templates out: `generate` makes the stack, and two small stacks stand beside it."""

from template_gen.artifacts import generate_artifacts
from template_gen.certificate import generate_certificate
from template_gen.stack import generate, to_json
from template_gen.variants import variants

__all__ = ["generate", "generate_artifacts", "generate_certificate", "to_json", "variants"]
