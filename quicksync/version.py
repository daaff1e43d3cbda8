"""The version, apart from everything else, so that any layer may know it."""

from __future__ import annotations

__version__ = "0.1.0"
