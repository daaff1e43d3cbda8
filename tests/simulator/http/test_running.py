"""Ways to start it: as a command, in a test, with a file that outlives it; what it stands on."""

from __future__ import annotations

import ast
import http.client
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import quicksync.simulator
from quicksync.simulator import Switches, running
from tests.simulator.rules.test_names import code
from tests.simulator.wire import Api, exchange, sale

PACKAGE = Path(quicksync.simulator.__file__).parent
ROOT = PACKAGE.parent.parent
HOST_TEST = """
import pytest

def test_empty(quickbooks):
    assert quickbooks.api("GET", "query?query=select%20*%20from%20Customer")["QueryResponse"] == {}

@pytest.mark.quickbooks(company="sample", country="GB")
def test_sample(quickbooks, monkeypatch):
    import os
    assert os.environ["QUICKSYNC_INTUIT_BASE"] == quickbooks.base_url
    assert quickbooks.company["currency"] == "GBP"
    assert quickbooks.ledger()["balanced"]
"""


@pytest.mark.parametrize(
    "command", [["-m", "quicksync.simulator"], ["manage.py", "quickbooks_simulator"]], ids=str
)
def test_a_command_says_where_it_is_and_stops_cleanly(command, tmp_path):
    options = [
        "--port",
        "0",
        "--company",
        "empty",
        "--store",
        str(tmp_path / "books"),
        "--limits",
        "off",
    ]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, *command, *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        address = line.split(" ready at ")[1].split()[0]
        assert exchange(address, "GET", "/_simulator/status")[0] == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_file_keeps_everything(tmp_path):
    store = str(tmp_path / "books.sqlite")
    with running(company="empty", store=store) as first:
        before = first.status()["companies"]
        made = Api(first).customer("Kept")
        answer = Api(first).call("POST", "customer", {"DisplayName": "Once"}, requestid="r1")
        first.advance(days=0.01)
        other = first.add_company(country="GB")["realm_id"]
    with running(store=store) as second:
        assert [c["realm_id"] for c in second.status()["companies"]] == [
            before[0]["realm_id"],
            other,
        ]
        api = Api(second)
        assert api.token == before[0]["access_token"]
        read = api.read("Customer", made["Id"])
        assert read == made | {"V4IDPseudonym": read["V4IDPseudonym"]}
        assert api.call("POST", "customer", {"DisplayName": "Once"}, requestid="r1") == answer
        assert second.call("POST", "clock", {})["offset_seconds"] == 864
        assert int(api.customer("Next")["Id"]) > int(made["Id"])


def test_reset_of_a_file_store(tmp_path):
    with running(company="empty", store=str(tmp_path / "books")) as sim:
        Api(sim).customer("Gone")
        sim.add_company(country="GB")
        sim.reset()
        assert Api(sim).rows("select * from Customer") == []
        assert len(list(tmp_path.glob("books.*"))) >= 1
        assert len(sim.status()["companies"]) == 1


def test_facts_nobody_is_sure_of_can_be_switched():
    switches = Switches(
        class_without_tracking="refuse",
        deactivate_with_balance="refuse",
        cdc_window="refuse",
        transaction_order="oldest",
        one_number_sequence=False,
        overpaid_lines="accept",
    )
    with running(company="empty", switches=switches) as sim:
        api = Api(sim)
        customer = api.customer()
        invoice = api.invoice(customer, 100)
        payment = api.pay(customer, 100, (invoice, 100))
        api.delete("Invoice", api.read("Invoice", invoice["Id"]))
        assert api.read("Payment", payment["Id"])["UnappliedAmt"] == 100
        assert (
            code(api.update, "Customer", api.read("Customer", customer["Id"]), Active=False) == 6220
        )
        assert code(api.invoice, customer, ClassRef={"value": "1"}) == 5030
        assert code(api.changes, "Customer", "2020-01-01") == 4001
        first, second = api.invoice(customer, 60), api.invoice(customer, 60)
        assert [row["Id"] for row in api.rows("select * from Invoice")] == [
            first["Id"],
            second["Id"],
        ]
        receipt = api.create("SalesReceipt", CustomerRef={"value": customer["Id"]}, Line=[sale(1)])
        assert receipt["DocNumber"] == "1001"
        assert api.pay(customer, 10, (first, 20))["UnappliedAmt"] == -10


def test_it_imports_nothing_else_of_quicksync_and_no_django():
    seen = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                seen.add(node.module)
            elif isinstance(node, ast.Import):
                seen |= {alias.name for alias in node.names}
    ours = {name for name in seen if name.split(".")[0] == "quicksync"}
    assert {name for name in ours if not name.startswith("quicksync.simulator")} == set()
    outside = {name.split(".")[0] for name in seen} - set(sys.stdlib_module_names) - {"quicksync"}
    assert outside == {"cryptography", "pytest"}


def test_host_projects_get_a_fixture(tmp_path):
    (tmp_path / "test_host.py").write_text(HOST_TEST)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:django",
        "-p",
        "quicksync.simulator.pytest_plugin",
        str(tmp_path),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_clock_and_tokens_are_asked_at_once_and_each_gets_its_answer():
    """All use one connection to one file, where a thread that met another got no answer."""
    with running(company="empty") as sim:

        def ask(number):
            for _ in range(100):
                sim.advance(seconds=1) if number % 2 else sim.refresh()
            return number

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, range(8))) == list(range(8))
        assert sim.site.clock.offset == 4 * 100


def test_a_fault_of_its_own_is_told(caplog, monkeypatch):
    """Whoever asked sees a connection that ends; what happened is in the log, loudly."""
    with running(company="empty") as sim:

        def broken(seconds):
            raise sqlite3.InterfaceError

        monkeypatch.setattr(sim.site, "advance", broken)
        with pytest.raises(http.client.RemoteDisconnected):
            sim.advance(seconds=1)
        assert [row.levelname for row in caplog.records if row.exc_info] == ["ERROR"]
