"""What the pages of a connection say of its edition."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from quicksync import tasks
from quicksync.conf import settings as settings_of
from quicksync.models import Category, Connection, ConnectionAccess, SyncRun
from quicksync.sync.monitor import findings, health
from quicksync.sync.runs import dispatching
from tests.models import make

PAPER = "tests.contracts.polled_edition.PolledEdition"


def page_of(client, connection):
    path = reverse("admin:quicksync_connection_change", args=[connection.pk])
    return client.get(path).content.decode()


def test_the_form_offers_the_editions_that_are_there_by_their_names(admin_client, db, settings):
    settings.QUICKSYNC = {"EDITIONS": {**settings_of.editions, "paper": PAPER, "gone": "no.Where"}}
    form = admin_client.get(reverse("admin:quicksync_connection_add")).context["adminform"].form
    assert form.fields["edition"].choices == [
        ("online", "QuickBooks Online"),
        ("paper", "A company on paper"),
    ]
    assert form["edition"].value() == "online"


def test_a_connection_without_a_sign_in_is_not_told_of_intuit(admin_client, db, settings):
    settings.QUICKSYNC = {"EDITIONS": {"paper": PAPER}}
    made = Connection.objects.create(name="Paper")
    text = admin_client.get(
        reverse("admin:quicksync_connection_change", args=[made.pk])
    ).content.decode()
    assert "A company on paper is connected without signing in at Intuit." in text
    for words in ("Redirect URI", "Sign out at Intuit", ">Connect<", "Press Connect"):
        assert words not in text


def test_the_page_of_a_connected_company_names_its_edition(admin_client, db):
    made = Connection.objects.create(name="Main", realm_id="1", status="connected")
    text = page_of(admin_client, made)
    assert "QuickBooks Online" in text
    assert 'name="edition"' not in text


class TestWhatHasLeftTheSettings:
    """A line of the settings is gone; the connection, its pairs and its history are not."""

    SENTENCE = (
        "There is no edition &quot;gone&quot;. QUICKSYNC[&quot;EDITIONS&quot;] names: online."
    )

    @pytest.fixture
    def left(self, connection):
        Connection.objects.update(edition="gone")
        Category.objects.update(enabled=True, approved_at=connection.connected_at)
        connection.refresh_from_db()
        return connection

    @pytest.mark.parametrize("status", Connection.Status.values)
    def test_its_page_says_what_is_wrong_and_what_to_do(self, left, admin_client, status):
        Connection.objects.update(status=status)
        text = page_of(admin_client, left)
        assert "Nothing is synced: the edition of this connection cannot be used" in text
        assert self.SENTENCE in text
        assert "Put it back into QUICKSYNC" in text
        assert "QuickBooks Online" not in text or status == "new"
        for words in (">Preview<", ">Synchronize now<", ">Reconcile<", ">Reconnect<"):
            assert words not in text

    def test_so_it_does_before_it_had_any_categories(self, left, admin_client):
        Category.objects.all().delete()
        assert self.SENTENCE in page_of(admin_client, left)

    def test_it_can_be_renamed_meanwhile(self, left, admin_client):
        path = reverse("admin:quicksync_connection_change", args=[left.pk])
        form = admin_client.get(path).context["adminform"].form
        data = {name: "" if value is None else value for name, value in form.initial.items()}
        before = left.options
        answer = admin_client.post(path, {**data, "name": "Old books"})
        assert answer.status_code == 302, answer.context["errors"]
        left.refresh_from_db()
        assert (left.name, left.edition, left.options) == ("Old books", "gone", before)
        assert Category.objects.filter(connection=left, enabled=True).exists()

    @pytest.mark.parametrize("page", ["codes", "reconcile", "preset", "list", "category"])
    def test_pages_that_need_the_edition_lead_back_to_it(self, left, rows, admin_client, page):
        rows.remote()
        category = Category.objects.first()
        path = {
            "list": lambda: reverse("admin:quicksync_connection_list", args=[left.pk, "account"]),
            "category": lambda: reverse("admin:quicksync_category_change", args=[category.pk]),
        }.get(page, lambda: reverse(f"admin:quicksync_connection_{page}", args=[left.pk]))()
        answer = admin_client.get(path, follow=True)
        assert answer.redirect_chain
        assert answer.redirect_chain[-1][0] == reverse(
            "admin:quicksync_connection_change", args=[left.pk]
        )
        assert self.SENTENCE in answer.content.decode()

    @pytest.mark.parametrize(
        "page", ["health_of", "past", "changelist", "entitymapping", "syncrun", "skippedrecord"]
    )
    def test_the_others_are_as_ever(self, left, rows, admin_client, page):
        rows.operation(rows.draft())
        if page in ("health_of", "past"):
            path = reverse(f"admin:quicksync_connection_{page}", args=[left.pk])
        else:
            model = "connection" if page == "changelist" else page
            path = reverse(f"admin:quicksync_{model}_changelist")
        assert admin_client.get(path).status_code == 200

    def test_no_button_begins_a_run(self, left, admin_client):
        for button in ("synchronize", "preview", "read_again"):
            path = reverse(f"admin:quicksync_connection_{button}", args=[left.pk])
            assert self.SENTENCE in admin_client.post(path, follow=True).content.decode()
        assert not SyncRun.objects.exists()

    def test_it_can_be_disconnected_with_a_word_about_the_access(self, left, admin_client):
        make.put(left, refresh_token="secret-refresh")
        path = reverse("admin:quicksync_connection_disconnect", args=[left.pk])
        text = admin_client.post(path, follow=True).content.decode()
        left.refresh_from_db()
        assert left.status == "disconnected"
        assert "remove the app in QuickBooks too, under My Apps" in text
        assert not ConnectionAccess.objects.get(connection=left).refresh_token

    def test_nobody_is_sent_to_intuit_for_it(self, left, admin_client):
        Connection.objects.update(status="expired")
        answer = admin_client.post(
            reverse("quicksync:connect"), {"connection": left.pk}, follow=True
        )
        assert self.SENTENCE in answer.content.decode()

    def test_health_and_doctor_tell_it(self, left):
        (found,) = [
            one
            for one in findings.of_connection(health.of([left])[0])
            if one.code == "edition-gone"
        ]
        assert found.sentence.startswith('There is no edition "gone".')
        assert "disconnect" in found.fix

    @pytest.mark.django_db(transaction=True)
    def test_a_run_at_work_ends_with_the_reason(self, left):
        run = make.run(left, phase="read")
        assert tasks.work(run.pk) == "done"
        run.refresh_from_db()
        assert (run.state, run.reason) == ("failed", "edition-gone")
        assert run.reason_values["detail"].startswith('There is no edition "gone".')

    def test_what_time_brings_goes_on_for_the_others(self, left):
        other = make.connection("2")
        assert dispatching.dispatch() == 2
        assert tasks.cycle(left.pk) is None
        assert dispatching.cycle_of(other.pk, holder="me") is not None
        assert not SyncRun.objects.filter(connection=left).exists()

    @pytest.mark.parametrize("command", ["quicksync_sync", "quicksync_reconcile"])
    def test_commands_say_so(self, left, command):
        with pytest.raises(CommandError, match='There is no edition "gone"'):
            call_command(command)

    def test_one_that_was_never_connected_may_get_another(self, left, admin_client):
        Connection.objects.update(status="new", realm_id="", connected_at=None)
        text = page_of(admin_client, left)
        assert self.SENTENCE in text
        assert "Choose another edition" in text
        assert '<option value="online"' in text
