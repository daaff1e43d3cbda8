"""QuickBooks Online: JSON over REST."""
