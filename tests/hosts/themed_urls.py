"""Addresses of the host with a theme: its customers have quicksync's buttons on the theme's own
pages.
"""

from django.contrib import admin
from django.urls import include, path
from unfold.admin import ModelAdmin

from quicksync.admin.mixin import SyncedAdmin
from tests.hosts.yard.models import Firm


@admin.register(Firm)
class FirmAdmin(SyncedAdmin, ModelAdmin):
    """The yard's customers."""


urlpatterns = [path("admin/", admin.site.urls), path("quicksync/", include("quicksync.web.urls"))]
