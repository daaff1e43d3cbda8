"""A reason: its code and the values that its sentence is filled with."""

from __future__ import annotations

from typing import Any

import msgspec


class Reason(msgspec.Struct, frozen=True):
    """Why something is skipped, held, warned about or failed: a stable code of `planning.reasons`
    and its values.
    """

    code: str
    values: dict[str, Any] = {}
    field: str = ""
