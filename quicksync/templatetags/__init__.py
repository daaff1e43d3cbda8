"""Template tags of quicksync's pages."""
