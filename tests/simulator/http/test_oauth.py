"""OAuth 2.0 and OpenID Connect."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from quicksync.simulator import running
from tests.simulator.wire import Api, exchange

REDIRECT = "http://127.0.0.1/callback"
SCOPE = "com.intuit.quickbooks.accounting openid"


@pytest.fixture
def client(sim):
    return Client(sim)


class Client:
    """An application that connects."""

    def __init__(self, sim):
        self.sim, self.status = sim, sim.status()
        pair = f"{self.status['client_id']}:{self.status['client_secret']}"
        self.basic = {
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }

    def consent(self, method="GET", **changes):
        asked = {
            "client_id": self.status["client_id"],
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": REDIRECT,
            "state": "s1",
            **changes,
        }
        body = urlencode(asked) if method == "POST" else None
        path = "/connect/oauth2" + ("?" + urlencode(asked) if method == "GET" else "")
        status, headers, content = exchange(
            self.sim.base_url, method, path, body, {} if body is None else self.basic
        )
        location = headers.get("Location", "")
        return (
            status,
            {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()},
            content.decode(),
        )

    def token(self, **form):
        status, headers, body = exchange(
            self.sim.base_url, "POST", "/oauth2/v1/tokens/bearer", urlencode(form), self.basic
        )
        assert headers["intuit_tid"]
        return status, json.loads(body)

    def connect(self):
        self.sim.consent("approve")
        answer = self.consent()[1]
        return answer, self.token(
            grant_type="authorization_code", code=answer["code"], redirect_uri=REDIRECT
        )[1]


def test_the_page_offers_companies_and_a_way_out(client):
    other = client.sim.add_company(company="empty", name="Second <Company>")
    status, _, page = client.consent()
    assert status == 200
    assert "Second &lt;Company&gt;" in page
    status, answer, _ = client.consent("POST", decision="approve", realm_id=other["realm_id"])
    assert (status, answer["realmId"], answer["state"]) == (302, other["realm_id"], "s1")
    _, answer, _ = client.consent("POST", decision="deny")
    assert answer == {"error": "access_denied", "state": "s1"}


def test_a_code_is_good_once_and_for_five_minutes(client):
    answer, tokens = client.connect()
    assert (tokens["token_type"], tokens["expires_in"], tokens["x_refresh_token_expires_in"]) == (
        "bearer",
        3600,
        8726400,
    )
    again = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": REDIRECT}
    assert client.token(**again) == (
        400,
        {"error_description": "Invalid authorization code", "error": "invalid_grant"},
    )
    again["code"] = client.consent()[1]["code"]
    client.sim.advance(minutes=6)
    assert client.token(**again)[0] == 400


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_id": "x"}, 400),
        ({"scope": ""}, 400),
        ({"scope": "x"}, 302),
        ({"redirect_uri": "ftp://x"}, 400),
        ({"response_type": "t"}, 400),
    ],
    ids=str,
)
def test_requests_for_consent_that_fail(client, change, status):
    assert client.consent(**change)[0] == status


def test_wrong_secrets_and_grants(client):
    client.basic["Authorization"] = "Basic " + base64.b64encode(b"a:b").decode()
    assert client.token(grant_type="refresh_token", refresh_token="x") == (
        401,
        {"error": "invalid_client"},
    )
    form = {
        "client_id": client.status["client_id"],
        "client_secret": client.status["client_secret"],
    }
    del client.basic["Authorization"]
    assert client.token(grant_type="password", **form) == (400, {"error": "unsupported_grant_type"})
    assert (
        client.token(grant_type="refresh_token", refresh_token="x", **form)[1]["error"]
        == "invalid_grant"
    )


def test_a_refresh_token_keeps_its_value_for_a_day_and_then_the_old_one_fails(client):
    first = client.connect()[1]["refresh_token"]
    same = client.token(grant_type="refresh_token", refresh_token=first)[1]
    assert same["refresh_token"] == first
    client.sim.advance(hours=25)
    later = client.token(grant_type="refresh_token", refresh_token=first)[1]
    assert later["refresh_token"] != first
    assert client.token(grant_type="refresh_token", refresh_token=first)[0] == 400
    client.sim.advance(days=102)
    assert client.token(grant_type="refresh_token", refresh_token=later["refresh_token"])[0] == 400


def test_rotation_on_every_call():
    with running(company="empty", rotate_seconds=0) as sim:
        client = Client(sim)
        first = client.connect()[1]["refresh_token"]
        assert (
            client.token(grant_type="refresh_token", refresh_token=first)[1]["refresh_token"]
            != first
        )


def test_an_expired_token_gets_the_gateways_own_body(sim):
    api = Api(sim)
    sim.advance(hours=2)
    status, headers, body = api.raw("GET", "companyinfo/1")
    answer = json.loads(body)
    assert status == 401
    assert headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert "Fault" not in answer
    assert answer["fault"]["error"][0]["code"] == "3200"
    assert answer["fault"]["error"][0]["detail"].startswith("Token expired")
    assert isinstance(answer["time"], int)


def test_another_companys_token_is_forbidden(sim):
    other = sim.add_company(company="empty")
    api = Api(sim)
    api.realm = other["realm_id"]
    status, _, body = api.raw("GET", "companyinfo/1")
    assert (status, json.loads(body)["fault"]["error"][0]["code"]) == (403, "3100")
    api.token = "nonsense"
    assert api.raw("GET", "companyinfo/1")[0] == 401
    status, _, body = api.raw("GET", "companyinfo/1", Authorization="", Accept="application/xml")
    assert (status, b"<Fault" in body) == (401, True)


def test_revoking_ends_the_whole_connection(client):
    _, tokens = client.connect()
    sent = json.dumps({"token": tokens["refresh_token"]})
    headers = {**client.basic, "Content-Type": "application/json"}
    status, _, body = exchange(
        client.sim.base_url, "POST", "/v2/oauth2/tokens/revoke", sent, headers
    )
    assert (status, body) == (200, b"")
    assert client.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])[0] == 400
    api = Api(client.sim)
    api.token = tokens["access_token"]
    assert api.raw("GET", "companyinfo/1")[0] == 401
    assert (
        exchange(client.sim.base_url, "POST", "/v2/oauth2/tokens/revoke", sent, headers)[0] == 400
    )


@pytest.mark.parametrize("body", ["{", "[1]", "1", "[" * 50_000, '{"token":' * 50_000])
def test_fidelity_1_14_nonsense_to_the_revocation_address_is_answered(client, body):
    headers = {**client.basic, "Content-Type": "application/json"}
    status, _, text = exchange(
        client.sim.base_url, "POST", "/v2/oauth2/tokens/revoke", body, headers
    )
    assert (status, json.loads(text)) == (400, {"error": "invalid_request"})


def test_the_id_token_can_be_verified(client):
    _, tokens = client.connect()
    for name in ("openid_configuration", "openid_sandbox_configuration/"):
        document = json.loads(exchange(client.sim.base_url, "GET", f"/.well-known/{name}")[2])
        assert document["token_endpoint"] == client.sim.base_url + "/oauth2/v1/tokens/bearer"
    keys = json.loads(exchange(client.sim.base_url, "GET", urlsplit(document["jwks_uri"]).path)[2])
    key = jwt.PyJWK(keys["keys"][0]).key
    claims = jwt.decode(
        tokens["id_token"],
        key,
        algorithms=["RS256"],
        audience=client.status["client_id"],
        issuer=document["issuer"],
    )
    assert claims["aud"] == [client.status["client_id"]]
    assert claims["realmid"] == client.sim.realm
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    status, _, body = exchange(
        client.sim.base_url, "GET", "/v1/openid_connect/userinfo", None, bearer
    )
    assert (status, json.loads(body)["sub"]) == (200, claims["sub"])
    assert exchange(client.sim.base_url, "GET", "/v1/openid_connect/userinfo")[0] == 401


def test_the_hard_limit_is_told_when_asked(client):
    _, tokens = client.connect()
    client.basic["x-include-refresh-token-hard-expires-in"] = "true"
    answer = client.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])[1]
    assert answer["x_refresh_token_hard_expires_in"] == 5 * 365 * 86400


def test_a_file_store_keeps_its_signing_key(tmp_path):
    keys = []
    for _ in range(2):
        with running(company="empty", store=str(tmp_path / "books")) as sim:
            keys.append(exchange(sim.base_url, "GET", "/op/v1/jwks")[2])
    assert keys[0] == keys[1]


def test_an_owner_removes_the_app(client):
    _, tokens = client.connect()
    client.sim.disconnect()
    answer = client.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])[1]
    assert answer["error"] == "invalid_grant"
    assert client.sim.api("GET", f"companyinfo/{client.sim.realm}"), (
        "the tokens in the status are new"
    )


def test_signing_out_ends_no_connection(client):
    _, tokens = client.connect()
    status, _, body = exchange(client.sim.base_url, "GET", "/app/sign-out")
    assert (status, b"signed out" in body) == (200, True)
    assert (
        "access_token"
        in client.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])[1]
    )


def test_what_a_company_subscribed_to():
    with running(company="empty") as sim:
        realm = sim.add_company(company="empty", offering="QuickBooks Self-Employed")["realm_id"]
        told = sim.api("GET", f"companyinfo/{realm}", realm=realm)["CompanyInfo"]["NameValue"]
        assert {"Name": "OfferingSku", "Value": "QuickBooks Self-Employed"} in told
