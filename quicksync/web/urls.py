"""Addresses of quicksync's endpoints; a project says `path("quicksync/",
include("quicksync.web.urls"))` once.
"""

from __future__ import annotations

from django.urls import path

from quicksync.web import authorization, from_intuit, webhook

app_name = "quicksync"

urlpatterns = [
    path("connect/", authorization.connect, name="connect"),
    path("callback/", authorization.callback, name="callback"),
    path("launch/", from_intuit.launch, name="launch"),
    path("reconnect/", from_intuit.reconnect, name="reconnect"),
    path("sign-out/", from_intuit.sign_out, name="sign_out"),
    path("disconnected/", from_intuit.disconnected, name="disconnected"),
    path("webhook/", webhook.receive, name="webhook"),
]
