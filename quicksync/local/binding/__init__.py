"""How an adapter's fields are declared, and made ready for the host's model."""
