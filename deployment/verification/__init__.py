"""The verification of an account: checks of what only a deploy can confirm, and an inventory before and after."""
