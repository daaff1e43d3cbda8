"""Addresses of a host whose only admin site is its own."""

from django.urls import include, path

from tests.hosts.two_sites import office

urlpatterns = [path("office/", office.urls), path("quicksync/", include("quicksync.web.urls"))]
