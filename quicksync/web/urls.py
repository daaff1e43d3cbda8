"""Addresses of quicksync's endpoints; a project says `path("quicksync/",
include("quicksync.web.urls"))` once.
"""

from __future__ import annotations

from django.urls import path

from quicksync.web import landing, oauth, webhook

app_name = "quicksync"

urlpatterns = [
    path("connect/", oauth.connect, name="connect"),
    path("callback/", oauth.callback, name="callback"),
    path("launch/", landing.launch, name="launch"),
    path("reconnect/", landing.reconnect, name="reconnect"),
    path("sign-out/", landing.sign_out, name="sign_out"),
    path("disconnected/", landing.disconnected, name="disconnected"),
    path("webhook/", webhook.receive, name="webhook"),
]
