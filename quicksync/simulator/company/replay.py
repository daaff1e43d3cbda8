"""Request ids: the first answer is kept and given again, and nothing is written twice."""

from __future__ import annotations

import re

from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.store import Store

LONGEST, LONGEST_IN_BATCH, LONGEST_BID = 50, 36, 10


def check(request: str, *, batch: bool = False) -> None:
    """A request id is short and printable (2130)."""
    longest = LONGEST_IN_BATCH if batch else LONGEST
    if len(request) > longest or not re.fullmatch(r"[\x21-\x7e]+", request):
        raise ApiError(
            2130,
            f"Invalid Request Id Format : at most {longest} printable characters. Supplied"
            f" value:{request[:60]}",
            element="requestid",
        )


def known(store: Store, request: str, asked: str = "") -> tuple[int, str] | None:
    """The answer given before to the same id, if any."""
    rows = store.all("SELECT status, body, asked FROM answer WHERE request=?", request)
    if not rows or (asked and rows[0][2] != asked):
        return None
    return int(rows[0][0]), str(rows[0][1])


def remember(store: Store, request: str, body: str, asked: str = "", status: int = 200) -> None:
    """Keep an answer, in the transaction of the write itself."""
    store.run("INSERT OR REPLACE INTO answer VALUES(?,?,?,?)", request, asked, status, body)
