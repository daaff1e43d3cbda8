"""OpenID Connect: discovery, the signing key, id tokens and the signed-in person."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from quicksync.simulator.accounting.jsontext import Doc

ISSUER = "https://oauth.platform.intuit.com/op/v1"
PERSON: Doc = {
    "sub": "1182d6ec-2a1f-4aa3-af3f-bb3b95db45af",
    "givenName": "Robin",
    "familyName": "Bookkeeper",
    "email": "robin.bookkeeper@example.com",
    "emailVerified": True,
    "phoneNumber": "+1 6505550100",
    "phoneNumberVerified": False,
    "address": {"streetAddress": "2600 Marine Way", "locality": "Mountain View", "region": "CA",
                "postalCode": "94043", "country": "US"},
}  # fmt: skip


def discovery(base: str) -> Doc:
    """The discovery document, with every address at the simulator."""
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{base}/connect/oauth2",
        "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
        "jwks_uri": f"{base}/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Signer:
    """The key that id tokens are signed with; made when first needed, kept as PEM text."""

    pem: str = ""
    kid: str = "r4p5SbL2qaFehFzhj8gI"

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The private key."""
        if not self.pem:
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key = serialization.load_pem_private_key(self.pem.encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("The stored key is no RSA key.")
        return key

    def text(self) -> str:
        """The key as PEM, to be kept."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def jwks(self) -> Doc:
        """The public key as a JWK set."""
        numbers = self.key.public_key().public_numbers()
        n = _base64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big"))
        key = {
            "kty": "RSA",
            "e": _base64(numbers.e.to_bytes(3, "big")),
            "use": "sig",
            "kid": self.kid,
            "alg": "RS256",
            "n": n,
        }
        return {"keys": [key]}

    def id_token(self, client: str, realm: str, now: float, nonce: str = "") -> str:
        """A signed token of the person, for one hour; `aud` is an array."""
        claims: Doc = {
            "sub": PERSON["sub"],
            "aud": [client],
            "realmid": realm,
            "auth_time": int(now),
            "iss": ISSUER,
            "exp": int(now) + 3600,
            "iat": int(now),
        }
        if nonce:
            claims["nonce"] = nonce
        head = {"kid": self.kid, "alg": "RS256"}
        parts = ".".join(
            _base64(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims)
        )
        signature = self.key.sign(parts.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{parts}.{_base64(signature)}"
