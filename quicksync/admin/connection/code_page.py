"""The codes of one company on one page: what wants a person first, each with its answer in one
click (A13, H10).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.admin.parts import pills
from quicksync.admin.parts.base import address, perform, with_edition
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.present import kind_word
from quicksync.exceptions import NotAllowed
from quicksync.models import CodeMapping, Connection
from quicksync.planning.matching.proposals import SURE
from quicksync.records import KINDS
from quicksync.sync.company import code_states, codes
from quicksync.sync.company.code_states import Book, Line, Stand
from quicksync.sync.company.known import at_hand, facts_of
from quicksync.sync.worker import wakes

# Rows of one list that are shown for a person to act on; the next ones come when these are done.
MOST_ROWS = 100
SHORT = 12


@dataclass(frozen=True)
class Offer:
    """One entry that a code may mean, ready to be a button."""

    id: str
    text: str


@dataclass(frozen=True)
class CodeRow:
    """One code as the page shows it."""

    code: str
    name: str
    pill: Pill
    entry: str
    note: str
    offers: tuple[Offer, ...]
    asked: bool


@dataclass(frozen=True)
class CodeList:
    """One list: what wants a person, what is settled, and all entries to choose from."""

    kind: str
    title: str
    care: tuple[CodeRow, ...]
    more: int
    settled: tuple[CodeRow, ...]
    names: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """Whether what is settled is shown unasked: nobody reads through a whole chart."""
        return len(self.settled) <= SHORT

    @property
    def field(self) -> str:
        """The id of the list of suggestions."""
        return f"qs-entries-{self.kind}"


@with_edition
def codes_view(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """GET shows the codes; POST confirms all sure ones, or chooses the entry of one."""
    connection = get_object_or_404(Connection, pk=pk)
    may_change = request.user.has_perm("quicksync.change_codemapping")
    if not (may_change or request.user.has_perm("quicksync.view_codemapping")):
        raise PermissionDenied
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        return _act(request, connection)
    asked = (request.GET.get("kind", ""), request.GET.get("code", ""))
    books = code_states.books(at_hand(connection))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Codes"),
        "opts": admin.opts,
        "connection": connection,
        "lists": [_list(book, asked) for book in _care_first(books, asked)],
        "sure": _sure(connection),
        "care": sum(len(book.care) for book in books),
        "may_change": may_change,
        "all_url": f"{address('codemapping', 'changelist')}?connection__id__exact={connection.pk}",
    }
    return TemplateResponse(request, "quicksync/codes.html", context)


def _sure(connection: Connection) -> int:
    rows = CodeMapping.objects.filter(connection=connection, origin=CodeMapping.Origin.PROPOSED)
    return rows.filter(confidence__gte=SURE).count()


def _care_first(books: Iterable[Book], asked: tuple[str, str]) -> list[Book]:
    return sorted(books, key=lambda book: (book.kind != asked[0], not book.care))


# --- Showing --------------------------------------------------------------------------------------


def _list(book: Book, asked: tuple[str, str]) -> CodeList:
    care = sorted(book.care, key=lambda line: (line.kind, line.code) != asked)
    return CodeList(
        kind=book.kind,
        title=kind_word(book.kind),
        care=_rows(care[:MOST_ROWS], book, asked),
        more=max(0, len(care) - MOST_ROWS),
        settled=_rows(book.settled, book, asked),
        names=tuple(sorted(set(book.names.values()))) if care else (),
    )


def _rows(lines: Iterable[Line], book: Book, asked: tuple[str, str]) -> tuple[CodeRow, ...]:
    return tuple(
        CodeRow(
            code=line.code,
            name=line.name,
            pill=_pill(line),
            entry=book.names.get(line.entry, line.entry),
            note=_note(line),
            offers=_offers(line, book),
            asked=(line.kind, line.code) == asked,
        )
        for line in lines
    )


def _pill(line: Line) -> Pill:
    if line.stand in (Stand.SURE, Stand.UNSURE):
        tone = pills.OK if line.stand is Stand.SURE else pills.WARN
        return Pill(_("Suggested, %(n)d%% sure") % {"n": line.confidence}, tone)
    text, tone = {
        Stand.LOST: (_("Inactive or gone in QuickBooks"), pills.BAD),
        Stand.OUTDATED: (_("Rate changed in QuickBooks"), pills.BAD),
        Stand.UNKNOWN: (_("Not mapped yet"), pills.WARN),
        Stand.PAIRED: (_("Kept in sync"), pills.OK),
        Stand.CHOSEN: (_("Chosen by a person"), pills.OK),
    }[line.stand]
    return Pill(text, tone)


def _note(line: Line) -> str:
    parts = []
    if line.stand is Stand.OUTDATED and line.rate is not None:
        parts.append(
            _("The rate there is now %(rate)s %%. Correct the rate here, or take the new one.")
            % {"rate": f"{line.rate.normalize():f}"}
        )
    if line.waiting:
        parts.append(
            ngettext(
                "%(n)s record is waiting for it.", "%(n)s records are waiting for it.", line.waiting
            )
            % {"n": f"{line.waiting:,}"}
        )
    return " ".join(parts)


def _offers(line: Line, book: Book) -> tuple[Offer, ...]:
    if line.stand is Stand.OUTDATED:
        return (Offer(line.entry, _("Take the new rate")),)
    return tuple(
        Offer(guess.id, book.names[guess.id]) for guess in line.guesses if guess.id in book.names
    )


# --- Acting ---------------------------------------------------------------------------------------


def _act(request: HttpRequest, connection: Connection) -> HttpResponse:
    kind, code = request.POST.get("kind", ""), request.POST.get("code", "")
    page = address("connection", "codes", connection.pk)

    def work() -> str:
        if request.POST.get("confirm"):
            return _confirmed(codes.confirm_sure(connection, user=request.user))
        entry = request.POST.get("entry") or _typed(connection, kind, request.POST.get("text", ""))
        codes.choose(connection, kind, code, entry, facts_of(connection), user=request.user)
        wakes.wake([connection.pk])
        return _(
            "%(code)s is mapped. Records that were waiting for it are synced in the next run."
        ) % {"code": code}

    perform(request, None, work, page)
    return HttpResponseRedirect(f"{page}#{kind}" if kind in KINDS else page)


def _confirmed(number: int) -> str:
    return ngettext("%(n)s code confirmed.", "%(n)s codes confirmed.", number) % {
        "n": f"{number:,}"
    }


def _typed(connection: Connection, kind: str, text: str) -> str:
    """The entry of this name, as the suggestions write it. Raises NotAllowed when it is none, or
    not the only one.
    """
    company = at_hand(connection)
    if kind not in KINDS or kind not in company.edition.can.kinds:
        raise NotAllowed(_("QuickBooks has no such list."))
    there = codes.entries_there(company, kind)
    found = [entry.id for entry in there if entry.record.label() == text.strip()]
    if len(found) != 1:
        raise NotAllowed(
            _(
                "QuickBooks has no entry “%(text)s”, or several. Choose one of the"
                " names that are offered."
            )
            % {"text": text}
        )
    return found[0]
