"""JSON without floats: numbers become Decimals on the way in and keep every digit on the way out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def read(text: str | bytes) -> Any:
    """The value that the text holds. Raises ValueError (msgspec.DecodeError) for text that is no JSON."""
    return _decoder.decode(text)


def write(value: object) -> str:
    """Compact JSON text; the same value always gives the same text."""
    return _encoder.encode(value).decode()
