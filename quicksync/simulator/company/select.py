"""Statements against the store: property names become columns or JSON paths, pages come back as
ready text.
"""

from __future__ import annotations

import re

from quicksync.simulator.accounting.answers import Telling, answer_of, telling
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import parse_day, parse_moment
from quicksync.simulator.accounting.entities import Entity, find_entity
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc, dumps, loads_doc
from quicksync.simulator.accounting.shapes import Field, shapes
from quicksync.simulator.accounting.store import property_columns
from quicksync.simulator.company.query import Condition, Statement, invalid, parse
from quicksync.simulator.company.queryable import check_filter, check_order
from quicksync.simulator.rules.validate import numeric

DEFAULT_PAGE, LARGEST_PAGE = 100, 1000
_TIMES = frozenset(("created", "updated"))
_NUMBERS = frozenset(("dec", "int"))
# No infinity, no thousands, no hundred digits: what is compared is an amount or a quantity.
_DIGITS = re.compile(r"[+-]?\d{1,18}(\.\d{0,12})?|[+-]?\.\d{1,12}")
_COUNT = "SELECT count(*) FROM entity WHERE"
_PAGE = (
    "FROM (SELECT rowid AS r, row_number() OVER () AS n FROM (",
    ")) k JOIN entity e ON e.rowid = k.r ORDER BY k.n",
)


def answer(book: Book, text: str) -> str:
    """The QueryResponse block of a statement, as text."""
    statement = parse(text)
    entity = find_entity(statement.entity)
    if entity is None or not (entity.allows("Q") or entity.name == "InventoryAdjustment"):
        raise invalid(f"invalid context declaration: {statement.entity}")
    where, values = _where(book, entity, statement)
    if statement.count:
        return dumps({"totalCount": book.store.one(" ".join((_COUNT, where)), *values)})
    order = _order(book, entity, statement)
    limit = DEFAULT_PAGE if statement.limit is None else statement.limit
    # Only the keys are walked to skip and sort; the texts of the one page are fetched afterwards.
    keys = " ".join(
        ("SELECT rowid FROM entity WHERE", where, "ORDER BY", order, "LIMIT ? OFFSET ?")
    )
    texts = " ".join(("SELECT", telling(entity.name, Telling.ROWS), _PAGE[0], keys, _PAGE[1]))
    rows = book.store.all(texts, *values, limit, statement.start - 1)
    if entity.name == "TaxCode" and book.country == "US" and statement.start == 1:
        rows = _with_pseudo_codes(book, rows, statement)
    counted = answer_of(entity.name).counted
    total = book.store.one(" ".join((_COUNT, where)), *values) if counted and rows else None
    return page(
        entity.name, [_project(body, statement) for (body,) in rows], statement.start, total=total
    )


def _with_pseudo_codes(
    book: Book, rows: list[tuple[str]], statement: Statement
) -> list[tuple[str]]:
    """The pseudo codes come on top of MAXRESULTS: a known oddity of the live service."""
    if statement.conditions:
        return rows
    pseudo = book.store.all(
        "SELECT body FROM entity WHERE type='TaxCode' AND typeof(id)='text' ORDER BY rowid"
    )
    return pseudo + [row for row in rows if row not in pseudo]


def page(name: str, bodies: list[str], start: int, *, total: int | None = None) -> str:
    """Ready rows as a QueryResponse; `total` is how many there are, where the service tells."""
    if not bodies:
        return "{}"
    count = "" if total is None else f',"totalCount":{total}'
    place = f'"startPosition":{start},"maxResults":{len(bodies)}{count}'
    return f'{{"{name}":[{",".join(bodies)}],{place}}}'


def _project(body: str, statement: Statement) -> str:
    if not statement.fields:
        return body
    doc = loads_doc(body)
    wanted = {field.split(".")[0].lower() for field in statement.fields}
    partial: Doc = {key: value for key, value in doc.items() if key.lower() in wanted}
    return dumps(partial | {"domain": "QBO", "sparse": True, "Id": doc["Id"]})


def _where(book: Book, entity: Entity, statement: Statement) -> tuple[str, list[object]]:
    # Written out, so that the indexes of one entity alone are found.
    parts, values = [f"type = '{entity.name}'"], list[object]()
    columns = {name.lower(): column for name, column in property_columns(entity.name).items()}
    if entity.is_list and not any(c.name.lower() == "active" for c in statement.conditions):
        parts.append("active = 1")
    for condition in statement.conditions:
        sql, more = _comparison(book, entity, columns, condition)
        parts.append(sql)
        values += more
    return " AND ".join(parts), values


def _comparison(
    book: Book, entity: Entity, columns: dict[str, str], condition: Condition
) -> tuple[str, list[object]]:
    path, field = _resolve(entity, condition.name)
    check_filter(entity, condition.name)
    column = columns.get(condition.name.lower())
    if column == "id":
        _ids(condition)
    if column is not None:
        target = column
    elif field.many or path.count("[]"):
        return _inside(path, field, condition, book)
    else:
        target = f"json_extract(body, '$.{path}')"
    values = [_bind(book, column, field, value) for value in condition.values]
    if (field.type == "bool" and column is None) or (field.type in _NUMBERS and column is None):
        target = f"coalesce({target}, 0)"
    return _operate(target, condition.operator, values, text=field.type not in _NUMBERS)


def _ids(condition: Condition) -> None:
    if condition.operator not in ("=", "IN", "NOT IN"):
        raise invalid(
            f"operator {condition.operator} is not supported for property {condition.name}"
        )
    for value in condition.values:
        numeric(value)


def _operate(
    target: str, operator: str, values: list[object], *, text: bool
) -> tuple[str, list[object]]:
    plain = text and target not in (
        "active",
        "created",
        "updated",
        "total",
        "balance",
        "id",
        "party",
        "parent",
        "token",
    )
    collate = " COLLATE NOCASE" if plain and target not in ("name", "number") else ""
    if operator == "IN":
        return f"{target}{collate} IN ({','.join('?' * len(values))})", values
    if operator == "NOT IN":
        return (
            f"({target} IS NULL OR {target}{collate} NOT IN ({','.join('?' * len(values))}))",
            values,
        )
    if operator == "LIKE":
        pattern = str(values[0]).replace("\\", "\\\\").replace("_", "\\_")
        return f"{target} LIKE ? ESCAPE '\\'", [pattern]
    if values[0] is None or (str(values[0]).strip() == "" and operator == "="):
        return f"({target} IS NULL OR {target} = '')", []
    if operator == "!=":
        return f"({target} IS NULL OR {target}{collate} != ?)", values
    return f"{target}{collate} {operator} ?", values


def _bind(book: Book, column: str | None, field: Field, value: str | bool) -> object:
    if value == "CURRENT_DATE":
        value = book.today().isoformat()
    if isinstance(value, bool) or field.type == "bool":
        return _truth(value)
    if column in _TIMES:
        moment = parse_moment(value)
        if moment is None:
            raise invalid(f"Invalid date time value {value}")
        return moment
    if field.type == "date" and value.strip() and parse_day(value[:10]) is None:
        raise invalid(f"Invalid date value {value}")
    return _number(value) if field.type in _NUMBERS else value


def _number(text: str) -> float:
    """A number as SQLite has those of JSON: only compared, never counted with; the same digits are
    the same number.
    """
    if _DIGITS.fullmatch(text.strip()) is None:
        raise invalid(f"Invalid number value {text}")
    return float(text)


def _truth(value: str | bool) -> int:
    if isinstance(value, str):
        # Recorded in 2016, Java's own words included: a truth in quotes is no refusal but a failure
        # of the service.
        raise ApiError(
            10000,
            "System Failure Error: java.lang.String cannot be cast to java.lang.Boolean",
            status=500,
        )
    return int(value)


def _resolve(entity: Entity, name: str) -> tuple[str, Field]:
    """The property as it is spelled, dotted, with its type; a reference stands for its value."""
    if entity.name not in shapes().entities:
        if name.lower() not in {known.lower() for known in property_columns(entity.name)}:
            raise invalid(f"Property {name} not found for Entity {entity.name}")
        return name, Field("str")
    fields, path, found = shapes().entities[entity.name], list[str](), Field("str")
    for part in name.split("."):
        key = next((known for known in fields if known.lower() == part.lower()), None)
        if key is None:
            raise invalid(f"Property {name} not found for Entity {entity.name}")
        found = fields[key]
        path.append(key + ("[]" if found.many else ""))
        fields = shapes().types.get(found.type, {})
    if found.type == "Ref":
        path.append("value")
    elif found.type == "EmailAddress":
        path.append("Address")
    elif found.type in shapes().types:
        raise invalid(f"property '{name}' is not queryable")
    return ".".join(path), found


def _inside(path: str, field: Field, condition: Condition, book: Book) -> tuple[str, list[object]]:
    """A property inside a list: any entry may match."""
    outer, _, inner = path.partition("[].")
    if not inner or "[]" in inner:
        raise invalid(f"property '{condition.name}' is not queryable")
    values = [_bind(book, None, field, value) for value in condition.values]
    sql, more = _operate(
        f"json_extract(j.value, '$.{inner}')",
        condition.operator,
        values,
        text=field.type not in _NUMBERS,
    )
    return (
        " ".join(("EXISTS (SELECT 1 FROM", f"json_each(body, '$.{outer}') j", "WHERE", sql, ")")),
        more,
    )


def _order(book: Book, entity: Entity, statement: Statement) -> str:
    columns = {name.lower(): column for name, column in property_columns(entity.name).items()}
    parts = []
    for name, descending in _sortable(book, statement):
        path, _ = _resolve(entity, name)
        check_order(entity, name)
        column = columns.get(name.lower()) or f"json_extract(body, '$.{path}') COLLATE NOCASE"
        parts.append(f"{column} {'DESC' if descending else 'ASC'}")
    if parts:
        return ", ".join([*parts, "id ASC"])
    if entity.name == "Customer":  # recorded: below its parent
        return "json_extract(body, '$.FullyQualifiedName') COLLATE NOCASE, id ASC"
    if entity.is_list:
        return "name ASC, id ASC"
    # Recorded for ten kinds of transactions: what was changed last comes first.
    return "updated DESC, id DESC" if book.switches.transaction_order == "newest" else "id ASC"


def _sortable(book: Book, statement: Statement) -> list[tuple[str, bool]]:
    """What the statement orders by, as far as the service does."""
    by_id = [name for name, _ in statement.order if name.lower() == "id"]
    if by_id and book.switches.orderby_id == "refuse":
        raise invalid(f"property '{by_id[0]}' is not sortable")
    if book.switches.orderby_id == "ignore":
        return [(name, descending) for name, descending in statement.order if name.lower() != "id"]
    return statement.order
