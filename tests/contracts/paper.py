"""A tiny company on paper, in the place of QuickBooks Desktop: it does what a request says, once
for each request.

It remembers the sets it was given and can be asked about them afterwards. It does not recognise a
set that comes a second time: that is done again, so that every needless resend shows as a second
document.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


@dataclass
class Row:
    """One record as the company keeps it; `fields` are the record's own, as `records.codec` writes
    them.
    """

    kind: str
    id: str
    fields: Json
    token: int = 0
    deleted: bool = False
    changed: int = 0

    def shown(self) -> Json:
        return {"kind": self.kind, "id": self.id, "token": str(self.token), "deleted": self.deleted,
                "fields": self.fields}  # fmt: skip


@dataclass
class PaperCompany:
    """`answer` is its only door. `busy` is how many more writes it turns away; `troubled` names the
    records that it stumbles over, and how often.
    """

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    sets: dict[str, list[Json]] = field(default_factory=dict)
    executed: list[str] = field(default_factory=list)
    busy: int = 0
    troubled: dict[str, int] = field(default_factory=dict)
    clock: int = 0

    def answer(self, body: bytes) -> bytes:
        """The answer to one request."""
        asked = json.loads(body)
        if "read" in asked:
            return self._written(self._read(asked["read"]))
        if "ask" in asked:
            known = self.sets.get(asked["ask"])
            return self._written({"known": known is not None, "answers": known or []})
        if self.busy:
            self.busy -= 1
            return self._written({"busy": True})
        self.executed.append(asked["set"])
        self.sets[asked["set"]] = [self._do(item) for item in asked["items"]]
        return self._written({"answers": self.sets[asked["set"]]})

    def add(self, kind: str, **fields: Any) -> Row:
        """A record that somebody writes into the company's books by hand."""
        row = Row(kind, str(100 + len(self.rows)), fields)
        self.rows[kind, row.id] = row
        return self._touched(row)

    def edit(self, kind: str, id_: str, **fields: Any) -> Row:
        """The same for a change."""
        row = self.rows[kind, id_]
        row.fields |= fields
        if "lines" in fields:
            row.fields["total"] = str(sum(Decimal(line["amount"]) for line in fields["lines"]))
        row.token += 1
        return self._touched(row)

    def delete(self, kind: str, id_: str) -> None:
        """The same for a deletion."""
        self.edit(kind, id_).deleted = True

    def live(self, kind: str) -> list[Row]:
        """What there is of a kind."""
        return [row for row in self.rows.values() if row.kind == kind and not row.deleted]

    @staticmethod
    def _written(answer: Json) -> bytes:
        return json.dumps(answer).encode()

    def _touched(self, row: Row) -> Row:
        self.clock += 1
        row.changed = self.clock
        return row

    def _read(self, read: Json) -> Json:
        rows = [
            row
            for row in self.rows.values()
            if not read["ids"] or [row.kind, row.id] in read["ids"]
        ]
        rows = [row for row in rows if row.changed > read["since"]]
        return {"rows": [row.shown() for row in rows], "clock": self.clock}

    def _do(self, item: Json) -> Json:
        name = item["fields"].get("name") or item["fields"].get("number") or ""
        if self.troubled.get(name):
            self.troubled[name] -= 1
            return {"key": item["key"], "fault": "trouble"}
        fault = self._objection(item)
        if fault:
            return {"key": item["key"], "fault": fault}
        row = self.rows.get((item["kind"], item["id"])) or self.add(item["kind"])
        if item["action"] == "delete":
            self.delete(row.kind, row.id)
        elif item["action"] == "void":
            self.edit(row.kind, row.id, voided=True, total="0")
        else:
            self.edit(row.kind, row.id, **self._with_line_ids(item["fields"]))
        return {"key": item["key"], "row": row.shown()}

    def _objection(self, item: Json) -> str:
        name = item["fields"].get("name")
        taken = {row.fields.get("name") for row in self.live(item["kind"]) if row.id != item["id"]}
        if name and name in taken:
            return "name-taken"
        if any(
            all((kind, id_) not in self.rows or self.rows[kind, id_].deleted for kind in kinds)
            for kinds, id_ in item["refs"]
        ):
            return "missing-reference"
        row = self.rows.get((item["kind"], item["id"]))
        return "stale-token" if row and str(row.token) != item["token"] else ""

    @staticmethod
    def _with_line_ids(fields: Json) -> Json:
        for number, line in enumerate(fields.get("lines", ()), 1):
            line["id"] = line.get("id") or f"L{number}"
        return fields
