"""ModelAdapter: what a host developer subclasses, once for each model QuickBooks shall know."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, router

from quicksync.local import examine, fresh, pages
from quicksync.local.binding import field_table, guesses
from quicksync.local.binding.child_rows import Allocations, Lines, Rows
from quicksync.local.binding.fields import FieldSpec
from quicksync.local.landing import locks, refusals, removal, writer
from quicksync.local.messages import Found, Held, Problem, Related, Seen, Write, Written
from quicksync.records import KINDS, Record

log = logging.getLogger("quicksync.adapters")

# Objects read in one go: a query for them and one for each sort of rows, whatever their number.
CHUNK = 2000


class ModelAdapter:
    """One host model as one kind of record.

    `fields` maps record fields to attribute paths or field objects; those it does not name are
    looked for under their usual names (`guess = False` turns that off; None leaves a field out).
    `modified` is the DateTimeField that every save moves, None when there is none. `key_field`
    identifies an object in references: the primary key, or the code for list kinds. `bulk = True`
    writes by bulk_create and bulk_update: much faster, but without the model's save() and without
    signals. `ignored_filters` are the changelist filters that bookmarks do not use,
    `bookmark_lookups` those through other tables that they may. `refusals` are the host's own
    exceptions that mean "not this object".
    """

    kind: ClassVar[str] = ""
    fields: ClassVar[Mapping[str, FieldSpec | Rows]] = {}
    lines: ClassVar[Lines | None] = None
    allocations: ClassVar[Allocations | None] = None
    credits: ClassVar[Allocations | None] = None
    guess: ClassVar[bool] = True
    modified: str | None = ""
    key_field: str = ""
    bulk: ClassVar[bool] = False
    ignored_filters: ClassVar[Sequence[str]] = ()
    bookmark_lookups: ClassVar[Sequence[str]] = ()
    refusals: ClassVar[tuple[type[Exception], ...]] = ()
    # Mistakes found while the class was made.
    misfits: ClassVar[tuple[Problem, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Fields of the classes above stay."""
        super().__init_subclass__(**kwargs)
        given = cls.__dict__.get("fields", {})
        own: dict[str, FieldSpec | Rows] = dict(given) if isinstance(given, Mapping) else {}
        for name in ("lines", "allocations", "credits"):
            if name in cls.__dict__:
                own[name] = cls.__dict__[name]
        inherited = next(
            (base.fields for base in cls.__mro__[1:] if issubclass(base, ModelAdapter)), {}
        )
        cls.fields = {**inherited, **own}
        if not isinstance(given, Mapping):
            hint = "Set fields = {'name': 'the attribute', ...}: the record's field first."
            cls.misfits = (
                *cls.misfits,
                Problem(f"{cls.__name__} says fields = {given!r}, which is not a map.", hint),
            )

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.label_lower = model._meta.label_lower
        self.modified = self._usual_modified() if self.modified == "" else self.modified
        self.key_field = self.key_field or self._usual_key()
        self._table: field_table.Table | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.model._meta.label} as {self.kind}>"

    # --- What hosts override ----------------------------------------------------------------------

    def queryset(self, connection: Any) -> models.QuerySet[Any]:
        """The objects that belong to a connection (anything with `.pk` and `.name`); all of them by
        default.
        """
        return self.model._default_manager.all()

    def connections_for(self, obj: Any) -> Iterable[Any] | None:
        """The connections, or their primary keys, whose companies an object belongs to: those are
        told of its changes.

        None, as here, asks `queryset` of each connection, all of them in one statement. Use it
        where the object knows.
        """
        return None

    def accepts(self, record: Record) -> bool:
        """Whether a record that is new in QuickBooks belongs in this model. Hosts that keep a kind
        in several models choose here; what no adapter of the kind accepts stays in QuickBooks.
        References in it are QuickBooks' own.
        """
        return True

    def new(self, connection: Any, record: Record) -> models.Model:
        """An unsaved object for a record that comes from QuickBooks; hosts with several companies
        set theirs here.
        """
        return fresh.new(self.model)

    def label(self, obj: Any) -> str:
        """A short text for lists; from the object's own columns, so that lists of many need no
        further query.
        """
        return self.table.label(obj)

    def prepare(self, obj: Any, rows: Sequence[models.Model], record: Record) -> None:
        """Called before an object and its rows are saved; `rows` are all it shall have, `record` is
        what QuickBooks shows, in this side's references. Totals belong here.
        """

    def finish(self, obj: Any, *, created: bool) -> None:
        """Called after an object and its rows are saved, in the same transaction."""

    def void(self, obj: Any) -> str:
        """Void a document. Gives "" when done, else a sentence that says why not."""
        return removal.void(self, obj)

    @property
    def voids(self) -> bool:
        """Whether `void` can do anything for this model's objects."""
        return type(self).void is not ModelAdapter.void or removal.has_flag(self)

    def bookmark_filter(self, name: str, value: str) -> models.Q | None:
        """What a changelist's custom filter means, by the name and value it has in the address;
        None: not known.
        """
        return None

    # --- What the engine calls --------------------------------------------------------------------

    @property
    def table(self) -> field_table.Table:
        """The field map made ready; made at first use, when all adapters are registered."""
        if self._table is None:
            self._table = field_table.make_table(self)
        return self._table

    def forget_table(self) -> None:
        """Make the field map ready again at its next use."""
        self._table = None

    def problems(self) -> list[Problem]:
        """What is wrong with this adapter, each with the fix."""
        return examine.problems(self, ModelAdapter)

    def look_alikes(self) -> list[Problem]:
        """Attributes that look like a typing error in one of those above."""
        return examine.look_alikes(self, ModelAdapter)

    def overrides(self, name: str) -> bool:
        """Whether the host has a method of its own in the place of this one."""
        return getattr(type(self), name) is not getattr(ModelAdapter, name)

    @property
    def chooses(self) -> bool:
        """Whether it says itself which new records are its own."""
        return self.overrides("accepts")

    def takes(self, record: Record) -> bool:
        """What `accepts` says; a record that it cannot judge is not its own."""
        try:
            return self.accepts(record)
        except refusals.of(self):
            log.exception(
                "accepts failed", extra={"action": "accepts_failed", "adapter": type(self).__name__}
            )
            return False

    def carried(self) -> frozenset[str]:
        """The record fields that this adapter reads."""
        return frozenset({*self.table.fields, *self.table.rows})

    def writable(self) -> frozenset[str]:
        """Those of them that it can write."""
        return self.table.writable

    def parts(self) -> dict[str, frozenset[str]]:
        """What of its lines or allocations it can write, by the record field that they stand in."""
        return {
            name: frozenset(bound.name for bound in rows.columns if bound.writable)
            for name, rows in self.table.rows.items()
        }

    def shown(self) -> dict[str, frozenset[str]]:
        """What of its lines or allocations it shows, by the record field that they stand in."""
        return {name: rows.shown for name, rows in self.table.rows.items()}

    @property
    def key_is_pk(self) -> bool:
        return self._key_column().primary_key

    def key_of(self, obj: Any) -> str:
        """The object's key."""
        return str(getattr(obj, self.key_field))

    def seen(self, connection: Any, *, since: dt.datetime | None = None) -> Iterator[Seen]:
        """Every object of the connection, or those modified since; streamed, in constant memory."""
        objects = self.queryset(connection)
        if since is not None and self.modified:
            objects = objects.filter(**{f"{self.modified}__gte": since})
        for obj in objects.order_by("pk").iterator(chunk_size=CHUNK):
            yield Seen(self.key_of(obj), self._modified_of(obj), self._label(obj))

    def find(self, connection: Any, keys: Sequence[str]) -> dict[str, Found]:
        """The objects with these keys as records, by key; a constant number of queries for each
        2,000 keys.
        """
        return {
            key: self.found(obj)
            for key, obj in self.objects(self.queryset(connection), keys).items()
        }

    def found(self, obj: Any) -> Found:
        """One object as a record. One that cannot be read carries a sentence instead; it never
        stops the others.
        """
        error = ""
        try:
            record = self.table.read(obj)
        except refusals.of(self) as trouble:
            record, error = self.table.record(), refusals.sentence(trouble)
        return Found(
            self.key_of(obj),
            record,
            self._label(obj),
            self._modified_of(obj),
            record.booked_on(),
            error,
        )

    def objects(
        self,
        objects: models.QuerySet[Any],
        keys: Sequence[str],
        *,
        rows: bool = True,
        lock: bool = False,
    ) -> dict[str, Any]:
        """The host's own objects by key, with what reading them needs. Keys that cannot be are
        simply not found.
        """
        made: dict[str, Any] = {}
        if self.table.related:
            objects = objects.select_related(*self.table.related)
        if rows:
            objects = objects.prefetch_related(*self.table.prefetch())
        values = self._key_values(keys)
        if lock:
            pks = (
                objects.filter(**{f"{self.key_field}__in": values})
                .order_by()
                .values_list("pk", flat=True)
            )
            locks.locked(self.model, list(pks), router.db_for_write(self.model), wait=True)
        for start in range(0, len(values), CHUNK):
            for obj in objects.filter(**{f"{self.key_field}__in": values[start : start + CHUNK]}):
                made[self.key_of(obj)] = obj
        return made

    def pks(self, connection: Any, keys: Sequence[str]) -> dict[str, Any]:
        """The primary keys of the connection's objects with these keys, by key."""
        objects = self.queryset(connection).filter(
            **{f"{self.key_field}__in": self._key_values(keys)}
        )
        return {str(key): pk for key, pk in objects.order_by().values_list(self.key_field, "pk")}

    def hold(self, connection: Any, keys: Sequence[str]) -> Held:
        """The objects with these keys as records, locked until the transaction ends."""
        return locks.hold(self, connection, keys)

    def write(self, connection: Any, writes: Sequence[Write]) -> list[Written]:
        """Land records in the host's tables: one answer for each, in their order; none is lost
        because of another.
        """
        return writer.write(self, connection, writes)

    def remove(self, connection: Any, key: str, how: str) -> str:
        """Void or delete (`how`) an object. Gives "" when done, else a sentence why not."""
        return removal.remove(self, connection, key, how)

    def codes(self, connection: Any, kind: str) -> Iterator[str]:
        """The codes of a list that objects and rows name as plain text, each once a column."""
        for bound in self.table.fields.values():
            if bound.code[0] == kind:
                yield from _texts(self.queryset(connection), bound.code[1])
        for rows in self.table.rows.values():
            for bound in rows.columns:
                if bound.code[0] == kind:
                    parents = (
                        self.queryset(connection)
                        .order_by()
                        .values(rows.parent.target_field.attname)
                    )
                    mine = rows.model._default_manager.filter(
                        **{f"{rows.parent.name}__in": parents}
                    )
                    yield from _texts(mine, bound.code[1])

    def related_models(self) -> tuple[Related, ...]:
        """The models whose saves and deletes change this adapter's records: those of its rows."""
        return tuple(
            Related(
                rows.model,
                self._parent_keys(rows.parent.attname, rows.parent.name),
                rows.parent.name,
            )
            for rows in self.table.rows.values()
        )

    def admin_url(self, key: str) -> str:
        """The address of the object's own admin page, "" when its model has none."""
        pk = self._pk_of(key)
        options = self.model._meta
        return pages.url(f"{options.app_label}_{options.model_name}_change", pk) if pk else ""

    # --- Parts ------------------------------------------------------------------------------------

    def _usual_modified(self) -> str | None:
        names = (name for name in guesses.MODIFIED if field_table.is_moment(self.model, name))
        return next(names, None)

    def _usual_key(self) -> str:
        """List kinds are named by their code, everything else by its primary key."""
        columns = {column.name: column for column in self.model._meta.concrete_fields}
        usual = guesses.CODES if self.kind in KINDS and KINDS[self.kind].is_list else ()
        return next((name for name in usual if name in columns and columns[name].unique), "pk")

    def _modified_of(self, obj: Any) -> dt.datetime | None:
        return getattr(obj, self.modified) if self.modified else None

    def _label(self, obj: Any) -> str:
        try:
            return self.label(obj)
        except refusals.of(self):
            return f"{self.model._meta.verbose_name} {obj.pk}"

    def _key_column(self) -> models.Field[Any, Any]:
        """A key field that the model does not have is told by a check; until it is mended, the
        primary key serves.
        """
        columns = (
            column for column in self.model._meta.concrete_fields if column.name == self.key_field
        )
        return next(columns, self.model._meta.pk)

    def _key_values(self, keys: Sequence[str]) -> list[Any]:
        column = self._key_column()
        values = []
        for key in dict.fromkeys(keys):
            try:
                values.append(column.to_python(key))
            except ValidationError:
                continue
        return values

    def _pk_of(self, key: str) -> Any:
        if self.key_is_pk:
            return key
        return (
            self.model._default_manager.filter(**{self.key_field: key})
            .values_list("pk", flat=True)
            .first()
        )

    def _parent_keys(self, attname: str, name: str) -> Any:
        if self.key_is_pk:
            return lambda row: (str(getattr(row, attname)),)
        return lambda row: (self.key_of(getattr(row, name)),)


def _texts(objects: models.QuerySet[Any], path: str) -> Iterator[str]:
    """The different texts of a column that are not empty."""
    found = objects.order_by().values_list(path, flat=True).distinct()
    return (str(text) for text in found.iterator() if text not in (None, ""))
