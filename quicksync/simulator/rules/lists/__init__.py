"""What QuickBooks makes of names, accounts and other lists."""
