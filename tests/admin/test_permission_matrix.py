"""I18, X37: every page and every act of quicksync against every role; a page that is missing here
fails the test.
"""

from __future__ import annotations

import re

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.urls import reverse

from quicksync.models import (
    Alert,
    Attempt,
    Bookmark,
    CodeMapping,
    Reconciliation,
    WebhookDelivery,
)
from quicksync.web.urls import urlpatterns

ROLES = ("stranger", "staff", "viewer", "office", "operator", "superuser")
NOBODY: tuple[str, ...] = ()
ADMINS = ("superuser",)
OPERATORS = ("operator", "superuser")
OFFICE = ("office", *OPERATORS)
VIEWERS = ("viewer", *OFFICE)

# Page -> who may open it. The viewer has view_connection alone, the staff member nothing.
READ = {
    "connection_changelist": VIEWERS,
    "connection_change": VIEWERS,
    "connection_history": VIEWERS,
    "connection_audit": VIEWERS,
    "connection_health": VIEWERS,
    "connection_health_of": VIEWERS,
    "connection_add": OPERATORS,
    "connection_setup": OPERATORS,
    "connection_preset": OPERATORS,
    "connection_past": OPERATORS,
    "connection_disconnect": OPERATORS,
    "connection_reconcile": OFFICE,
    "connection_reconcile_progress": OFFICE,
    "connection_codes": OFFICE,
    "category_changelist": VIEWERS,
    "category_change": VIEWERS,
    "category_history": VIEWERS,
    "syncrun_changelist": OFFICE,
    "syncrun_change": OFFICE,
    "syncrun_history": OFFICE,
    "syncrun_progress": OFFICE,
    "syncrun_csv": OFFICE,
    "operation_changelist": OFFICE,
    "operation_change": OFFICE,
    "operation_history": OFFICE,
    "entitymapping_changelist": OFFICE,
    "entitymapping_change": OFFICE,
    "entitymapping_history": OFFICE,
    "skippedrecord_changelist": OFFICE,
    "codemapping_changelist": OFFICE,
    "codemapping_change": OFFICE,
    "codemapping_history": OFFICE,
    "codemapping_add": OFFICE,
    "codemapping_delete": OPERATORS,
    "bookmark_changelist": OFFICE,
    "bookmark_change": OFFICE,
    "bookmark_history": OFFICE,
    "bookmark_add": OFFICE,
    "bookmark_delete": OPERATORS,
    "alert_changelist": OFFICE,
    "alert_change": OFFICE,
    "alert_history": OFFICE,
    "attempt_changelist": OPERATORS,
    "attempt_change": OPERATORS,
    "attempt_history": OPERATORS,
    "webhookdelivery_changelist": OPERATORS,
    "webhookdelivery_change": OPERATORS,
    "webhookdelivery_history": OPERATORS,
    "remoterecord_changelist": ADMINS,
    "remoterecord_change": ADMINS,
    "remoterecord_history": ADMINS,
    # What happened is never written or erased by hand, and a connected company is disconnected
    # first.
    "connection_delete": NOBODY,
}
JOURNALS = (
    "syncrun",
    "operation",
    "entitymapping",
    "skippedrecord",
    "alert",
    "attempt",
    "webhookdelivery",
    "remoterecord",
)
READ |= {
    f"{model}_{page}": NOBODY for model in (*JOURNALS, "category") for page in ("add", "delete")
}
# Act -> who may do it, by POST.
DO = {
    "connection_synchronize": OFFICE,
    "connection_preview": OFFICE,
    "connection_reconcile": OFFICE,
    "connection_codes": OFFICE,
    "connection_read_again": OFFICE,
    "connection_pause": OFFICE,
    "connection_resume": OFFICE,
    "connection_disconnect": OPERATORS,
    "connection_setup": OPERATORS,
    "connection_preset": OPERATORS,
    "connection_past": OPERATORS,
    "syncrun_approve": OFFICE,
    "syncrun_discard": OFFICE,
    "syncrun_skip": OFFICE,
    "syncrun_retry": OFFICE,
    "syncrun_cancel": OFFICE,
    "entitymapping_resolve": OFFICE,
}
# Addresses outside the admin; Intuit's webhooks prove themselves by their signature.
STAFF = ROLES[1:]
WEB = {
    "connect": OPERATORS,
    "callback": OPERATORS,
    "launch": STAFF,
    "reconnect": STAFF,
    # These two change nothing by themselves and tell nothing: Intuit sends people to them who may
    # have no account.
    "disconnected": ROLES,
    "sign_out": ROLES,
    "webhook": NOBODY,
}
# Pages that only take something else than a plain page does.
ELSEWHERE = {
    "skippedrecord_change": "needs a skipped record: as entitymapping_change",
    "skippedrecord_resolve": "as entitymapping_resolve",
    "skippedrecord_history": "as entitymapping_history",
    "codemapping_suggest": "tests/admin/test_pages.py",
    "connection_list": "tests/admin/connection/test_learned.py",
}
ACCOUNT = (
    '{"Id": "79", "Name": "Sales", "AccountType": "Income", "Active": true, "CurrencyRef":'
    ' {"value": "USD"}}'
)
# Refused whoever asks, before permissions matter.
REFUSED = (403, 404, 405)


@pytest.fixture
def roles(db):
    """A user for each role."""
    call_command("quicksync_groups", verbosity=0)
    made = {"stranger": None, "superuser": User.objects.create_superuser("superuser")}
    for name in ("staff", "viewer", "office", "operator"):
        made[name] = User.objects.create_user(name, is_staff=True)
    made["viewer"].user_permissions.set(Permission.objects.filter(codename="view_connection"))
    for name in ("office", "operator"):
        made[name].groups.add(Group.objects.get(name=f"QuickBooks {name}"))
    return made


@pytest.fixture
def objects(rows):
    """A row of each model."""
    run = rows.draft()
    operation = rows.operation(run)
    Reconciliation.objects.create(connection=rows.connection)
    return {
        "connection": rows.connection,
        "category": rows.connection.categories.first(),
        "syncrun": run,
        "operation": operation,
        "entitymapping": operation.mapping,
        "skippedrecord": rows.mapping(state="excluded"),
        "remoterecord": rows.remote(),
        "codemapping": CodeMapping.objects.create(
            connection=rows.connection, kind="tax_code", code="VAT"
        ),
        "bookmark": Bookmark.objects.create(name="Mine", model_label="books.invoice"),
        "attempt": Attempt.objects.create(operation=operation, outcome="done"),
        "webhookdelivery": WebhookDelivery.objects.create(digest="1", state="used"),
        "alert": Alert.objects.create(code="x", level="error", sentence="Something."),
    }


def page_of(name, objects):
    model, _, page = name.partition("_")
    plain = page in {"changelist", "add", "audit", "health", "setup", "suggest"}
    return reverse(f"admin:quicksync_{name}", args=[] if plain else [objects[model].pk])


def allowed(client, roles, role, method, url):
    """Whether this role gets through: anything but a refusal or the way to the log-in."""
    client.logout()
    if roles[role] is not None:
        client.force_login(roles[role])
    response = getattr(client, method)(url)
    if response.status_code == 302 and "/login/" in response["Location"]:
        return False
    assert response.status_code in (200, 302, *REFUSED), response.status_code
    # An absent row sends to the index of the admin.
    return response.status_code not in REFUSED and response.headers.get("Location") != reverse(
        "admin:index"
    )


@pytest.mark.parametrize("name", READ)
def test_i18_who_may_open_a_page(name, roles, objects, client):
    url = page_of(name, objects)
    found = tuple(role for role in ROLES if allowed(client, roles, role, "get", url))
    assert found == tuple(READ[name])


@pytest.mark.parametrize("name", DO)
def test_i18_who_may_do_a_thing(name, roles, objects, client):
    url = page_of(name, objects)
    found = tuple(role for role in ROLES if allowed(client, roles, role, "post", url))
    assert found == tuple(DO[name])


@pytest.mark.parametrize("name", WEB)
def test_i18_who_may_use_the_addresses_outside_the_admin(name, roles, objects, client):
    url = reverse(f"quicksync:{name}")
    method = "post" if name in {"connect", "webhook"} else "get"
    if name == "connect":
        found = tuple(
            role for role in ROLES if _connects(client, roles, role, url, objects["connection"].pk)
        )
    elif name == "webhook":
        found = tuple(
            role for role in ROLES if _logged_in(client, roles, role).post(url).status_code == 200
        )
    else:
        found = tuple(role for role in ROLES if allowed(client, roles, role, method, url))
    assert found == tuple(WEB[name])


def _logged_in(client, roles, role):
    client.logout()
    if roles[role] is not None:
        client.force_login(roles[role])
    return client


def _connects(client, roles, role, url, pk):
    response = _logged_in(client, roles, role).post(url, {"connection": pk})
    return response.status_code == 302 and "/login/" not in response["Location"]


def test_i18_no_page_is_missing_from_the_matrix():
    patterns = [
        str(pattern.name) for url in site.get_urls() for pattern in getattr(url, "url_patterns", ())
    ]
    names = {name.removeprefix("quicksync_") for name in patterns if name.startswith("quicksync_")}
    names = {name for name in names if not re.search(r"_simple_history$|_quickbooks$", name)}
    assert names - set(READ) - set(DO) - set(ELSEWHERE) == set()
    assert {pattern.name for pattern in urlpatterns} == set(WEB)


def test_i18_configuring_needs_more_than_looking(roles, objects, client):
    """The viewer and the office see the form of a connection, the operator saves it."""
    url = page_of("connection_change", objects)
    for role, text in (("viewer", False), ("office", False), ("operator", True)):
        page = _logged_in(client, roles, role).get(url).content.decode()
        assert ('name="_save"' in page) is text, role


def test_i18_only_some_see_what_was_sent(roles, objects, client):
    """Payloads carry people's data: their own permission."""
    operation = objects["operation"]
    operation.body = '{"DisplayName": "Ada"}'
    operation.save()
    url = page_of("operation_change", objects)
    for role, seen in (("office", False), ("operator", True)):
        page = _logged_in(client, roles, role).get(url).content.decode()
        assert ("DisplayName" in page) is seen, role


def test_i18_the_groups_are_put_right_again_and_keep_what_is_not_ours(roles):
    group = Group.objects.get(name="QuickBooks office")
    foreign = Permission.objects.get(codename="view_invoice", content_type__app_label="books")
    group.permissions.set([foreign])
    call_command("quicksync_groups", verbosity=0)
    codes = set(group.permissions.values_list("codename", flat=True))
    assert {"view_invoice", "run_connection", "resolve_connection"} <= codes
    assert not {"connect_connection", "change_connection", "payloads_connection"} & codes


def test_i18_who_only_looks_sees_the_default_accounts_by_name(rows, roles, objects, client):
    rows.remote(type="Account", kind="account", name="Sales", remote_id="79", payload=ACCOUNT)
    connection = objects["connection"]
    connection.options = connection.options.replace(income_account="79")
    connection.save()
    page = (
        _logged_in(client, roles, "viewer")
        .get(page_of("connection_change", objects))
        .content.decode()
    )
    assert "<div>Income account: Sales (Income)</div>" in page
    assert "<select" not in page


def test_i18_every_page_opens_for_who_may_only_look_at_everything(objects, roles, client):
    """All view permissions and no other: no page breaks for lack of a form's fields."""
    looker = roles["staff"]
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looker)
    broken = {}
    for name in [
        name for name in READ if name.partition("_")[2] in ("changelist", "change", "history")
    ]:
        answer = client.get(page_of(name, objects))
        if answer.status_code not in (200, 302, 403):
            broken[name] = answer.status_code
    for model, registered in site._registry.items():
        if model._meta.app_label == "books":
            row = model._default_manager.first()
            pages = [("changelist", []), *([("change", [row.pk])] if row else [])]
            for page, args in pages:
                url = reverse(f"admin:books_{model._meta.model_name}_{page}", args=args)
                if client.get(url).status_code != 200:
                    broken[f"{registered}"] = url
    assert not broken
