"""Addresses of the bundled project: the admin, quicksync's own endpoints, and no self-sign-up."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

# allauth is here for its handshake only: nobody signs in by it, and its tables stay empty.
for unused in (EmailAddress, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path(
        "favicon.ico",
        TemplateView.as_view(template_name="favicon.svg", content_type="image/svg+xml"),
    ),
    path("admin/", admin.site.urls),
    path("quicksync/", include("quicksync.web.urls")),
    # allauth asks for these names. Its own pages offer sign-up and account linking, so they are not
    # included: people log in at the admin, and only there.
    path(
        "accounts/login/",
        RedirectView.as_view(pattern_name="admin:login", query_string=True),
        name="account_login",
    ),
    path(
        "accounts/logout/", RedirectView.as_view(pattern_name="admin:logout"), name="account_logout"
    ),
]
