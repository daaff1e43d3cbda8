"""Rotate the encryption keys: every secret at rest is written again under the newest one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.db.models import F, Model, TextField
from django.db.models.functions import Cast

from quicksync.models.encrypted import EncryptedTextField


class Rotated(NamedTuple):
    """How many secrets stand under the newest key now, and how many no key can read."""

    done: int
    lost: int


def rotate() -> Rotated:
    """Write every secret again. Those that somebody renews meanwhile are left to their writer."""
    done = lost = 0
    for model, name in _encrypted_columns():
        rows = model._default_manager.annotate(cipher=Cast(F(name), TextField())).exclude(cipher="")
        for pk, cipher, plain in rows.values_list("pk", "cipher", name):
            if plain:
                done += rows.filter(pk=pk, cipher=cipher).update(**{name: plain})
            else:
                lost += 1
    return Rotated(done, lost)


def _encrypted_columns() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_app_config("quicksync").get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, EncryptedTextField):
                yield model, column.name
