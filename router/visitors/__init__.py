"""Who is connecting, as far as it can be known and may be remembered."""
