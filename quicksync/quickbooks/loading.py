"""Editions by name, loaded from the dotted paths in the settings, so that a third party can add
one; and those that have a certain part of the port.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeGuard, cast

from django.utils.module_loading import import_string

from quicksync.conf import settings
from quicksync.exceptions import ConfigurationError
from quicksync.quickbooks.port import (
    Access,
    Capabilities,
    DirectEdition,
    DirectWire,
    Edition,
    Notices,
)


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


def trouble_with(name: str) -> str:
    """Why the edition of that name cannot be used, in a sentence; "" when it can."""
    try:
        edition_for(name)
    except ConfigurationError as error:
        return str(error)
    return ""


def is_direct(edition: Edition) -> TypeGuard[DirectEdition]:
    """Whether we ask it, rather than it us."""
    return not edition.can.polled


def has_access(edition: Edition) -> TypeGuard[Access]:
    """Whether it is connected by a person's sign-in at Intuit."""
    return edition.can.signs_in


def has_notices(edition: Edition) -> TypeGuard[Notices]:
    """Whether its QuickBooks sends us webhooks."""
    return edition.can.notifies


def access_of(name: str) -> Access:
    """The access of the edition of that name. Raises ConfigurationError when it has none."""
    edition = edition_for(name)
    if not has_access(edition):
        raise ConfigurationError(f"{edition.can.title} is connected without signing in at Intuit.")
    return edition


def installed() -> Mapping[str, Edition]:
    """Name -> edition, in the order of the settings. Those that cannot be loaded are left out: the
    system check quicksync.E003 reports them.
    """
    found: dict[str, Edition] = {}
    for name in settings.editions:
        with suppress(ConfigurationError):
            found[name] = edition_for(name)
    return found


def title_of(name: str) -> str:
    """An edition's name for people; the name in the settings for one that is not installed."""
    edition = installed().get(name)
    return edition.can.title if edition else name


def direct() -> Mapping[str, DirectEdition]:
    """Those that we ask."""
    return {name: edition for name, edition in installed().items() if is_direct(edition)}


def polled() -> Mapping[str, Edition]:
    """Those that ask us."""
    return {name: edition for name, edition in installed().items() if not is_direct(edition)}


def signing_in() -> Mapping[str, Access]:
    """Those connected by a person's sign-in at Intuit, with the keys of this site's app."""
    return {name: edition for name, edition in installed().items() if has_access(edition)}


def notifying() -> Mapping[str, Notices]:
    """Those whose QuickBooks sends webhooks."""
    return {name: edition for name, edition in installed().items() if has_notices(edition)}


def metered() -> tuple[str, ...]:
    """The names of those whose reads Intuit counts."""
    return tuple(name for name, edition in installed().items() if edition.can.metered)


@lru_cache
def _load(name: str, path: str) -> Edition:
    try:
        made = import_string(path)()
    except (ImportError, TypeError) as error:
        raise ConfigurationError(
            f'The edition "{name}" ({path}) cannot be loaded: {error}.'
        ) from error
    missing = _missing(made)
    if missing:
        raise ConfigurationError(f'The edition "{name}" ({path}) lacks {", ".join(missing)}.')
    if not (made.can.polled or made.can.signs_in):
        raise ConfigurationError(
            f'The edition "{name}" ({path}) is neither polled nor does it sign in, so it has no'
            " access to open a wire with."
        )
    return cast("Edition", made)


def _missing(made: Any) -> list[str]:
    """What it lacks of the parts that it says it has."""
    missing = [name for name in _members(Edition) if not hasattr(made, name)]
    if "can" in missing:
        return missing
    can = made.can
    if not isinstance(can, Capabilities):
        return [*missing, "can (a Capabilities)"]
    said = {DirectWire: not can.polled, Access: can.signs_in, Notices: can.notifies}
    parts = [part for part, has in said.items() if has]
    return missing + [name for part in parts for name in _members(part) if not hasattr(made, name)]


def _members(part: type) -> list[str]:
    """The attributes and methods that a part of the port declares."""
    methods = [name for name in vars(part) if not name.startswith("_")]
    return [*inspect.get_annotations(part), *methods]
