"""allauth's QuickBooks provider with our endpoints and keys: it carries the handshake, never a
login.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.quickbooks.provider import QuickBooksOAuth2Provider
from allauth.socialaccount.providers.quickbooks.views import QuickBooksOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

from quicksync.quickbooks.online.transport import addresses
from quicksync.quickbooks.online.transport.oauth import HARD_EXPIRY_HEADER
from quicksync.quickbooks.port import AppKeys


class ConnectAdapter(QuickBooksOAuth2Adapter):
    """The handshake's endpoints and keys. The state that allauth keeps is bound to the browser's
    session.
    """

    basic_auth = True
    headers: ClassVar[dict[str, str]] = {"Accept": "application/json", HARD_EXPIRY_HEADER: "true"}

    def __init__(self, request: HttpRequest, keys: AppKeys | None = None) -> None:
        super().__init__(request)
        # None where only the state is asked for: the way back says by its state which connection it
        # is about.
        self.keys = keys or AppKeys(environment="")
        self.authorize_url = addresses.authorize()
        self.access_token_url = addresses.token()

    def get_provider(self) -> ConnectProvider:
        """The provider with the keys in force; nothing of it is stored in allauth's tables."""
        app = SocialApp(
            provider=self.provider_id,
            name="quicksync",
            client_id=self.keys.client_id,
            secret=self.keys.client_secret,
        )
        return ConnectProvider(self.request, app=app)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The redirect address, to be entered exactly so in Intuit's developer portal."""
        return request.build_absolute_uri(reverse("quicksync:callback"))

    def exchange(self) -> dict[str, Any]:
        """Intuit's answer to the code of this request. Raises OAuth2Error or RequestException."""
        app = self.get_provider().app
        answer: dict[str, Any] = self.get_access_token_data(
            self.request, app, self.get_client(self.request, app)
        )
        return answer


class ConnectProvider(QuickBooksOAuth2Provider):
    """The provider, asking for the accounting scope alone: whose login it was does not matter."""

    oauth2_adapter_class = ConnectAdapter

    def get_scope(self) -> list[str]:
        """The one scope that is needed."""
        return [addresses.SCOPE]
