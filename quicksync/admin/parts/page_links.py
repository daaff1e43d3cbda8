"""Where things are mended and seen: the record here, the record in QuickBooks, the page that
removes a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from quicksync.admin.parts.base import address
from quicksync.exceptions import ConfigurationError
from quicksync.local.registry import registry
from quicksync.models import Connection, EntityMapping
from quicksync.planning.reasons.table import Place
from quicksync.quickbooks.loading import edition_for
from quicksync.records import KINDS

# The list in which the partner of an unmapped code is chosen.
LISTS = {info.unmapped: kind for kind, info in KINDS.items() if info.unmapped}


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere; `outside` for QuickBooks' own pages."""

    text: str
    url: str
    outside: bool = False


@dataclass(frozen=True)
class Spot:
    """Where a reason is about: the connection, the kind and, where there is one, the mapping."""

    connection: Connection
    kind: str
    mapping: EntityMapping | None = None
    run_id: int | None = None


def here(mapping: EntityMapping | None) -> Link | None:
    """The record's own page here. List kinds named by a code have none: finding it would take a
    query for each.
    """
    if mapping is None or mapping.object_key is None:
        return None
    adapter = registry.for_label(mapping.model_label, mapping.kind)
    if adapter is None or not adapter.key_is_pk:
        return None
    url = adapter.admin_url(mapping.object_key)
    return Link(_("Open the record here"), url) if url else None


def there(connection: Connection, mapping: EntityMapping | None) -> Link | None:
    """The record's page in QuickBooks."""
    if mapping is None or mapping.remote_id is None:
        return None
    try:
        edition, environment = edition_for(connection.edition), connection.environment
        url = edition.link(
            connection.realm_id, mapping.remote_type, mapping.remote_id, environment=environment
        )
    except ConfigurationError:
        return None
    return Link(_("Open it in QuickBooks"), url, outside=True) if url else None


def fix(place: Place, code: str, values: Mapping[str, Any], spot: Spot) -> Link | None:
    """The page on which a reason is mended."""
    if place is Place.RECORD or (place is Place.MATCH and not can_be_same(values, spot.kind)):
        return here(spot.mapping)
    if place is Place.QUICKBOOKS:
        return there(spot.connection, spot.mapping)
    if place is Place.CODES:
        return _codes(code, values, spot)
    if place is Place.SETUP:
        return Link(_("Open Set-up"), address("connection", "setup"))
    if place is Place.RUN:
        return (
            Link(_("Open the run"), address("syncrun", "change", spot.run_id))
            if spot.run_id
            else None
        )
    return _settings(place, spot)


def can_be_same(values: Mapping[str, Any], kind: str) -> bool:
    """Whether the other record of a reason may be the same one: a vendor with a customer's name is
    not.
    """
    return bool(values.get("other_kind", kind) == kind)


def _settings(place: Place, spot: Spot) -> Link | None:
    page = address("connection", "change", spot.connection.pk)
    if place is Place.CATEGORY:
        return Link(_("Open the category's settings"), f"{page}#category-{spot.kind}")
    if place is Place.CONNECTION:
        return Link(_("Open the connection"), page)
    if place in (Place.MATCH, Place.CONFLICT, Place.SKIPPED) and spot.mapping is not None:
        words = {
            Place.MATCH: _("Choose which it is"),
            Place.CONFLICT: _("Choose which side is right"),
        }
        text = words.get(place, _("Open the record's page"))
        return Link(text, address("entitymapping", "change", spot.mapping.pk))
    return None


def _codes(code: str, values: Mapping[str, Any], spot: Spot) -> Link:
    if code == "account-unmapped" and not values.get("ref"):
        return Link(
            _("Choose a default account"), address("connection", "change", spot.connection.pk)
        )
    if code == "entry-unmapped":
        page = address("connection", "codes", spot.connection.pk)
        return Link(_("Open the codes"), f"{page}?{urlencode({'kind': values.get('kind', '')})}")
    asked = values.get("ref") or values.get("other", "")
    known = {"kind": values.get("kind") or LISTS.get(code, ""), "code": asked}
    query = urlencode({name: value for name, value in known.items() if value})
    return Link(_("Map this code"), f"{address('connection', 'codes', spot.connection.pk)}?{query}")
