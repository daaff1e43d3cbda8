"""What a connection's page shows above its settings: how it stands, what goes on, what waits for a
person.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.admin.connection.learned import Fact, Learned, learned
from quicksync.admin.parts import pills, present
from quicksync.admin.parts.base import address, may
from quicksync.admin.parts.openable import may_open
from quicksync.admin.parts.page_links import Link
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.wording import moment
from quicksync.admin.run.progress import Progress, progress, started
from quicksync.local import pages
from quicksync.models import Connection, EntityMapping, SyncRun
from quicksync.quickbooks.loading import signing_in, title_of, trouble_with
from quicksync.sync.access import standing
from quicksync.sync.monitor import findings
from quicksync.sync.plan import first_run

WARN_DAYS = 14
PROBLEMS = (
    EntityMapping.State.FAILED,
    EntityMapping.State.CONFLICT,
    EntityMapping.State.HELD,
    EntityMapping.State.UNKNOWN,
    EntityMapping.State.DRIFTED,
)
SHOWN_STATES = (*PROBLEMS, EntityMapping.State.PENDING, EntityMapping.State.EXCLUDED)
RECENT_RUNS = 5


@dataclass(frozen=True)
class Banner:
    """How the connection stands: a title, what happens next, and which button is offered first."""

    tone: str
    title: str
    text: str
    button: str = ""

    @property
    def sign(self) -> str:
        return pills.SIGNS[self.tone]


@dataclass(frozen=True)
class Waiting:
    """Records in one state, with the list that shows them."""

    pill: Pill
    count: int
    url: str


@dataclass(frozen=True)
class RecentRun:
    """One of the latest runs."""

    url: str
    title: str
    pill: Pill
    summary: str


@dataclass(frozen=True)
class Page:
    """All of it."""

    banner: Banner
    facts: tuple[Fact, ...]
    learned: Learned | None
    waiting: tuple[Waiting, ...]
    runs: tuple[RecentRun, ...]
    active: Progress | None
    line: tuple[Link, ...]
    draft: SyncRun | None
    unseen: str
    signs_in: bool
    connect_url: str
    redirect_uri: str
    sign_out_url: str
    may: dict[str, bool]
    links: tuple[Link, ...]


def page(request: HttpRequest, connection: Connection) -> Page:
    """Everything above the settings; the same few queries for every connection."""
    runs = list(connection.runs.select_related("user", "connection")[: RECENT_RUNS + 1])
    line = [run for run in reversed(runs) if run.state == SyncRun.State.QUEUED]
    draft = next((run for run in runs if run.state == SyncRun.State.DRAFT), None)
    active = next((run for run in runs if run.is_active), None)
    first = first_run.of(connection)
    days = standing.of([connection.pk])[connection.pk].days_left if connection.is_live else None
    signs_in = connection.edition in signing_in()
    # What carries anything over needs the edition.
    goes = not trouble_with(connection.edition)
    return Page(
        banner=banner(connection, first, days),
        facts=facts(connection, days, goes=bool(first.approved)),
        waiting=waiting(request, connection),
        learned=learned(connection),
        runs=tuple(_recent(run) for run in runs[:RECENT_RUNS]),
        active=progress(active) if active else None,
        line=tuple(Link(started(run), address("syncrun", "change", run.pk)) for run in line),
        draft=draft,
        unseen=(
            ", ".join(present.kind_word(kind) for kind in first.waiting) if first.approved else ""
        ),
        signs_in=signs_in,
        connect_url=_connect() if signs_in else "",
        redirect_uri=request.build_absolute_uri(_reverse("callback")),
        sign_out_url=_reverse("sign_out") if signs_in else "",
        may={what: goes and may(request, what) for what in ("preview", "run", "resolve")}
        | {"connect": may(request, "connect")}
        | {"history": may_open(request, address("syncrun", "changelist"))},
        links=links(request, connection),
    )


def links(request: HttpRequest, connection: Connection) -> tuple[Link, ...]:
    """The other pages about this connection that the user may open."""
    own, which = f"?connection__id__exact={connection.pk}", (connection.pk,)
    lists = (
        Link(_("History"), address("syncrun", "changelist") + own),
        Link(_("Skipped records"), address("skippedrecord", "changelist") + own),
        Link(_("Records"), address("entitymapping", "changelist") + own),
        Link(_("Codes"), address("connection", "codes", *which)),
        Link(
            _("Changes of settings"), f"{address('connection', 'audit')}?connection={connection.pk}"
        ),
        Link(_("Health"), address("connection", "health_of", *which)),
    )
    found = [link for link in lists if may_open(request, link.url)]
    if request.user.has_perm("quicksync.change_connection"):
        found.append(Link(_("Presets"), address("connection", "preset", *which)))
    if connection.connected_at and may(request, "history"):
        found.append(Link(_("Import older records"), address("connection", "past", *which)))
    if may(request, "connect"):
        found.append(Link(_("Set-up"), address("connection", "setup")))
    return tuple(found)


def _connect() -> str:
    """Where Connect leads, with the admin site to come back to."""
    url = _reverse("connect")
    return f"{url}?{urlencode({'site': pages.current()})}" if url and pages.current() else url


def _reverse(name: str) -> str:
    """An address of quicksync's endpoints; "" in a project that has not included them yet."""
    try:
        return reverse(f"quicksync:{name}")
    except NoReverseMatch:
        return ""


def _recent(run: SyncRun) -> RecentRun:
    return RecentRun(
        address("syncrun", "change", run.pk),
        f"{moment(run.started_at)} · {run.get_trigger_display()}",
        pills.of_run(run),
        _outcome(run),
    )


def _outcome(run: SyncRun) -> str:
    """What a run came to, in a line: its counts, or why it stopped before there were any."""
    if run.counts:
        return present.summary(run.counts)
    why = present.run_reason(run)
    if why is not None and not run.is_to_come:
        return why.sentence
    return "" if run.is_to_come else present.summary(run.counts)


def banner(connection: Connection, first: first_run.First, days: int | None) -> Banner:
    """The one thing to know first; `days` until the access ends, where that is known."""
    if gone := findings.edition_gone(connection):
        title = _("Nothing is synced: the edition of this connection cannot be used")
        ended = connection.status == Connection.Status.DISCONNECTED
        said = [gone.sentence, gone.fix, connection.clock.last_error if ended else ""]
        return Banner(pills.BAD, title, " ".join(said).strip())
    if connection.status != Connection.Status.CONNECTED:
        return _not_connected(connection)
    if connection.paused:
        reason = connection.pause_reason or _("No reason was given.")
        return Banner(
            pills.WARN,
            _("Paused: nothing is synced automatically until you resume"),
            reason,
            "resume",
        )
    if days is not None and days <= WARN_DAYS:
        return Banner(
            pills.WARN,
            _ends(days),
            _("Connect again now; nothing is lost and syncing continues."),
            "connect",
        )
    if connection.clock.failures and connection.clock.last_error:
        return Banner(
            pills.WARN, _("Connected, but the last run stopped"), connection.clock.last_error
        )
    if first.all_wait:
        text = _(
            "Look at a preview and approve it: until then nothing is synced, not even"
            " automatically."
        )
        return Banner(
            pills.INFO,
            _("Connected: the first synchronization is waiting for you"),
            text,
            "preview",
        )
    if not first.approved:
        return Banner(
            pills.OK, _("Connected"), _("Nothing is switched on yet, so nothing is synced.")
        )
    return Banner(pills.OK, _("Connected"), _how_it_runs(connection))


def _ends(days: int) -> str:
    if days < 1:
        return _("Access ends in less than a day")
    if days == 1:
        return _("Access ends in one day")
    return _("Access ends in %(n)d days") % {"n": days}


def _not_connected(connection: Connection) -> Banner:
    if connection.status == Connection.Status.EXPIRED:
        cause = connection.clock.last_error or _("This site no longer has access to QuickBooks.")
        kept = _("What is waiting is kept, and sent after you reconnect.")
        return Banner(pills.BAD, _("Access expired"), f"{cause} {kept}", "connect")
    if connection.status == Connection.Status.DISCONNECTED:
        text = _(
            "Pairs and history are kept. Connect the same company again to continue where"
            " it stopped."
        )
        return Banner(
            pills.OFF, _("Disconnected"), f"{connection.clock.last_error} {text}".strip(), "connect"
        )
    if connection.edition not in signing_in():
        text = _("%(edition)s is connected without signing in at Intuit.") % {
            "edition": title_of(connection.edition)
        }
        return Banner(pills.INFO, _("Not connected yet"), text)
    text = _("Press Connect: you log in at Intuit, choose the company, and come back to this page.")
    if not _reverse("callback"):
        text = _("It cannot be connected until the project's addresses are complete.")
    return Banner(pills.INFO, _("Not connected yet"), text, "connect")


def _how_it_runs(connection: Connection) -> str:
    if connection.sync_type == Connection.SyncType.MANUAL:
        return _("Nothing is synced until you press a button.")
    every = ngettext("every minute", "every %(n)d minutes", connection.interval_minutes) % {
        "n": connection.interval_minutes
    }
    if connection.live:
        return _("Changes are sent within seconds, and both sides are compared %(every)s.") % {
            "every": every
        }
    return _("Both sides are compared %(every)s.") % {"every": every}


def facts(connection: Connection, days: int | None, *, goes: bool) -> tuple[Fact, ...]:
    """How the connection stands: `days` until the access ends, and when it `goes` on by itself;
    unknown lines are left out.

    What is known of the company: `learned`.
    """
    clock, by_itself = connection.clock, connection.is_scheduled and goes
    lines = {
        _("Company id"): connection.realm_id,
        _("Environment"): connection.get_environment_display(),
        _("Access"): (
            ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
            if days is not None
            else ""
        ),
        _("Calls this month"): calls(connection) if connection.connected_at else "",
        _("Last run"): moment(clock.last_run_at),
        _("Next run"): moment(clock.next_sync_at) if by_itself else "",
    }
    return tuple(Fact(label, value) for label, value in lines.items() if value)


def calls(connection: Connection) -> str:
    """API calls of this month. What the plan at Intuit allows is for all companies together: see
    Health.
    """
    clock, this_month = connection.clock, f"{timezone.now():%Y-%m}"
    made, reads = (clock.calls, clock.reads) if clock.calls_month == this_month else (0, 0)
    return _("%(made)s, including %(reads)s metered reads") % {
        "made": f"{made:,}",
        "reads": f"{reads:,}",
    }


def waiting(request: HttpRequest, connection: Connection) -> tuple[Waiting, ...]:
    """How many records are not in step, by state; states without records are left out."""
    found = (
        EntityMapping.objects.filter(connection=connection, state__in=SHOWN_STATES)
        .values_list("state")
        .annotate(n=Count("id"))
        .order_by()
    )
    counts = dict(found)
    return tuple(
        _waiting(request, connection, state, counts[state])
        for state in SHOWN_STATES
        if counts.get(state)
    )


def _waiting(
    request: HttpRequest, connection: Connection, state: EntityMapping.State, count: int
) -> Waiting:
    model = "skippedrecord" if state in SKIPPED_STATES else "entitymapping"
    chosen = f"connection__id__exact={connection.pk}&state__exact={state.value}"
    url = f"{address(model, 'changelist')}?{chosen}"
    return Waiting(pills.of_state(state), count, url if may_open(request, url) else "")


SKIPPED_STATES = (
    EntityMapping.State.EXCLUDED,
    EntityMapping.State.HELD,
    EntityMapping.State.FAILED,
    EntityMapping.State.CONFLICT,
)
