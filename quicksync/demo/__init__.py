"""The demonstration behind `quicksync_demo`: sample books, a simulated company, and a first sync,
on one machine.
"""
