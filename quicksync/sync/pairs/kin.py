"""The models whose saves and deletes concern an adapter: its own, those that share its rows, and
those of its lines.

Django tells of a save once, for the class that was saved. Whoever saves a `Client` that is a
`Company` as well, or either of them through a proxy, writes the company's row too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

from quicksync.local.adapter import ModelAdapter
from quicksync.local.messages import Related
from quicksync.local.protocol import Adapter


class Listener(NamedTuple):
    """`keys(instance)` gives the keys of the adapter's objects, `obj(instance)` the object itself
    where it is known.
    """

    model: type[Model]
    signals: tuple[Signal, ...]
    keys: Callable[[Any], Sequence[str]]
    obj: Callable[[Any], Any]


BOTH = (post_save, post_delete)
# Deletions of any of them come to the adapter's own model as well, by themselves.
SAVES = (post_save,)


def listeners(adapter: Adapter) -> Iterator[Listener]:
    """All that an adapter has to listen to."""
    own = adapter.model._meta.concrete_model or adapter.model
    ancestors = {parent for parent in own._meta.get_parent_list() if not parent._meta.proxy}
    for model in {own, *apps.get_models()}:
        concrete = model._meta.concrete_model
        if concrete is own:
            yield Listener(model, BOTH, lambda obj: (_own_key(adapter, obj),), _itself)
        elif concrete in ancestors:
            yield Listener(model, SAVES, _keys_below(adapter, own, model), _unknown)
        elif issubclass(model, own):
            yield Listener(model, SAVES, lambda obj: (_own_key(adapter, obj),), _itself)
    for related in adapter.related_models():
        yield Listener(related.model, BOTH, related.keys, _parent(adapter, related))


def _own_key(adapter: Adapter, obj: Any) -> str:
    """A child may have a primary key of its own."""
    if adapter.key_field == "pk":
        return str(getattr(obj, adapter.model._meta.pk.attname))
    return adapter.key_of(obj)


def _keys_below(
    adapter: Adapter, own: type[Model], ancestor: type[Model]
) -> Callable[[Any], Sequence[str]]:
    if adapter.key_is_pk and _shares_key(own, ancestor):
        return lambda obj: (str(obj.pk),)

    def ask(obj: Any) -> Sequence[str]:
        rows = own._base_manager.filter(**{ancestor._meta.pk.name: obj.pk})
        return [str(key) for key in rows.values_list(adapter.key_field, flat=True)]

    return ask


def _shares_key(own: type[Model], ancestor: type[Model]) -> bool:
    """Whether the primary key is the ancestor's own, handed down."""
    link: Any = own._meta.pk
    while link.remote_field is not None and link.remote_field.parent_link:
        above = link.remote_field.model._meta
        if above.concrete_model is ancestor._meta.concrete_model:
            return True
        link = above.pk
    return False


def _parent(adapter: Adapter, related: Related) -> Callable[[Any], Any]:
    """A line's document, which is at hand as a rule; asked for only where the adapter says by it
    whose it is.
    """
    if not related.parent or type(adapter).connections_for is ModelAdapter.connections_for:
        return _unknown
    return lambda row: getattr(row, related.parent)


def _itself(obj: Any) -> Any:
    return obj


def _unknown(obj: Any) -> Any:
    return None
