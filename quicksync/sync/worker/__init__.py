"""Who works, by which clock, on what was asked."""
