"""What QuickBooks makes of documents: lines, tax, payments."""
