"""Reads a request body against the shapes: unknown properties, types, lengths, enumerations."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from quicksync.simulator.accounting.clock import parse_day, parse_moment
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc, TooDeep, as_sent, dumps, loads
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.accounting.shapes import Field, shapes

_PACKAGE = "com.intuit.schema.finance.v3."
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_LARGEST = Decimal("99999999999.99999")
# The API takes these beside the published shape: markers of the serialisers in Intuit's own
# libraries.
_TOLERATED = frozenset(
    ("domain", "sparse", "status", "CustomField", "AttachableRef", "AutoDocNumber")
)


def parse_body(body: bytes) -> Doc:
    """The JSON object of a request; anything else is refused as QuickBooks does."""
    try:
        value = loads(body.decode("utf-8"))
    except ValueError as error:
        raise _unreadable(_met(error)) from error
    if b"\\ud" in body.lower():
        _whole_letters(value)
    if not isinstance(value, dict):
        raise _unreadable("Can not deserialize a request that is no object")
    return value


def _unreadable(what: str) -> ApiError:
    return ApiError(2010, f"Property Name:{what} specified is unsupported or invalid")


def _met(error: Exception) -> str:
    """What a reader of JSON stumbled over, in the manner of the service's own reader."""
    if isinstance(error, json.JSONDecodeError):
        found = error.doc[error.pos : error.pos + 1]
        return (
            f"Unexpected character ('{found}' (code {ord(found)}))"
            if found
            else "Unexpected end-of-input"
        )
    if isinstance(error, UnicodeDecodeError):
        return f"Invalid UTF-8 byte 0x{error.object[error.start]:02x}"
    return "Document nested too deeply" if isinstance(error, TooDeep) else "Non-standard number"


def _whole_letters(value: object) -> None:
    """Half of a surrogate pair is no letter and could not be written back."""
    try:
        dumps(value).encode()
    except UnicodeEncodeError as error:
        raise ApiError(
            2040, "Element contains invalid characters: half a surrogate pair"
        ) from error


def numeric(id_: object) -> None:
    """Ids are whole numbers, but for the pseudo codes of US sales tax."""
    if not re.fullmatch(r"\d{1,19}|TAX|NON|CustomSalesTax", str(id_)) or (
        len(str(id_)) == 19 and str(id_) > "9223372036854775807"
    ):
        said = as_sent(id_)
        raise ApiError(2030, f"Id should be a valid number. Supplied value:{said}", element="Id")


def checked(name: str, doc: Doc, *, ignore: frozenset[str] = frozenset()) -> Doc:
    """The body with its values in their proper types; nulls and computed properties are dropped."""
    return _object(name, doc, name, ignore)


def _object(type_: str, doc: Doc, path: str, ignore: frozenset[str] = frozenset()) -> Doc:
    fields = shapes().of(type_)
    clean: Doc = {}
    for key, value in doc.items():
        field = fields.get(key)
        if field is None:
            if key in _TOLERATED:
                continue
            raise _unknown(key, type_, fields)
        if value is not None and key not in ignore:
            read = _value(field, value, key)
            if read is not None:
                clean[key] = read
    return clean


def _unknown(key: str, type_: str, fields: dict[str, Field]) -> ApiError:
    known = ",".join(f'"{name}"' for name in fields)
    return ApiError(
        2010,
        f'Property Name:Unrecognized field "{key}" (class {_PACKAGE}{type_}), not marked as'
        f" ignorable ({len(fields)} known properties: {known}])\n specified is unsupported or"
        " invalid",
    )


def _value(field: Field, value: Any, key: str) -> Any:
    if not field.many:
        if isinstance(value, list):
            raise _wrong(key, field.type, "START_ARRAY")
        return _single(field, value, key)
    if not isinstance(value, list):
        # A lone object where a list is expected is read as a list of one, as Intuit's own parser is
        # configured.
        value = [value]
    return [_single(field, entry, key) for entry in value if entry is not None]


def _single(field: Field, value: Any, key: str) -> Any:
    if field.type == "any":
        return value
    reader = _READERS.get(field.type)
    if reader is not None:
        if isinstance(value, (dict, list)):
            raise _wrong(
                key, field.type, "START_OBJECT" if isinstance(value, dict) else "START_ARRAY"
            )
        return reader(field, value, key)
    if field.type in shapes().enums:
        return _enum(field, value, key)
    if not isinstance(value, dict):
        raise _wrong(key, field.type, "VALUE_STRING")
    return _reference(value, key) if field.type == "Ref" else _object(field.type, value, key)


def _wrong(key: str, type_: str, token: str) -> ApiError:
    return ApiError(
        2010,
        f'Property Name:Can not deserialize instance of {type_} out of {token} token for "{key}"'
        " specified is unsupported or invalid",
        element=key,
    )


def _reference(value: Doc, key: str) -> Doc:
    clean = _object("Ref", value, key)
    return {k: v for k, v in clean.items() if v != ""} if clean.get("value", "") == "" else clean


def _text(field: Field, value: Any, key: str) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\x00" in text or any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise ApiError(2040, f"Element contains invalid characters: {key}", element=key)
    if field.longest and len(text) > field.longest:
        raise ApiError(
            2050,
            "String length specified does not match the supported length. Min:0"
            f" Max:{field.longest} supported. Supplied length:{len(text)}",
            element=key,
        )
    return text


def _boolean(field: Field, value: Any, key: str) -> bool | None:
    if isinstance(value, bool):
        return value
    if value == "":
        return None
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise ApiError(2230, f"Invalid Boolean. Supplied value:{as_sent(value)}", element=key)


def _decimal(field: Field, value: Any, key: str) -> Decimal | None:
    if value == "":
        return None
    if isinstance(value, bool) or not _NUMBER.fullmatch(str(value).strip()):
        raise ApiError(2090, f"Invalid Number. Supplied value:{as_sent(value)}", element=key)
    number = dec(str(value).strip())
    if abs(number) > _LARGEST:
        raise ApiError(2090, f"Invalid Number. Supplied value:{as_sent(value)}", element=key)
    return number


def _integer(field: Field, value: Any, key: str) -> int | None:
    number = _decimal(field, value, key)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise ApiError(2080, f"Invalid Number Format. Supplied value:{as_sent(value)}", element=key)
    return int(number)


def _date(field: Field, value: Any, key: str) -> str:
    text = as_sent(value).strip()
    if text == "":
        return ""
    if not _DAY.match(text):
        raise ApiError(2060, f"Invalid Date Format. Supplied value:{text}", element=key)
    day = parse_day(text)
    if day is None or not 1900 <= day.year <= 9999:
        raise ApiError(2070, f"Invalid Date. Supplied value:{text}", element=key)
    return day.isoformat()


def _time(field: Field, value: Any, key: str) -> str:
    text = as_sent(value).strip()
    if parse_moment(text) is None:
        raise ApiError(2060, f"Invalid Date Format. Supplied value:{text}", element=key)
    return text


def _enum(field: Field, value: Any, key: str) -> str | None:
    if value == "":
        return None
    text = as_sent(value)
    if isinstance(value, (dict, list)) or text not in shapes().enums[field.type]:
        raise ApiError(2170, f"Invalid Enumeration : {text[:100]}", element=key)
    return text


_READERS = {
    "str": _text,
    "id": _text,
    "bool": _boolean,
    "dec": _decimal,
    "int": _integer,
    "date": _date,
    "time": _time,
}
