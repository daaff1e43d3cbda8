"""`python -m tests.migrations.reading`: what the models of today say of the database at hand, as
JSON.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from typing import Any

import django


def main() -> None:
    """Print company, categories, history, pairs and open operations."""
    django.setup()
    from quicksync.models import Connection

    company = Connection.objects.get()
    found = {
        "company": {
            "name": company.name,
            "interval": company.interval_minutes,
            # Sealed by 0.1 with the key of the fixture.
            "opens": bool(company.access.refresh_token),
        },
        "categories": categories(company),
        "history": changes(company),
        "pairs": pairs(company),
        "open": waiting(company),
    }
    json.dump(found, sys.stdout)


def categories(company: Any) -> dict[str, Any]:
    """The switches, options and field rules of each category."""
    from quicksync.options import options_json

    return {
        one.kind: options_json.dump(one.options)["d"]
        | {
            "enabled": one.enabled,
            "start": str(one.start_date),
            "rules": [[rule.field, rule.rule, rule.value] for rule in one.field_rules.all()],
        }
        for one in company.categories.all()
    }


def changes(company: Any) -> list[list[Any]]:
    """Each change as what, who, name, value before, value after."""
    from quicksync.models import Category

    told = []
    for obj in (company, *Category.objects.filter(connection=company)):
        what = getattr(obj, "kind", "company")
        for old, new in pairwise(obj.history.order_by("history_date", "history_id")):
            who = str(new.history_user)
            before, after = (values(one) for one in (old, new))
            told += [
                [what, who, name, before[name], after[name]]
                for name in before
                if before[name] != after[name]
            ]
    return told


def values(row: Any) -> dict[str, Any]:
    """The plain columns and options of a row."""
    plain = {
        field.name: getattr(row, field.name)
        for field in row._meta.fields
        if isinstance(getattr(row, field.name), str | int | bool)
    }
    options = {
        name: getattr(row.options, name)
        for name in type(row.options).__struct_fields__
        if name != "kept"
    }
    return plain | {
        name: getattr(value, "value", value)
        for name, value in options.items()
        if isinstance(getattr(value, "value", value), str | int | bool)
    }


def pairs(company: Any) -> list[dict[str, Any]]:
    """How each pair stands, and whether what was agreed can be read."""
    from quicksync.sync.pairs import sides

    found = []
    for one in company.mappings.filter(kind__in=("customer", "item", "invoice", "payment")):
        read = sides.agreed_of(one)
        found.append(
            {
                "state": one.state,
                "here": bool(read and read.here is not None),
                "there": bool(read and read.there is not None),
            }
        )
    return found


def waiting(company: Any) -> list[dict[str, Any]]:
    """The operations that are still owed, with what would be sent."""
    from quicksync.models import Operation
    from quicksync.sync.pairs import sides

    return [
        {
            "id": one.pk,
            "state": one.state,
            "parcel": one.parcel,
            "body": one.body,
            "record": sides.readable(one) is not None,
        }
        for one in company.operations.filter(state__in=Operation.OPEN)
    ]


if __name__ == "__main__":
    main()
