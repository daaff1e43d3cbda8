"""What people choose for a category or a company: a table with one row for each option, and how it
is stored.
"""
