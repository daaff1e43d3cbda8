"""Which host model is which kind: by `quicksync_adapters` modules, frozen once the site is up."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import autodiscover_modules

from quicksync.local.messages import Misfit, Problem
from quicksync.local.protocol import Adapter
from quicksync.records import KINDS, Record, Ref

# Whatever a host decorates goes back to it as it was; what is no adapter is told by a check, not by
# types.
AdapterClass = TypeVar("AdapterClass", bound=type)

MODULE = "quicksync_adapters"


class Registry:
    """All adapters of the site, in the order of their registration."""

    def __init__(self) -> None:
        self._adapters: dict[tuple[str, str], Adapter] = {}
        self._by_kind: dict[str, tuple[Adapter, ...]] = {}
        self._frozen = False
        self.refused: list[Problem] = []

    def register(self, model: type[Model], adapter: type[Adapter]) -> Adapter:
        """Serve `model` by an adapter of this class. Raises Misfit for what cannot be."""
        _check(model, adapter)
        label = model._meta.label_lower
        if self._frozen:
            where = f"{model._meta.app_label}/{MODULE}.py"
            raise Misfit(
                f"{adapter.__name__} is registered too late.",
                f"Register it in {where}, which is read when the site starts.",
            )
        if (taken := self._adapters.get((label, adapter.kind))) is not None:
            raise Misfit(
                f"{label} already has an adapter of kind {adapter.kind}: {type(taken).__name__}.",
                f"Remove one of the two, or give {adapter.__name__} another kind.",
            )
        made = adapter(model)
        self._adapters[label, adapter.kind] = made
        self._by_kind[adapter.kind] = (*self.for_kind(adapter.kind), made)
        return made

    def refuse(self, misfit: Misfit) -> None:
        """Keep for `manage.py check` why an adapter is refused. Raises it once the site is up."""
        if apps.ready and self._frozen:
            raise misfit
        self.refused.append(misfit.problem)

    def all(self) -> tuple[Adapter, ...]:
        """Every adapter."""
        return tuple(self._adapters.values())

    def for_kind(self, kind: str) -> tuple[Adapter, ...]:
        """The adapters of a kind; several when the host keeps it in several models."""
        return self._by_kind.get(kind, ())

    def taker(self, kind: str, record: Record) -> Adapter | None:
        """The adapter that a new record of QuickBooks belongs to: the first that accepts it, those
        that take anything after those that choose. None when nobody does.
        """
        chosen = sorted(self.for_kind(kind), key=lambda adapter: not adapter.chooses)
        return next((adapter for adapter in chosen if adapter.takes(record)), None)

    def for_model(self, model: type[Model]) -> tuple[Adapter, ...]:
        """The adapters of a model, its proxies included; several when it serves several kinds."""
        concrete = model._meta.concrete_model
        return tuple(
            adapter for adapter in self.all() if adapter.model._meta.concrete_model is concrete
        )

    def for_label(self, label: str, kind: str = "") -> Adapter | None:
        """The adapter of "app.model", of this kind where the model serves several; None when there
        is none.
        """
        found = (adapter for adapter in self.all() if adapter.label_lower == label.lower())
        return next((adapter for adapter in found if kind in ("", adapter.kind)), None)

    def ref(self, adapter: Adapter, key: str) -> Ref:
        """The reference to an adapter's object: its key, after "app.model:" when its kind has
        several adapters.
        """
        if len(self.for_kind(adapter.kind)) > 1:
            return Ref(adapter.kind, f"{adapter.label_lower}:{key}")
        return Ref(adapter.kind, key)

    def split(self, ref: Ref) -> tuple[Adapter | None, str]:
        """The adapter and key that a reference names; None as adapter when no model serves its
        kind.

        A bare key, written when the kind had one adapter only, names an object of that first
        adapter.
        """
        adapters = self.for_kind(ref.kind)
        if len(adapters) > 1:
            label, _, key = ref.id.partition(":")
            for adapter in adapters:
                if adapter.label_lower == label:
                    return adapter, key
        return (adapters[0] if adapters else None), ref.id

    def autodiscover(self) -> None:
        """Import the `quicksync_adapters` module of every installed app, then freeze."""
        autodiscover_modules(MODULE)
        self.freeze()

    def freeze(self) -> None:
        """No more registrations: what follows may rely on the set of adapters."""
        self._frozen = True

    @contextmanager
    def snapshot(self, *, empty: bool = False) -> Iterator[Registry]:
        """For tests: changes inside the block, such as other adapters, are undone after it."""
        saved = self._adapters, self._by_kind, self._frozen, self.refused
        self._adapters = {} if empty else dict(saved[0])
        self._by_kind = {} if empty else dict(saved[1])
        self._frozen, self.refused = False, []
        self._forget_tables()
        try:
            yield self
        finally:
            self._adapters, self._by_kind, self._frozen, self.refused = saved
            self._forget_tables()

    def _forget_tables(self) -> None:
        """References name targets by the set of adapters: tables made for another set are void."""
        for adapter in self.all():
            adapter.forget_table()


def _check(model: Any, adapter: Any) -> None:
    """Raises Misfit for what is no model, no adapter, or of no kind."""
    if not (isinstance(adapter, type) and hasattr(adapter, "kind")):
        raise Misfit(
            f"{adapter!r} is not an adapter.",
            "Write a class, such as class Mine(quicksync.CustomerAdapter).",
        )
    if not (isinstance(model, type) and issubclass(model, Model)):
        hint = "Import the model and register it: @quicksync.register(Customer)."
        raise Misfit(f"{adapter.__name__} is registered for {model!r}, which is not a model.", hint)
    if model._meta.abstract:
        raise Misfit(
            f"{adapter.__name__} is registered for {model.__name__}, which is abstract.",
            "Register it for the models that inherit from it.",
        )
    if not isinstance(adapter.kind, str) or adapter.kind not in KINDS:
        near = difflib.get_close_matches(str(adapter.kind), KINDS, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        hint += (
            f"Kinds: {', '.join(KINDS)}; each has a class of its own, such as"
            " quicksync.CustomerAdapter."
        )
        raise Misfit(
            f"{adapter.__name__} has the kind {adapter.kind!r}, which does not exist.", hint
        )


registry = Registry()


def register(*models: type[Model]) -> Callable[[AdapterClass], AdapterClass]:
    """Class decorator: `@quicksync.register(Invoice)` serves that model, or several models, by the
    adapter below it.
    """

    given: tuple[Any, ...] = models
    if not given or any(isinstance(one, type) and hasattr(one, "kind") for one in given):
        hint = "Name the model in parentheses: @quicksync.register(Customer)."
        registry.refuse(Misfit("quicksync.register stands without a model.", hint))
        models = ()

    def decorate(adapter: AdapterClass) -> AdapterClass:
        for model in models:
            try:
                registry.register(model, adapter)
            except Misfit as misfit:
                registry.refuse(misfit)
        return adapter

    return decorate
