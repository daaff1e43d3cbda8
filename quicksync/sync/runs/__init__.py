"""Runs from their start to their end, and the times they begin at."""
