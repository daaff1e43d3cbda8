"""Secrets at rest: a text field whose column holds only Fernet tokens, under rotating keys."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings as django_settings
from django.db import models

from quicksync.conf import settings
from quicksync.exceptions import ConfigurationError

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


def keyring() -> MultiFernet:
    """The keys in force, the newest first; without `ENCRYPTION_KEYS` one derived from SECRET_KEY
    and its fallbacks.
    """
    keys = settings.encryption_keys
    if not keys:
        secrets = [django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS]
        keys = [_derived(secret) for secret in secrets]
    try:
        return _ring(*keys)
    except ValueError as error:
        raise ConfigurationError(
            "QUICKSYNC['ENCRYPTION_KEYS'] must hold Fernet keys: make one with cryptography's"
            " Fernet.generate_key()."
        ) from error


@lru_cache
def _ring(*keys: str | bytes) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


@lru_cache
def _derived(secret: str | bytes) -> str:
    """Deliberately slow to work out, and asked for with every connection: once is enough."""
    secret = secret.encode() if isinstance(secret, str) else secret
    digest = hashlib.scrypt(secret, salt=b"quicksync tokens", n=2**12, r=8, p=1, dklen=32)
    return base64.urlsafe_b64encode(digest).decode()


class EncryptedTextField(TextField):
    """Plain text in Python, a Fernet token in the database; an empty text stays empty."""

    description = "Encrypted text"

    def get_prep_value(self, value: Any) -> Any:
        if not value:
            return ""
        return keyring().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        if not value:
            return ""
        try:
            return keyring().decrypt(value.encode()).decode()
        except InvalidToken:
            # The key is gone: the company must be connected again, the rest of the row stays
            # usable.
            return ""

    def value_to_string(self, obj: models.Model) -> str:
        """Dumps and fixtures never carry a secret."""
        return ""
