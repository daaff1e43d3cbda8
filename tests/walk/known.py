"""What is known to be wrong and is being mended: a walk tells of it and does not fail for it."""

from __future__ import annotations

import re

# What a trouble begins with -> what is being mended. To be empty.
KNOWN: dict[str, str] = {
    r"reconcile: ": "followed voids and deletions are not explained",
    r"counts: ": "counts are kept apart from the rows that they count",
    r"differs: \w+ is in_sync, its partner": "answers are believed about identity",
}


def known(trouble: str) -> bool:
    """Whether this is being mended."""
    return any(re.match(pattern, trouble) for pattern in KNOWN)
