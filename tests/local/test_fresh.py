"""A new host object is what its model's constructor makes, however it came about."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init

from quicksync.books.models import Client, InvoiceLine
from quicksync.local import fresh
from quicksync.models import EntityMapping

OURS = [model for model in apps.get_models() if not model.__module__.startswith("django.")]


def shown(obj):
    """All that it holds, apart from moments and chance."""
    return {
        name: value if not isinstance(value, dt.datetime) else dt.datetime
        for name, value in vars(obj).items()
        if name != "_state"
    }


@pytest.mark.parametrize("model", OURS, ids=lambda one: one._meta.label)
def test_every_model_of_this_site(model):
    made, usual = fresh.new(model), model()
    assert shown(made) == shown(usual)
    assert vars(made._state) == vars(usual._state)
    assert (made._state.adding, made._state.db, made.pk) == (True, None, usual.pk)


def test_relations_work_as_ever():
    line, invoice = (
        fresh.new(InvoiceLine),
        fresh.new(InvoiceLine._meta.get_field("invoice").related_model),
    )
    line.invoice = invoice
    assert line.invoice is invoice
    assert line.product is None
    assert line._state.fields_cache["invoice"] is invoice


def test_a_constructor_of_the_hosts_own_is_called(monkeypatch):
    def made(self, *args, **kwargs):
        models.Model.__init__(self, *args, **kwargs)
        self.heard = True

    monkeypatch.setattr(Client, "__init__", made, raising=False)
    monkeypatch.setattr(fresh, "_blank", fresh._blank.__wrapped__)
    assert fresh.new(Client).heard


def test_two_objects_share_nothing_that_changes():
    one, other = fresh.new(EntityMapping), fresh.new(EntityMapping)
    one.choice["here"] = "x"
    assert other.choice == {}


def test_whoever_listens_is_told():
    heard = []

    def listen(instance, **kwargs):
        heard.append(instance)

    post_init.connect(listen, sender=Client)
    try:
        made = fresh.new(Client)
    finally:
        post_init.disconnect(listen, sender=Client)
    assert heard == [made]
    fresh.new(Client)
    assert len(heard) == 1
