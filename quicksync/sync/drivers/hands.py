"""The threads in which requests travel; a worker keeps them from one company to the next."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

# Requests of one process on their way at a time. A slice has no more than its edition allows.
MOST = 8


def pool() -> ThreadPoolExecutor:
    """Those of this process: one that was forked off has none of its parent's threads."""
    return _of(os.getpid())


@cache
def _of(process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST, thread_name_prefix="quicksync-wire")


__all__ = ["MOST", "pool"]
