"""The print shop's and the yard's fixtures for the adapters' tests."""

from tests.host.fixtures import shop, shop_tables
from tests.hosts.fixtures import yard, yard_tables

__all__ = ["shop", "shop_tables", "yard", "yard_tables"]
