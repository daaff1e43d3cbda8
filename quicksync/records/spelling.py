"""How texts that name something are compared: equal whatever their letter case, spaces and
compatible forms.
"""

from __future__ import annotations

import unicodedata


def fold(name: str) -> str:
    """The name for equality: compatible forms joined (NFKC), letter case and runs of white space
    ignored.
    """
    if name.isascii():
        return " ".join(name.lower().split())
    return " ".join(
        unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split()
    )
