"""I18: nobody is offered a link, a form or a button that would be refused."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.urls import reverse

from quicksync.models import Alert, Attempt, Bookmark, CodeMapping, Connection, WebhookDelivery

# Single permissions, as a site's own groups may have them, besides the two ready groups.
ROLES = {
    "viewer": ("view_connection",),
    "previewer": ("view_connection", "preview_connection"),
    "runner": ("view_connection", "run_connection", "view_syncrun"),
    "resolver": (
        "view_connection",
        "resolve_connection",
        "view_skippedrecord",
        "view_entitymapping",
        "view_syncrun",
    ),
    "connector": ("view_connection", "connect_connection"),
    "office": (),
    "operator": (),
    "superuser": (),
}
AWAY = ("/admin/logout/", "/admin/password_change/", "/admin/jsi18n/")


class Offers(HTMLParser):
    """The links of a page, and the addresses that its forms and buttons post to."""

    def __init__(self, base, text):
        super().__init__()
        self.base, self.links, self.posts, self._form = base, set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.add(self._path(given["href"]))
        elif tag == "form":
            self._form = (
                self._path(given.get("action") or "")
                if given.get("method", "").lower() == "post"
                else ""
            )
        elif tag == "form":
            self._form = ""
        elif tag in {"button", "input"} and given.get("type") == "submit" and self._form:
            # Django's pages that are only read are forms too, without a button.
            self.posts.add(
                self._path(given["formaction"]) if given.get("formaction") else self._form
            )

    def _path(self, href):
        parts = urlsplit(urljoin(self.base, href))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def ours(path):
    return path.startswith(("/admin/quicksync/", "/quicksync/")) and not path.startswith(AWAY)


def crawl(client, start):
    """Every page that can be reached by links, each shape of address once; the forms met on the
    way.
    """
    todo, seen, posts, refused = [start], set(), set(), []
    while todo:
        path = todo.pop()
        shape = urlsplit(path).path
        if shape in seen:
            continue
        seen.add(shape)
        response = client.get(path)
        if response.status_code >= 400 or "/login/" in response.get("Location", ""):
            refused.append((path, response.status_code))
            continue
        if "text/html" not in response.get("Content-Type", "") or response.status_code != 200:
            continue
        found = Offers(path, response.content.decode())
        posts |= {post for post in found.posts if ours(post)}
        todo += sorted(
            link for link in found.links if ours(link) and urlsplit(link).path not in seen
        )
    return seen, posts, refused


@pytest.fixture
def world(rows):
    """A row of everything: a draft with proposals and held rows, a run at work, a connection in
    each state.
    """
    for status in ("new", "expired", "disconnected"):
        Connection.objects.create(name=status, status=status)
    Connection.objects.create(name="paused", status="connected", paused=True)
    draft = rows.draft()
    operation = rows.operation(draft)
    rows.held(draft)
    rows.mapping(state="excluded")
    rows.mapping(state="held", reason="tax-code-unmapped", reason_values={"other": "VAT"})
    rows.mapping(state="conflict", reason="conflict", reason_values={})
    rows.remote()
    rows.run(state="running")
    Attempt.objects.create(operation=operation, outcome="done")
    CodeMapping.objects.create(connection=rows.connection, kind="tax_code", code="VAT")
    Bookmark.objects.create(name="Mine", model_label="books.invoice")
    WebhookDelivery.objects.create(digest="1", state="used")
    Alert.objects.create(code="x", level="error", sentence="Something.", connection=rows.connection)
    return rows.connection


def person(role):
    """A staff member with that role."""
    if role == "superuser":
        return User.objects.create_superuser(role)
    user = User.objects.create_user(role, is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=ROLES[role], content_type__app_label="quicksync")
    )
    if role in {"office", "operator"}:
        call_command("quicksync_groups", verbosity=0)
        user.groups.add(Group.objects.get(name=f"QuickBooks {role}"))
    return user


@pytest.mark.parametrize("role", ROLES)
def test_i18_what_is_offered_is_not_refused(role, world, client, settings):
    settings.QUICKSYNC = {
        "CLIENT_ID": "x",
        "CLIENT_SECRET": "y",
        "INTUIT_BASE": "http://127.0.0.1:9",
    }
    client.force_login(person(role))
    seen, posts, refused = crawl(client, reverse("admin:quicksync_connection_changelist"))
    assert not refused, refused
    assert reverse("admin:quicksync_connection_change", args=[world.pk]) in seen
    offered = sorted(posts)
    answers = {post: client.post(post, {"connection": world.pk}).status_code for post in offered}
    assert not {post: code for post, code in answers.items() if code in (403, 404, 405)}
