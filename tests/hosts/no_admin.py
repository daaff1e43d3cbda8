"""Addresses of a host that has forgotten the admin."""

from django.urls import include, path

urlpatterns = [path("quicksync/", include("quicksync.web.urls"))]
