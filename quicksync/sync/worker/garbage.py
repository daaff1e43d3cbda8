"""When the interpreter looks for garbage: between chunks, not in the middle of one.

What a chunk makes it needs until its end. To look through all of that again and again finds
nothing, and takes what is found alive for long-lived: a tenth of a first pull went into it. A look
at the end of the chunk finds everything at once, while it is young.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """Nothing is looked for inside. Memory is that of one chunk: keep it around no more."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
