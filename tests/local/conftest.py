"""The print shop's fixtures for the adapters' tests."""

from tests.host.fixtures import shop, shop_tables

__all__ = ["shop", "shop_tables"]
