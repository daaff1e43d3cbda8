"""The project's addresses with a second admin site, and no books: the office has quicksync's pages
and the yard's.
"""

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.urls import include, path

from quicksync.admin import register_on
from quicksync.admin.mixin import SyncedAdmin
from tests.hosts.yard.models import Firm

office = AdminSite(name="office")
register_on(office)


class FirmAdmin(SyncedAdmin, admin.ModelAdmin):
    """The yard's customers, with quicksync's buttons."""


office.register(Firm, FirmAdmin)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("office/", office.urls),
    path("quicksync/", include("quicksync.web.urls")),
]
