"""A QuickBooks Online company over HTTP on loopback: stateful, strict, misbehaving on request."""

from quicksync.simulator.accounting.book import Switches
from quicksync.simulator.running import Running, SimulatorError, running
from quicksync.simulator.site.site import Options

__all__ = ["Options", "Running", "SimulatorError", "Switches", "running"]
