"""B3: whoever saves the row through another class is heard as well: a base, a child, a proxy."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.db import models
from django.test.utils import isolate_apps

import quicksync
from quicksync.models import EntityMapping
from quicksync.sync.pairs import kin, watch
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def model(called, above, *, proxy=False, **columns):
    meta = type("Meta", (), {"app_label": "books", "proxy": proxy})
    return type(called, (above,), {"__module__": __name__, "Meta": meta, **columns})


@pytest.fixture
def family(monkeypatch):
    """A party is a person or a firm; firms are the customers. Some firms are branches of others."""
    with isolate_apps("quicksync.books") as apps:
        party = model("Party", models.Model, name=models.CharField(max_length=40))
        firm = model("Firm", party, trade=models.CharField(max_length=40, blank=True))
        branch = model("Branch", firm, place=models.CharField(max_length=40, blank=True))
        listed = model("Listed", firm, proxy=True)
        tables = [party, firm, branch]
        with database.schema_editor() as editor:
            for table in tables:
                editor.create_model(table)
        adapter = type("FirmAdapter", (quicksync.CustomerAdapter,), {"fields": {"name": "name"}})(
            firm
        )
        monkeypatch.setattr(kin, "apps", apps)
        for listener in kin.listeners(adapter):
            watch._listen(adapter, listener)
        make.connection()
        yield party, firm, branch, listed
        with database.schema_editor() as editor:
            for table in reversed(tables):
                editor.delete_model(table)


def touched():
    """The keys that were touched since the last time."""
    found = sorted(
        EntityMapping.objects.exclude(touched_at=None).values_list("object_key", flat=True)
    )
    EntityMapping.objects.update(touched_at=None)
    return found


def test_through_its_base(family):
    party, firm, _, _ = family
    acme = firm.objects.create(name="Acme")
    assert touched() == [str(acme.pk)]
    base = party.objects.get(pk=acme.pk)
    base.name = "Acme Ltd"
    base.save()
    assert touched() == [str(acme.pk)]


def test_a_base_that_is_no_firm_concerns_nobody(family):
    party, *_ = family
    party.objects.create(name="Ada").delete()
    assert not EntityMapping.objects.exists()


def test_through_a_child_and_a_proxy(family):
    _, _, branch, listed = family
    here = branch.objects.create(name="Acme North", place="North")
    assert touched() == [str(here.pk)]
    listed.objects.get(pk=here.pk).save()
    assert touched() == [str(here.pk)]


@pytest.mark.parametrize("through", [0, 1, 2, 3], ids=["base", "itself", "child", "proxy"])
def test_a_deletion(family, through):
    here = family[2].objects.create(name="Acme North")
    touched()
    family[through].objects.get(pk=here.pk).delete()
    assert touched() == [str(here.pk)]
