"""The reports that clients read, all drawn from the ledger."""

from quicksync.simulator.reports.catalogue import report

__all__ = ["report"]
