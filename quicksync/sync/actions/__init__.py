"""What a person's button does."""
