"""What QuickBooks' faults mean."""

from __future__ import annotations

import pytest

from quicksync.exceptions import AccessExpired, AccessLost, AppRefused, Throttled, TryLater
from quicksync.planning.reasons.words import ROWS
from quicksync.quickbooks.messages import Fate, WireReply
from quicksync.quickbooks.online import batch
from quicksync.quickbooks.online.transport import faults
from tests.quickbooks.online.make import reply

XML = (
    b'<?xml version="1.0"?><IntuitResponse time="2016"><Fault type="SERVICE"><Error'
    b' code="3001"><Message>message=ThrottleExceeded; errorCode=003001;'
    b" statusCode=429</Message><Detail>The request limit was reached. &lt;Try&gt; again"
    b" later</Detail></Error></Fault></IntuitResponse>"
)


def fault(code, detail="", **more):
    return faults.fault_of(faults.Trouble(code, "", detail), **more)


def test_every_reason_of_the_tables_has_its_sentence():
    used = {reason for _, reason in faults.CODES.values()} | {reason for *_, reason in faults.TEXTS}
    used |= {faults.UNKNOWN[1], batch.UNANSWERED.reason, "deleted-elsewhere"}
    known = ROWS if isinstance(ROWS, dict) else {row.code for row in ROWS}
    assert used <= set(known)


@pytest.mark.parametrize(
    ("code", "fate", "reason"),
    [
        ("5010", Fate.REPLAN, "stale-token"),
        ("6240", Fate.PERSON, "name-taken"),
        ("6140", Fate.PERSON, "number-taken"),
        ("6210", Fate.PERSON, "closed-period"),
        ("10000", Fate.UNKNOWN, "quickbooks-down"),
        ("130", Fate.UNKNOWN, "quickbooks-down"),
        ("150", Fate.UNKNOWN, "quickbooks-down"),
        ("600", Fate.LOOK, "outcome-unknown"),
        ("3001", Fate.WAIT, "throttled"),
        ("3200", Fate.REFRESH, "no-access"),
        ("3100", Fate.RECONNECT, "no-access"),
        ("7777", Fate.PERSON, "quickbooks-refused"),
    ],
)
def test_codes(code, fate, reason):
    found = fault(code)
    assert (found.fate, found.reason) == (fate, reason)


@pytest.mark.parametrize(
    ("detail", "fate", "reason"),
    [
        (
            "all your transactions have a VAT rate before you save.",
            Fate.PERSON,
            "tax-code-unmapped",
        ),
        (
            "Business Validation Error: Unexpected Internal Error. (-30000)",
            Fate.UNKNOWN,
            "quickbooks-down",
        ),
        ("You must set a transaction amount.", Fate.PERSON, "zero-total"),
        (
            "Accounts Receivable: choose a customer in the Name field.",
            Fate.PERSON,
            "receivable-account-on-line",
        ),
        ("something else", Fate.PERSON, "quickbooks-refused"),
    ],
)
def test_business_rules_are_told_apart_by_their_text(detail, fate, reason):
    assert (fault("6000", detail).fate, fault("6000", detail).reason) == (fate, reason)


def test_not_found_means_something_else_on_an_update():
    assert fault("610").reason == "inactive-reference"
    assert (fault("610", updating=True).fate, fault("610", updating=True).reason) == (
        Fate.REPLAN,
        "deleted-elsewhere",
    )


def test_an_inactive_reference_is_not_a_missing_one():
    assert fault("2500", "Accounts element id 7 not found").reason == "missing-reference"
    assert fault("2500", "... has been made inactive").reason == "inactive-reference"


def test_throttling_says_how_long():
    assert (fault("3001").wait, fault("6240").wait) == (60, 0)


@pytest.mark.parametrize(
    "answer",
    [
        {
            "Fault": {
                "Error": [{"Message": "m", "Detail": "d", "code": "003001", "element": "e"}],
                "type": "x",
            }
        },
        {"fault": {"error": [{"message": "m", "detail": "d", "code": 3001, "element": "e"}]}},
        {"Error": {"Message": "m", "Detail": "d", "code": "3001", "element": "e"}},
    ],
)
def test_all_shapes_of_json_and_codes(answer):
    assert faults.troubles_in(answer) == (faults.Trouble("3001", "m", "d", "e"),)


def test_xml_is_read_without_a_parser():
    (found,) = faults.troubles_of(reply(XML, status=429))
    assert (found.code, found.detail) == (
        "3001",
        "The request limit was reached. <Try> again later",
    )
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>' + b"<Error>" * 1000
    assert faults.troubles_of(reply(bomb)) == ()


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b"{nonsense", b'{"Fault": 3}'])
def test_bodies_that_say_nothing(body):
    assert faults.troubles_of(reply(body)) == ()


def gateway(code, status):
    return reply(
        {"fault": {"error": [{"message": "m", "detail": "d", "code": code}]}}, status=status
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(XML, status=429), Throttled),
        (reply(XML, status=403), Throttled),
        (reply(b"", status=429), Throttled),
        (gateway("3200", 401), AccessExpired),
        (gateway("3200", 400), AccessExpired),
        (gateway("3100", 400), AppRefused),
        (gateway("10000", 400), TryLater),
        (reply(b"", status=401), AccessExpired),
        (gateway("120", 401), AccessLost),
        (gateway("3100", 403), AppRefused),
        (gateway("150", 403), TryLater),
        (reply(b"<html>blocked</html>", status=403), TryLater),
        (reply(b"<html>gateway</html>", status=502), TryLater),
        (reply(b"<html>maintenance</html>"), TryLater),
        (reply(b"", status=400), TryLater),
        (reply({"Fault": {"Error": [{"code": "10000"}]}}, status=500), TryLater),
        (reply(b"", status=302), TryLater),
    ],
)
def test_troubles_of_the_whole_connection(answer, error):
    with pytest.raises(error) as caught:
        faults.check(answer)
    assert type(caught.value) is error
    assert caught.value.trace_id == "1-abc"


def test_a_refusal_is_an_answer():
    faults.check(reply({"Fault": {"Error": [{"code": "4000"}]}}, status=400))


def test_the_wait_that_quickbooks_asks_for_is_kept():
    with pytest.raises(Throttled) as caught:
        faults.check(WireReply(status=429, wait=7))
    assert caught.value.wait == 7


def test_a_failure_of_quickbooks_own_leaves_the_outcome_open():
    """Invariant 4: what is not surely refused may have been done."""
    with pytest.raises(TryLater) as caught:
        faults.check(gateway("10000", 400))
    assert caught.value.sent


def test_maintenance_is_known_not_to_have_taken_anything():
    with pytest.raises(TryLater) as caught:
        faults.check(reply({"Fault": {"Error": [{"code": "150"}]}}, status=503))
    assert not caught.value.sent
