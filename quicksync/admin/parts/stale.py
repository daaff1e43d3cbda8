"""A form that stood open does not write back what it was opened with: what moved meanwhile is
shown, and one chooses.

The page carries, signed, a digest of each value that it was opened with. On saving these are
compared with what the database says now: only fields of the form count, and only those where what
would be saved is something else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.core import signing
from django.db import connections, models, router, transaction
from django.forms import BaseForm, Field, ModelChoiceField
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as Base
    from django.forms import ModelForm as FormBase
    from django.forms.models import BaseModelFormSet as RowsBase
else:
    Base = FormBase = RowsBase = object

STYLE = "quicksync/quicksync.css"
OPENED = "quicksync_opened"
TAKE = "quicksync_take_"
SALT = "quicksync.opened"
# Where a request keeps the guard of its page.
GUARD = "_quicksync_guard"


@dataclass(frozen=True)
class Moved:
    """One field, or one table of rows, that is not what the page was opened with."""

    name: str
    label: str
    now: str
    typed: str
    touched: bool


@dataclass(frozen=True)
class Opened:
    """What a page was opened with: when, and a digest of each value."""

    at: dt.datetime
    digests: dict[str, str]

    def signed(self) -> str:
        """As the page carries it."""
        return signing.dumps(
            {"at": self.at.isoformat(), "was": self.digests}, salt=SALT, compress=True
        )

    @classmethod
    def read(cls, text: str) -> Opened | None:
        """None where the page carried nothing. What cannot be read says nothing of any value: all
        that differs asks.
        """
        if not text:
            return None
        try:
            found = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return cls(timezone.now(), {})
        return cls(dt.datetime.fromisoformat(found["at"]), found["was"])


def digest(value: Any) -> str:
    """Equal for values that are stored alike, whatever their type on the way."""
    return hashlib.sha256(_text(value).encode()).hexdigest()[:16]


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, Decimal | float):
        return format(Decimal(str(value)).normalize(), "f")
    if isinstance(value, list | tuple | set | models.QuerySet):
        return "|".join(sorted(_text(one) for one in value))
    return str(value).replace("\r\n", "\n").strip()


def _values(form: BaseForm) -> Iterator[tuple[str, Any]]:
    """What the form would show of its object. A default that is worked out anew for each page is
    not its object's.
    """
    for name, field in form.fields.items():
        if name in form.initial or not callable(field.initial):
            yield name, form.get_initial_for_field(field, name)


def tables(admin: Any, request: HttpRequest, obj: Any) -> Iterator[tuple[str, Any, Any]]:
    """Prefix, factory and inline of each table of rows below a form, as Django names them."""
    seen: dict[str, int] = {}
    for factory, inline in admin.get_formsets_with_inlines(request, obj):
        prefix = factory.get_default_prefix()
        seen[prefix] = seen.get(prefix, 0) + 1
        yield prefix if seen[prefix] == 1 else f"{prefix}-{seen[prefix]}", factory, inline


class Guard:
    """Compares one form, and the tables of rows below it, with what its page was opened with."""

    def __init__(self, admin: Any, request: HttpRequest, obj: Any) -> None:
        self.admin = admin
        self.request = request
        self.obj = obj
        self.unsaved: list[str] = []
        self.opened = Opened.read(request.POST.get(OPENED, ""))

    def now(self, form: BaseForm) -> Opened:
        """The present state, for the page that is about to be shown."""
        digests = {name: digest(value) for name, value in _values(form)}
        return Opened(
            timezone.now(), digests | {name: rows for name, _label, rows, _shown in self._rows()}
        )

    def _rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Prefix, label, digest and words of each table of rows below the form."""
        for prefix, factory, inline in tables(self.admin, self.request, self.obj):
            formset = factory(
                instance=self.obj, prefix=prefix, queryset=inline.get_queryset(self.request)
            )
            forms = formset.initial_forms
            rows = [form.instance for form in forms]
            texts = [
                f"{form.instance.pk}:{ {name: str(value) for name, value in _values(form)} }"
                for form in forms
            ]
            label = str(inline.verbose_name_plural)
            yield (
                f"rows:{prefix}",
                label[:1].upper() + label[1:],
                digest(texts),
                "; ".join(str(row) for row in rows),
            )

    def moved(self, form: BaseForm) -> list[Moved]:
        """What is not any more what the page was opened with, and would be written over."""
        if self.opened is None:
            return []
        was = self.opened.digests
        found = []
        for name, value in _values(form):
            typed = form.cleaned_data.get(name)
            if was.get(name) != digest(value) and digest(typed) != digest(value):
                field = form.fields[name]
                label = str(field.label or name.replace("_", " ").capitalize())
                touched = digest(typed) != was.get(name)
                found.append(
                    Moved(
                        name, label, self._shown(field, name, value), _word(field, typed), touched
                    )
                )
        for name, label, rows, shown in self._rows():
            if was.get(name) != rows:
                found.append(
                    Moved(
                        name,
                        label,
                        shown or _("none"),
                        _("as they are on this page"),
                        touched=True,
                    )
                )
        return found

    def _shown(self, field: Field, name: str, value: Any) -> str:
        return _word(
            field, getattr(self.obj, name, value) if isinstance(field, ModelChoiceField) else value
        )

    def touched(self, form: BaseForm) -> list[str]:
        """The labels of fields in which something was typed since the page was opened."""
        was = (
            self.opened.digests
            if self.opened
            else {name: digest(value) for name, value in _values(form)}
        )
        return [
            str(form.fields[name].label or name)
            for name, _value in _values(form)
            if name in form.changed_data and digest(form.cleaned_data.get(name)) != was.get(name)
        ]

    def takes(self, name: str) -> bool:
        """Whether the person wants what stands there now."""
        return self.request.POST.get(f"{TAKE}{name}") == "there"


def _word(field: Field, value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, models.QuerySet | list | tuple):
        return ", ".join(map(str, value)) or _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = (
        dict(_flat(getattr(field, "choices", None) or ()))
        if not isinstance(field, ModelChoiceField)
        else {}
    )
    return str(choices.get(value, "" if value is None else value)) or _("empty")


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield value, label


class GuardedForm(FormBase):
    """Mixed into an admin's form."""

    guard: Guard
    quicksync_moved: tuple[Moved, ...] = ()

    def clean(self) -> Any:
        """Take what the person chose to take, then refuse what would be written over unseen."""
        for name, field in self.fields.items():
            if self.guard.takes(name):
                value = getattr(self.instance, name, None) if hasattr(self.instance, name) else None
                kept = self.get_initial_for_field(field, name) if value is None else value
                self.cleaned_data[name] = kept.all() if hasattr(kept, "all") else kept
                self.errors.pop(name, None)
        cleaned = super().clean()
        self.quicksync_moved = tuple(self.guard.moved(self))
        if self.quicksync_moved:
            self.add_error(None, self.guard.admin.quicksync_moved_sentence(self.guard))
        elif self.guard.unsaved:
            self.add_error(None, _("Nothing was saved or fetched: see above what you would lose."))
        return cleaned


class GuardedRows(RowsBase):
    """Mixed into the rows of a list with editable columns: what was changed since the list was
    opened is not written over unseen. Saving once more does so.
    """

    opened: Opened | None
    guards: Any

    def clean(self) -> None:
        super().clean()
        for form in self.initial_forms if self.opened else ():
            for name in form.changed_data:
                self._compare(form, name, form.get_initial_for_field(form.fields[name], name))

    def _compare(self, form: Any, name: str, now: Any) -> None:
        was = self.opened.digests.get(f"{form.instance.pk}:{name}") if self.opened else None
        if was in (None, digest(now)) or not self.guards(form.instance):
            return
        told = _(
            "This was changed while the list was open: it is “%(now)s” now. Nothing is saved yet;"
            " save again to write what stands here over it."
        )
        form.add_error(name, told % {"now": _word(form.fields[name], now)})


def opened_rows(formset: Any) -> str:
    """What a list carries: the present state of its editable columns, signed."""
    digests = {
        f"{form.instance.pk}:{name}": digest(value)
        for form in formset.initial_forms
        for name, value in _values(form)
    }
    return Opened(timezone.now(), digests).signed()


class GuardsForms(Base):
    """Put before a ModelAdmin: its change pages do not write back what they were opened with."""

    def quicksync_guards(self, obj: Any) -> bool:
        """Whether anybody but this page changes the object."""
        return True

    def quicksync_moved_sentence(self, guard: Guard) -> str:
        """Who changed it meanwhile, and when."""
        return _(
            "This was changed while the page was open. Nothing is saved yet: choose which"
            " values to keep."
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if (
            obj is None
            or not change
            or "_saveasnew" in request.POST
            or not self.quicksync_guards(obj)
        ):
            return form
        guard = getattr(request, GUARD, None)
        if guard is None or guard.obj != obj:
            guard = Guard(self, request, obj)
            setattr(request, GUARD, guard)
        return type(form.__name__, (GuardedForm, form), {"guard": guard})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        using = router.db_for_write(self.model)
        with transaction.atomic(using=using):
            # Whoever else writes this record waits until it is saved, so that what is compared is
            # what is there.
            obj = self.get_object(request, unquote(object_id))
            if obj is not None:
                rows = self.model._base_manager.using(using).filter(pk=obj.pk)
                no_key = connections[using].features.has_select_for_no_key_update
                list(rows.select_for_update(no_key=no_key).values_list("pk"))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        made = super().get_changelist_formset(request, **kwargs)
        with_guard = {
            "opened": Opened.read(request.POST.get(OPENED, "")),
            "guards": staticmethod(self.quicksync_guards),
        }
        return type(made.__name__, (GuardedRows, made), with_guard)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        guard = getattr(request, GUARD, None)
        if guard is not None and guard.takes(f"rows:{formset.prefix}"):
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
            return
        super().save_formset(request, form, formset, change)

    def quicksync_opened(self, context: dict[str, Any]) -> dict[str, Any]:
        """What the page carries: the present state, signed, and what has moved."""
        form: Any = context["adminform"].form
        if not isinstance(form, GuardedForm):
            return {}
        return {
            "quicksync_opened": form.guard.now(form).signed(),
            "quicksync_moved": form.quicksync_moved,
            "quicksync_unsaved": form.guard.unsaved,
        }


def wrap(response: TemplateResponse, template: str, extra: dict[str, Any]) -> None:
    """Put our blocks around whatever template the page has."""
    around = {
        "quicksync_base": response.resolve_template(response.template_name),
        "quicksync_style": STYLE,
    }
    response.context_data = {**(response.context_data or {}), **extra, **around}
    response.template_name = template
