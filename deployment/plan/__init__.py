"""What a deploy would do: made by reading, shown to a person, priced, approved."""
