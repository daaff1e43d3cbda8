"""What is read from QuickBooks and told by it."""
