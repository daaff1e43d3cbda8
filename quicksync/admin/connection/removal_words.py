"""What a category's deletion settings say: only what QuickBooks, and this site's models, can do
with such a record.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quicksync.local.registry import registry
from quicksync.models import Category
from quicksync.options.choices import OnDelete
from quicksync.quickbooks.loading import edition_for
from quicksync.records import KINDS

Choices = list[tuple[str, str | Promise]]
NAMES = ("on_delete_here", "on_delete_there")


def choices(category: Category, name: str) -> Choices:
    """The choices of one of these settings, in the words of the kind."""
    return _there(category) if name == "on_delete_here" else _here(category)


def fitting(category: Category, name: str) -> str:
    """What the setting comes to: of what cannot be deleted a deletion makes an inactive record."""
    offered = [value for value, _label in choices(category, name)]
    stored: str = getattr(category.options, name)
    if stored in offered:
        return stored
    return (
        OnDelete.VOID
        if stored == OnDelete.DELETE and OnDelete.VOID in offered
        else OnDelete.NOTHING
    )


def _there(category: Category) -> Choices:
    able = edition_for(category.connection.edition).can.takes_back(category.kind)
    found: Choices = []
    if "void" in able:
        found.append((OnDelete.VOID, _("Void it")))
    elif "inactive" in able:
        found.append((OnDelete.VOID, _("Make it inactive")))
    if "delete" in able:
        found.append((OnDelete.DELETE, _(OnDelete.DELETE.label)))
    return [*found, (OnDelete.NOTHING, _(OnDelete.NOTHING.label))]


def _here(category: Category) -> Choices:
    adapters = registry.for_kind(category.kind)
    voids = _("Void it") if KINDS[category.kind].is_document else _("Make it inactive")
    found: Choices = [(OnDelete.VOID, voids)] if any(adapter.voids for adapter in adapters) else []
    return [
        *found,
        (OnDelete.DELETE, _(OnDelete.DELETE.label)),
        (OnDelete.NOTHING, _(OnDelete.NOTHING.label)),
    ]
