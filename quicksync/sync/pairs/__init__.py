"""Pairs of records: their states, their sides, and what touches them."""
