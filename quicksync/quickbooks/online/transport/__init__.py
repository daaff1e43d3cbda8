"""Calls to Intuit: addresses, OAuth, limits, faults."""
