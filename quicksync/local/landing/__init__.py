"""Writing into the host's tables, and taking its objects back."""
