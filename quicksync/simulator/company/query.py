"""The query language: a statement becomes a value, or a 4000 fault that says where it broke."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from quicksync.simulator.accounting.errors import QueryError

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')|(?P<op><=|>=|!=|<|>|=|,|\(|\)|\*)|(?P<number>-?\d+(?:\.\d+)?(?![\w.-]))"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<bad>\S))",
    re.DOTALL,
)
# `!=` is not in the published grammar, yet the live service takes it.
_OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "IN", "LIKE")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a property with one value or several."""

    name: str
    operator: str
    values: tuple[str | bool, ...]


@dataclass(slots=True)
class Statement:
    """A parsed statement."""

    entity: str
    fields: tuple[str, ...] = ()
    count: bool = False
    conditions: list[Condition] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)  # property, descending
    start: int = 1
    limit: int | None = None


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        for match in _TOKEN.finditer(text):
            kind = str(match.lastgroup)
            if kind == "bad":
                raise _parse_fault(match[kind])
            self.tokens.append((kind, match[kind]))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][1].upper() if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        if self.at >= len(self.tokens):
            raise _parse_fault("<EOF>")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def skip(self, word: str) -> bool:
        if self.peek() == word and self.kind() != "text":
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.skip(word):
            raise _parse_fault(self.tokens[self.at][1] if self.at < len(self.tokens) else "<EOF>")

    def word(self) -> str:
        if self.kind() != "word":
            raise _parse_fault(self.tokens[self.at][1] if self.at < len(self.tokens) else "<EOF>")
        return self.next()


def _parse_fault(found: str) -> QueryError:
    return QueryError(4000, f'QueryParserError: Encountered " {found} " at line 1.', message="Error parsing query")


def invalid(sentence: str) -> QueryError:
    """A statement that reads well and makes no sense."""
    return QueryError(4001, f"QueryValidationError: {sentence}", message="Invalid query")


def parse(text: str) -> Statement:
    """Read one statement."""
    reader = _Reader(text)
    reader.expect("SELECT")
    fields, count = _projection(reader)
    reader.expect("FROM")
    statement = Statement(reader.word(), fields, count)
    if reader.skip("WHERE"):
        statement.conditions.append(_condition(reader))
        while reader.skip("AND"):
            statement.conditions.append(_condition(reader))
    _tail(reader, statement)
    if reader.at < len(reader.tokens):
        raise _parse_fault(reader.next())
    return statement


def _projection(reader: _Reader) -> tuple[tuple[str, ...], bool]:
    if reader.peek() == "COUNT":
        reader.next()
        for sign in ("(", "*", ")"):
            reader.expect(sign)
        return (), True
    fields, everything = list[str](), False
    while True:
        if reader.skip("*"):
            everything = True
        else:
            fields.append(reader.word())
        if not reader.skip(","):
            break
    return (() if everything else tuple(fields)), False


def _condition(reader: _Reader) -> Condition:
    name = reader.word()
    operator = reader.next().upper()
    if operator not in _OPERATORS:
        raise _parse_fault(operator)
    if operator != "IN":
        return Condition(name, operator, (_value(reader),))
    reader.expect("(")
    values = [_value(reader)]
    while reader.skip(","):
        values.append(_value(reader))
    reader.expect(")")
    return Condition(name, operator, tuple(values))


def _value(reader: _Reader) -> str | bool:
    kind, text = reader.kind(), reader.next()
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    if kind == "number":
        return text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.upper() == "CURRENT_DATE":
        return "CURRENT_DATE"
    raise _parse_fault(text)


def _tail(reader: _Reader, statement: Statement) -> None:
    while True:
        if reader.skip("ORDERBY"):
            _order(reader, statement)
        elif reader.skip("ORDER"):
            reader.expect("BY")
            _order(reader, statement)
        elif reader.skip("STARTPOSITION"):
            statement.start = _whole(reader, 1, None)
        elif reader.skip("MAXRESULTS"):
            statement.limit = _whole(reader, 0, 1000)
        else:
            return


def _order(reader: _Reader, statement: Statement) -> None:
    while True:
        name = reader.word()
        descending = reader.skip("DESC")
        if not descending:
            reader.skip("ASC")
        statement.order.append((name, descending))
        if not reader.skip(","):
            return


def _whole(reader: _Reader, low: int, high: int | None) -> int:
    text = reader.next()
    if not re.fullmatch(r"-?\d{1,15}", text):
        raise _parse_fault(text)
    if int(text) < low:
        raise invalid(f"value {text} is too small. Min allowed value is {low}")
    if high is not None and int(text) > high:
        raise invalid(f"value {text} is too large. Max allowed value is {high}")
    return int(text)
