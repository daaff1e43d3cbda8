"""The yard's fixtures for the tests of hosts."""

from tests.hosts.fixtures import yard, yard_tables

__all__ = ["yard", "yard_tables"]
