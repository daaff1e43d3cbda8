"""What it means when the host's own code refuses an object, in a sentence."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError, RestrictedError

from quicksync.exceptions import QuicksyncError
from quicksync.local.protocol import Adapter

# Raised by models, signal handlers and attributes about one object. A lost database or a full disk
# is not among them: that stops the run, which is tried again, instead of blaming a record.
ABOUT_ONE: tuple[type[Exception], ...] = (
    ArithmeticError,
    AttributeError,
    DataError,
    IntegrityError,
    LookupError,
    ObjectDoesNotExist,
    PermissionDenied,
    QuicksyncError,
    RuntimeError,
    TypeError,
    ValidationError,
    ValueError,
)
# What a programmer must mend, with the words that he needs; all else is a rule of the host in the
# host's own words.
_MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError)


def of(adapter: Adapter) -> tuple[type[Exception], ...]:
    """The exceptions that mean "not this object" for an adapter."""
    return (*ABOUT_ONE, *adapter.refusals)


def sentence(error: Exception) -> str:
    """The refusal for people: which field, and what is wrong with it."""
    if isinstance(error, ValidationError):
        return _validation(error)
    if isinstance(error, ProtectedError | RestrictedError):
        return str(error.args[0])
    if isinstance(error, IntegrityError | DataError):
        return f"The database refused it: {_first_line(error)}"
    if isinstance(error, QuicksyncError):
        return error.sentence
    if isinstance(error, _MISTAKES):
        return f"This site's own code failed ({type(error).__name__}: {_first_line(error)})."
    return _first_line(error) or f"This site's own code gave no reason ({type(error).__name__})."


def _validation(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    parts = []
    for name, messages in error.message_dict.items():
        text = " ".join(messages)
        parts.append(
            text if name == NON_FIELD_ERRORS else f"{name.replace('_', ' ').capitalize()}: {text}"
        )
    return " ".join(parts)


def _first_line(error: Any) -> str:
    return (str(error).splitlines() or [""])[0]
