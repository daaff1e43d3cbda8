"""Documents: their lines, tax and voids."""
