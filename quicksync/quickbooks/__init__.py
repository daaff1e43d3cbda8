"""QuickBooks' two editions behind one port. What stands here never sends: it makes requests and
reads replies.
"""
