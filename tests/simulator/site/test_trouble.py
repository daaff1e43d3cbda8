"""Faults on request, limits, the log, the clock, reset: what the control routes do."""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from quicksync.simulator import SimulatorError, running
from tests.simulator.wire import Api, Refused, exchange, sale


@pytest.fixture
def api(sim):
    return Api(sim)


def test_a_lost_answer_leaves_the_write_done_and_the_request_id_finds_it(sim, api):
    sim.fault(entity="Customer", method="POST", drop_after_commit=True, times=1)
    with pytest.raises((http.client.HTTPException, OSError)):
        api.call("POST", "customer", {"DisplayName": "Lost"}, requestid="r1")
    again = api.call("POST", "customer", {"DisplayName": "Lost"}, requestid="r1")
    assert again["Customer"]["DisplayName"] == "Lost"
    assert api.query("select count(*) from Customer") == {"totalCount": 1}


def test_a_request_dropped_before_has_done_nothing(sim, api):
    sim.fault(path="/customer$", drop_before=True, times=1)
    with pytest.raises((http.client.HTTPException, OSError)):
        api.customer("Never")
    assert api.query("select count(*) from Customer") == {"totalCount": 0}


@pytest.mark.parametrize(
    ("effect", "status", "inside"),
    [
        ({"throttle": True}, 429, "message=ThrottleExceeded; errorCode=003001; statusCode=429"),
        ({"maintenance": True}, 503, "Company Under Maintenance"),
        ({"status": 500}, 500, "An application error has occurred"),
        ({"status": 504, "body": {"odd": 1}}, 504, '{"odd":1}'),
        ({"html_error_page": True}, 502, "<html>"),
    ],
    ids=str,
)
def test_answers_in_place_of_the_real_one(sim, api, effect, status, inside):
    sim.fault(entity="customer", **effect)
    found, headers, body = api.raw("GET", "query?query=select%20*%20from%20Customer")
    assert (found, inside in body.decode()) == (status, True)
    assert headers["intuit_tid"]
    sim.clear_faults()
    assert api.raw("GET", "query?query=select%20*%20from%20Customer")[0] == 200


def test_throttle_bodies_speak_xml_to_those_who_do(sim, api):
    sim.fault(throttle=True)
    _, headers, body = api.raw("GET", "companyinfo/1", Accept="application/xml")
    assert headers["Content-Type"] == "application/xml"
    assert b'<Error code="3001">' in body


def test_the_nth_request_only(sim, api):
    sim.fault(method="GET", nth=2, status=503)
    assert [api.raw("GET", "companyinfo/1")[0] for _ in range(3)] == [200, 503, 200]


def test_a_refused_refresh(sim):
    status, company = sim.status(), sim.company
    sim.fault(invalid_grant=True, times=1)
    form = f"grant_type=refresh_token&refresh_token={company['refresh_token']}"
    form += f"&client_id={status['client_id']}&client_secret={status['client_secret']}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = [
        exchange(sim.base_url, "POST", "/oauth2/v1/tokens/bearer", form, headers)[0]
        for _ in range(2)
    ]
    assert answers == [400, 200]


def test_latency(sim, api):
    sim.fault(latency_ms=120, times=1)
    started = time.perf_counter()
    api.raw("GET", "companyinfo/1")
    assert time.perf_counter() - started >= 0.12


def test_unknown_faults_are_named(sim):
    with pytest.raises(SimulatorError, match="explode"):
        sim.fault(explode=True)


def stop(clock):
    """The clock moves by `advance` alone, however slow this machine is just now."""
    begun = clock.now()
    clock.now = lambda: begun + clock.offset


def test_real_limits_refuse_and_the_clock_lets_go():
    with running(company="empty", limits="real") as sim:
        stop(sim.site.clock)
        api = Api(sim)
        answers = [api.raw("GET", "companyinfo/1")[0] for _ in range(12)]
        assert answers == [200] * 10 + [429] * 2
        assert sim.status()["throttled"] == 2
        sim.advance(seconds=61)
        assert api.raw("GET", "companyinfo/1")[0] == 200


def test_forty_batches_a_minute():
    with running(company="empty", limits="real") as sim:
        stop(sim.site.clock)
        api = Api(sim)
        seen = []
        for _ in range(42):
            seen.append(api.raw("POST", "batch", {"BatchItemRequest": []})[0])
            sim.advance(seconds=1)
        assert seen.count(429) == 2


def test_the_log_tells_all_but_secrets(sim, api):
    api.customer("Logged")
    entry = next(entry for entry in sim.requests() if entry["path"].endswith("/customer"))
    assert (entry["method"], entry["status"], entry["headers"]["authorization"]) == (
        "POST",
        200,
        "***",
    )
    assert json.loads(entry["body"])["DisplayName"] == "Logged"
    assert "Logged" in entry["answer"]
    assert api.token not in json.dumps(sim.requests(), default=str)
    assert sim.requests(since=entry["n"]) == []


def test_reset_goes_back_to_the_seed(sim, api):
    before = sim.status()["companies"]
    api.customer("Gone")
    sim.add_company(company="empty")
    sim.advance(days=3)
    sim.fault(status=500)
    after = sim.reset()
    assert after["companies"] == before
    assert (after["requests"], after["writes"]) == (0, 0)
    assert api.rows("select * from Customer") == []


def test_status_counts(sim, api):
    api.customer()
    api.rows("select * from Customer")
    status = sim.status()
    assert (status["ready"], status["requests"], status["writes"]) == (True, 2, 1)


def test_companies_of_many_kinds_side_by_side(sim):
    entry = sim.add_company(country="GB", company="sample", name="Two Ltd", multicurrency=True)
    other = Api(sim, entry["realm_id"])
    assert (entry["name"], entry["currency"]) == ("Two Ltd", "GBP")
    assert other.rows("select * from Customer") != Api(sim).rows("select * from Customer")
    with pytest.raises(SimulatorError, match="colour"):
        sim.add_company(colour="red")
    with pytest.raises(SimulatorError, match="country"):
        sim.add_company(country="XX")
    with pytest.raises(SimulatorError, match="customers"):
        sim.add_company(size={"shoes": 1})


def test_copies_are_companies_of_their_own(sim):
    entry = sim.add_company(size={"customers": 3}, copies=2)
    first, *others = (Api(sim, one["realm_id"]) for one in (entry, *entry["copies"]))
    rows = first.rows("select * from Customer")
    assert len(rows) == 3
    assert [other.rows("select * from Customer") for other in others] == [rows, rows]
    assert len({one.token for one in (first, *others)}) == 3
    others[0].customer("Only here")
    assert [len(one.rows("select * from Customer")) for one in (first, *others)] == [3, 4, 3]
    with pytest.raises(SimulatorError, match="copies"):
        sim.add_company(copies=-1)


def test_a_bookkeeper_may_do_what_the_api_may_not(sim, api):
    one, two = api.customer("One"), api.customer("Two")
    invoice = api.invoice(one, 100)
    payment = api.pay(one, 100, (invoice, 100))
    other = api.invoice(two, 100)
    api.edit("move_payment", "Payment", payment["Id"], to=other["Id"])
    assert [api.read("Invoice", i["Id"])["Balance"] for i in (invoice, other)] == [100, 0]
    api.edit("void", "Invoice", invoice["Id"])
    api.edit("merge", "Customer", two["Id"], into=one["Id"])
    assert api.read("Invoice", other["Id"])["CustomerRef"] == {"value": one["Id"], "name": "One"}
    with pytest.raises(Refused):
        api.read("Customer", two["Id"])
    api.edit("update", "Customer", one["Id"], values={"CompanyName": "Edited"})
    assert api.read("Customer", one["Id"])["CompanyName"] == "Edited"
    assert api.edit("deactivate", "Customer", one["Id"])["Active"] is False
    assert api.edit("reactivate", "Customer", one["Id"])["Active"] is True
    with pytest.raises(SimulatorError, match="Unknown action"):
        api.edit("sing")
    assert api.ledger()["balanced"]


def test_the_ledger_lists_what_is_open(api):
    customer = api.customer("Debtor")
    api.invoice(customer, 30)
    api.invoice(customer, Line=[sale(20)])
    ledger = api.ledger()
    assert [(entry["name"], float(entry["open"])) for entry in ledger["open_invoices"]] == [
        ("Debtor", 50.0)
    ]
    assert ledger["debits"] == ledger["credits"] == 50


def test_odd_addresses_and_methods(sim):
    assert exchange(sim.base_url, "GET", "/nowhere")[0] == 404
    assert exchange(sim.base_url, "GET", "/_simulator/nowhere")[0] == 404
    assert exchange(sim.base_url, "GET", "/")[0] == 200
    assert exchange(sim.base_url, "POST", "/_simulator/clock", b"{")[0] == 400
    assert Api(sim).raw("DELETE", "customer/1")[0] == 400
    assert Api(sim).raw("POST", "customer", b"<x/>", Content_Type="application/xml")[0] == 415
    assert Api(sim).raw("GET", "companyinfo/1", Accept="application/xml")[0] == 406


def test_connections_are_kept_alive_and_chunks_are_read(sim):
    api = Api(sim)
    connection = http.client.HTTPConnection(sim.base_url.removeprefix("http://"), timeout=120)
    headers = {
        "Authorization": f"Bearer {api.token}",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    path = f"/v3/company/{api.realm}/customer"
    try:
        for number in range(3):
            body = iter([b'{"DisplayName":', f'"Chunk {number}"}}'.encode()])
            connection.request("POST", path, body, headers, encode_chunked=True)
            assert connection.getresponse().read().startswith(b'{"Customer":')
    finally:
        connection.close()


def test_many_at_once_write_one_after_the_other(sim, api):
    customer, item = api.customer(), api.item()

    def work(number):
        lines = [sale(10, item=item["Id"])]
        sent = {"CustomerRef": {"value": customer["Id"]}, "Line": lines}
        return api.call("POST", "invoice", sent, requestid=f"r{number % 20}")["Invoice"][
            "DocNumber"
        ]

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(work, range(40)))
    assert len(set(numbers)) == 20
    assert api.query("select count(*) from Invoice") == {"totalCount": 20}
    assert api.read("Customer", customer["Id"])["Balance"] == 200
    assert api.ledger()["balanced"]
