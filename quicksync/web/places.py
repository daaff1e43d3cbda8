"""Where the addresses outside of the admin lead: to its pages, on whatever site of it has them, and
to its login.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.admin.sites import AdminSite, all_sites
from django.contrib.auth.decorators import user_passes_test
from django.http import HttpResponse
from django.utils.functional import lazy

from quicksync.local import pages
from quicksync.models import Connection


def page_of(connection: Connection | None) -> str:
    """The connection's admin page, or the list of them; where no admin site is mounted, the site's
    own first page.
    """
    if connection is None:
        found = pages.url("quicksync_connection_changelist")
    else:
        found = pages.url("quicksync_connection_change", connection.pk)
    return found or "/"


def login_page() -> str:
    """The login of an admin site; "" for the project's own."""
    return pages.url("login")


def admin_site() -> AdminSite | None:
    """The admin site that a page outside of it looks like; None when none is mounted."""
    return next((one for name in pages.sites() for one in all_sites if one.name == name), None)


def staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like Django's `staff_member_required`, which fails where the only admin site is another than
    `admin.site`.
    """
    return user_passes_test(
        lambda user: user.is_active and user.is_staff, login_url=lazy(login_page, str)()
    )(view)
