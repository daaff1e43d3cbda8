"""A small complete set of business records, so that quicksync runs where the host has no models of
its own (J3).
"""
