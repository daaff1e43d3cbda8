"""What QuickBooks accepts, fills in and refuses."""
