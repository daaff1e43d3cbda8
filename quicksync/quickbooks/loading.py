"""Editions by name, loaded from the dotted paths in the settings, so that a third party can add
one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from django.utils.module_loading import import_string

from quicksync.conf import settings
from quicksync.exceptions import ConfigurationError
from quicksync.quickbooks.port import Edition


def edition_for(name: str) -> Edition:
    """The edition of that name; one object serves all connections, since editions keep no state.

    Raises ConfigurationError, with the names there are, when the settings know no such edition or
    cannot load it.
    """
    paths = settings.editions
    if name not in paths:
        known = ", ".join(sorted(paths)) or "none"
        raise ConfigurationError(
            f'There is no edition "{name}". QUICKSYNC["EDITIONS"] names: {known}.'
        )
    return _load(name, paths[name])


@lru_cache
def _load(name: str, path: str) -> Edition:
    try:
        made = import_string(path)()
    except (ImportError, TypeError) as error:
        raise ConfigurationError(
            f'The edition "{name}" ({path}) cannot be loaded: {error}.'
        ) from error
    missing = [
        part
        for part in ("name", "can", "body", "read_request", "write_request")
        if not hasattr(made, part)
    ]
    if missing:
        raise ConfigurationError(f'The edition "{name}" ({path}) lacks {", ".join(missing)}.')
    return cast("Edition", made)
