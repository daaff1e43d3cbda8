"""Connect, reconnect and disconnect a company (A1, A4-A6, A8, A10, A13)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quicksync.exceptions import (
    AccessLost,
    Busy,
    ConfigurationError,
    KeysRefused,
    NotAllowed,
    TryLater,
)
from quicksync.local.registry import registry
from quicksync.models import (
    Category,
    Connection,
    ConnectionAccess,
    ConnectionClock,
    Operation,
    SyncRun,
)
from quicksync.models.run_values import Scope
from quicksync.options.category import CategoryOptions
from quicksync.quickbooks.loading import access_of, edition_for
from quicksync.quickbooks.port import Tokens
from quicksync.records import KINDS
from quicksync.sync.access import app_keys, tokens
from quicksync.sync.runs import ending, starting, waitlist

Status = Connection.Status


def connected(
    connection: Connection, new: Tokens, realm_id: str, *, user: Any = None
) -> SyncRun | None:
    """A person came back from QuickBooks with access to a company: keep it and have a first look at
    the company.

    Returns that look's run, None when another run is at work already. Raises NotAllowed, with the
    sentence, when it is another company than before or is connected here already.
    """
    try:
        with transaction.atomic():
            tokens.save(connection.pk, new)
            if new.refresh_expires_in:
                ConnectionAccess.objects.filter(pk=connection.pk).update(previous_refresh_token="")
            _belongs_to(connection, realm_id, user)
            ConnectionClock.objects.filter(pk=connection.pk).update(failures=0, last_error="")
    except IntegrityError as error:
        raise _taken(connection, realm_id) from error
    connection.refresh_from_db()
    categories(connection)
    # Nobody watched this side while the company was away.
    connection.categories.update(needs_scan=True)
    try:
        run: SyncRun | None = read_again(connection, user=user)
    except Busy:
        # Connected again while a run waited for QuickBooks: that run goes on with the new access.
        run = None
    waitlist.take_up(connection)
    return run


def _belongs_to(connection: Connection, realm_id: str, user: Any) -> None:
    """The connection is this company's from here on, which stands in the audit.

    The row is held: of two people who choose two companies at the same moment one is refused.
    """
    mine = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if mine.realm_id not in ("", realm_id):
        raise _another(mine)
    mine.realm_id, mine.status = realm_id, Status.CONNECTED
    mine.connected_at = mine.connected_at or timezone.now()
    mine.changed_by(user)
    mine.save(update_fields=["realm_id", "status", "connected_at"])


def read_again(connection: Connection, *, user: Any = None) -> SyncRun:
    """Read the company's set-up and lists: after connecting, and whenever somebody asks (A10).

    Raises NotAllowed when the company is not connected, Busy while another run is at work.
    """
    starting.must_be_live(connection)
    scope = Scope(kinds=tuple(_lists(connection)), setup=True)
    return starting.start(connection, trigger=SyncRun.Trigger.SETUP, user=user, scope=scope)


def _another(connection: Connection) -> NotAllowed:
    """The connection belongs to another company (A6)."""
    return NotAllowed(
        _(
            "%(connection)s belongs to %(company)s in QuickBooks. Choose that company"
            " when you connect again, or make a new connection for the other one."
        )
        % {"connection": connection, "company": connection.company_name or _("another company")}
    )


def _taken(connection: Connection, realm_id: str) -> NotAllowed:
    """The company has a live connection already (A8)."""
    rows = Connection.objects.filter(
        edition=connection.edition,
        environment=connection.environment,
        realm_id=realm_id,
        status__in=Connection.KEPT,
    )
    other = rows.exclude(pk=connection.pk).first()
    by = f"“{other}”" if other else "another connection"
    return NotAllowed(
        _(
            "This QuickBooks company is already connected on this site, by %(by)s. Use"
            " that connection, or disconnect it first."
        )
        % {"by": by}
    )


def disconnect(connection: Connection, *, user: Any = None) -> None:
    """Give the access back and forget it. Pairs, settings and history stay, so that connecting
    again goes on (A6).
    """
    secret = tokens.newest(connection.pk)
    _stop(connection, user)
    note = ""
    if secret:
        try:
            access = access_of(connection.edition)
            access.revoke(secret, app_keys.keys_for(connection.environment))
        except (TryLater, AccessLost, KeysRefused):
            # What matters is that we forget the access; it dies there unused.
            note = _(
                "Intuit could not be reached: remove the app in QuickBooks too, under My Apps."
            )
        except ConfigurationError:
            note = _(
                "The access could not be given back: remove the app in QuickBooks too, under My"
                " Apps."
            )
    _forget_access(connection, note, user)


def give_back(connection: Connection, new: Tokens, realm_id: str) -> None:
    """End access that was granted in vain, unless a connection of this site lives by it: Intuit
    ends it for all.
    """
    alive = Connection.objects.filter(
        realm_id=realm_id, status__in=(Status.CONNECTED, Status.EXPIRED)
    )
    if alive.exists():
        return
    # Unused it dies at Intuit by itself.
    with suppress(TryLater, AccessLost, KeysRefused):
        access_of(connection.edition).revoke(new.refresh, app_keys.keys_for(connection.environment))


def ended_there(connection: Connection, *, user: Any = None) -> bool:
    """Whether QuickBooks says that it lets us in no more; then the connection is disconnected here
    too (A6).

    Asked when a person comes from Intuit's own Disconnect. Raises TryLater when Intuit gives no
    answer.
    """
    try:
        tokens.renew(connection, access_of(connection.edition))
    except AccessLost:
        _stop(connection, user)
        _forget_access(connection, _("It was disconnected at Intuit."), user)
        return True
    return False


def categories(connection: Connection) -> list[Category]:
    """One category for each kind that the host has a model for, off until a person switches it on.

    Lists that the host keeps come from QuickBooks by default (A10).
    """
    edition = edition_for(connection.edition)
    served = {adapter.kind for adapter in registry.all()}
    for kind, info in KINDS.items():
        if kind in served and kind in edition.can.kinds:
            direction = Category.Direction.PULL if info.is_list else Category.Direction.BOTH
            options = CategoryOptions().fitting(edition.can.takes_back(kind))
            Category.objects.get_or_create(
                connection=connection,
                kind=kind,
                defaults={"direction": direction, "options": options},
            )
    return list(connection.categories.all())


def owed(connection: Connection) -> int:
    """How many operations are owed: waiting, on the wire or of unknown outcome."""
    return Operation.objects.filter(connection=connection, state__in=Operation.OPEN).count()


def _lists(connection: Connection) -> list[str]:
    edition = edition_for(connection.edition)
    return [kind for kind, info in KINDS.items() if info.is_list and kind in edition.can.kinds]


def _stop(connection: Connection, user: Any) -> None:
    """End the run that is at work, if there is one, and those that wait behind it."""
    waitlist.leave(connection)
    active = SyncRun.objects.filter(connection=connection, state__in=SyncRun.ACTIVE).first()
    # NotAllowed: it has ended at this very moment.
    with suppress(NotAllowed):
        if active is not None:
            ending.cancel(active, user=user)


def _forget_access(connection: Connection, note: str, user: Any) -> None:
    with transaction.atomic():
        tokens.forget(connection.pk)
        connection.refresh_from_db()
        connection.status = Status.DISCONNECTED
        connection.changed_by(user)
        connection.save(update_fields=["status"])
        ConnectionClock.objects.filter(pk=connection.pk).update(next_sync_at=None, last_error=note)
