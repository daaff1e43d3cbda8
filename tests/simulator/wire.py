"""A small client for the simulator's tests: plain HTTP, plain JSON, nothing of the product."""

from __future__ import annotations

import http.client
import itertools
import json
from urllib.parse import quote, urlencode, urlsplit

_names = itertools.count(1)


class Refused(Exception):
    """A fault, with its code, detail and HTTP status."""

    def __init__(self, status, body):
        super().__init__(status, body)
        self.status, self.body = status, body
        error = (body.get("Fault") or {}).get("Error", [{}])[0]
        self.code, self.detail = int(error.get("code") or 0), error.get("Detail", "")


def exchange(base, method, path, body=None, headers=None):
    """One request on a connection of its own: status, headers, body."""
    address = urlsplit(base)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


class Api:
    """One company, spoken to over HTTP."""

    def __init__(self, sim, realm=""):
        self.sim = sim
        companies = sim.status()["companies"]
        self.entry = next(c for c in companies if not realm or c["realm_id"] == realm)
        self.realm, self.token = self.entry["realm_id"], self.entry["access_token"]

    def raw(self, method, path, body=None, **headers):
        """One request with the company's token: status, headers, body, whatever the status is."""
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if isinstance(body, dict | list):
            body = json.dumps(body).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return exchange(self.sim.base_url, method, f"/v3/company/{self.realm}/{path}", body, sent)

    def call(self, method, path, body=None, **params):
        """The answer to one request, read. Raises Refused unless the status is 200."""
        query = ("?" + urlencode(params)) if params else ""
        status, _, content = self.raw(method, path + query, body)
        answer = json.loads(content)
        if status != 200:
            raise Refused(status, answer)
        return answer

    def create(self, entity, _params=None, **values):
        """A new object, as QuickBooks answers it; `_params` go into the address."""
        return self.call("POST", entity.lower(), values, **(_params or {}))[entity]

    def read(self, entity, id_):
        """An object as it is now."""
        return self.call("GET", f"{entity.lower()}/{id_}")[entity]

    def update(self, entity, doc, _params=None, **changes):
        """A sparse update of an object as it was read; gives the object as it is then."""
        sent = {"Id": doc["Id"], "SyncToken": doc["SyncToken"], "sparse": True, **changes}
        return self.call("POST", entity.lower(), sent, **(_params or {}))[entity]

    def delete(self, entity, doc):
        """What QuickBooks answers to a deletion."""
        sent = {"Id": doc["Id"], "SyncToken": doc["SyncToken"]}
        return self.call("POST", entity.lower(), sent, operation="delete")[entity]

    def void(self, entity, doc):
        """What QuickBooks answers when a document is voided."""
        sent = {"Id": doc["Id"], "SyncToken": doc["SyncToken"]}
        return self.call("POST", entity.lower(), sent, operation="void")[entity]

    def query(self, statement):
        """The answer to a statement of the query language."""
        return self.call("GET", "query?query=" + quote(statement))["QueryResponse"]

    def rows(self, statement):
        """The objects that a statement finds, of whatever entity."""
        return next(
            (value for value in self.query(statement).values() if isinstance(value, list)), []
        )

    def batch(self, *items, **params):
        """The answers to several requests sent as one."""
        return self.call("POST", "batch", {"BatchItemRequest": list(items)}, **params)[
            "BatchItemResponse"
        ]

    def changes(self, entities, since):
        """What the change feed tells of these entities since a moment."""
        answer = self.call("GET", "cdc", entities=entities, changedSince=since)
        return answer["CDCResponse"][0]["QueryResponse"]

    def ledger(self):
        """The company's double-entry ledger, by the control route."""
        return self.sim.ledger(self.realm)

    def edit(self, action, entity="", id_=None, **more):
        """A bookkeeper's edit, by the control route."""
        return self.sim.edit(action, entity, id_, realm=self.realm, **more)

    # What most tests need first.

    def account(self, name):
        """A reference to the account of this name."""
        return {
            "value": next(
                a["Id"]
                for a in self.rows("select * from Account maxresults 1000")
                if a["Name"] == name
            )
        }

    def customer(self, name="", **values):
        """A new customer, with a name of its own unless one is given."""
        return self.create("Customer", DisplayName=name or f"Customer {next(_names)}", **values)

    def vendor(self, name="", **values):
        """A new vendor, with a name of its own unless one is given."""
        return self.create("Vendor", DisplayName=name or f"Vendor {next(_names)}", **values)

    def item(self, name="", **values):
        """A new service that earns on the sales account."""
        income = self.account("Sales of Product Income")
        values = {"Type": "Service", "IncomeAccountRef": income, **values}
        return self.create("Item", Name=name or f"Item {next(_names)}", **values)

    def invoice(self, customer, amount=100, **values):
        """A new invoice with one line."""
        return self.create(
            "Invoice",
            **{"CustomerRef": {"value": customer["Id"]}, "Line": [sale(amount)], **values},
        )

    def bill(self, vendor, amount=100, **values):
        """A new bill with one line for office supplies."""
        lines = [cost(self.account("Office Supplies")["value"], amount)]
        return self.create(
            "Bill", **{"VendorRef": {"value": vendor["Id"]}, "Line": lines, **values}
        )

    def pay(self, customer, total, *applied, **values):
        """A payment of so much, applied as pairs of document and amount say."""
        lines = [settles(doc, amount) for doc, amount in applied]
        return self.create(
            "Payment", CustomerRef={"value": customer["Id"]}, TotalAmt=total, Line=lines, **values
        )


def sale(amount=None, item="1", qty=None, price=None, code=None, **more):
    """A line of a sales form."""
    detail = {"ItemRef": {"value": item}}
    for key, value in (("Qty", qty), ("UnitPrice", price)):
        if value is not None:
            detail[key] = value
    if code is not None:
        detail["TaxCodeRef"] = {"value": code}
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, **more}
    return line | ({"Amount": amount} if amount is not None else {})


def cost(account, amount, code=None, **detail):
    """A line of an expense form."""
    inner = {"AccountRef": {"value": account}, **detail}
    if code is not None:
        inner["TaxCodeRef"] = {"value": code}
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": inner,
    }


def settles(doc, amount, kind="Invoice"):
    """A line of a payment."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": doc["Id"], "TxnType": kind}]}


def side(kind, account, amount, **entity):
    """A line of a journal entry."""
    detail = {"PostingType": kind, "AccountRef": account, **entity}
    return {
        "Amount": amount,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }
