"""Bookkeeping: documents, links between them, stock and the ledger they are posted to."""
