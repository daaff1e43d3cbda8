"""Commands of the bundled books."""
