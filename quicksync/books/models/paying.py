"""What is received of invoices is kept on them by whatever writes payments: one or many, a form,
an import or QuickBooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.apps import apps
from django.db import connections, models, router, transaction

from quicksync.books.models.invoices import Invoice

# Keys in one statement.
CHUNK = 2_000


class Paying(models.QuerySet):
    """Rows that decide what is received of invoices. The invoices concerned, before and after, are
    settled in the transaction of each write, also of those that call no save(); only plain SQL
    has to do so itself (`Invoice.objects.settle`).

    `deciding` are the columns that matter, `way` leads from an allocation to these rows.
    """

    deciding: ClassVar[frozenset[str]]
    way: ClassVar[str]

    def update(self, **values: Any) -> int:
        if not self.deciding & values.keys():
            return super().update(**values)
        with settling(self, [*self.values_list("pk", flat=True)]):
            return super().update(**values)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        with settling(self, [one.pk for one in objs if one.pk is not None], objs):
            return super().bulk_create(objs, *args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        with settling(self, [*self.values_list("pk", flat=True)]):
            return super().delete()

    # As of Django's own: managers do not have it.
    delete.__dict__.update(alters_data=True, queryset_only=True)


class Payments(Paying):
    """Money received."""

    deciding = frozenset({"voided"})
    way = "receipt"


class Parts(Paying):
    """The parts of payments that pay an invoice each."""

    deciding = frozenset({"amount", "invoice", "invoice_id", "receipt", "receipt_id"})
    way = "pk"


class Pays(models.Model):
    """A model whose rows decide what is received of invoices."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with settling(self._rows(kwargs), [] if self.pk is None else [self.pk], [self]):
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with settling(self._rows(kwargs), [self.pk]):
            return super().delete(*args, **kwargs)

    def _rows(self, asked: Mapping[str, Any]) -> Any:
        return type(self)._base_manager.using(asked.get("using"))


@contextmanager
def settling(rows: Any, keys: list[Any], objects: Iterable[Any] = ()) -> Iterator[None]:
    """Around a write of the rows that have these keys, or that are made of these objects."""
    using = rows._db or router.db_for_write(rows.model)
    with transaction.atomic(using=using, savepoint=False):
        concerned = _concerned(rows.way, keys, using)
        yield
        concerned |= _concerned(rows.way, keys, using)
        concerned |= {
            (one.invoice_id, one.receipt_id) for one in objects if hasattr(one, "invoice_id")
        }
        if not concerned:
            return
        if connections[using].features.has_select_for_update:
            # Nobody voids a payment of which another is just writing down what it pays.
            payments = apps.get_model("books", "Receipt")._base_manager.using(using)
            locked = payments.filter(pk__in={payment for _, payment in concerned}).order_by("pk")
            list(locked.select_for_update(no_key=True).values_list("pk"))
        invoices = sorted({invoice for invoice, _ in concerned})
        for start in range(0, len(invoices), CHUNK):
            some = invoices[start : start + CHUNK]
            Invoice.objects.using(using).filter(pk__in=some).settle()


def _concerned(way: str, keys: list[Any], using: str) -> set[tuple[int, int]]:
    """The invoices that these rows pay, each with the payment."""
    found: set[tuple[int, int]] = set()
    parts = apps.get_model("books", "ReceiptAllocation")._base_manager.using(using)
    for start in range(0, len(keys), CHUNK):
        some = parts.filter(**{f"{way}__in": keys[start : start + CHUNK]})
        found |= {*some.values_list("invoice_id", "receipt_id")}
    return found
