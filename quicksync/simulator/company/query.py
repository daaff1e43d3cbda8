"""The query language: a statement becomes a value, or a 4000 fault that says where it broke.

The service's parser is made by JavaCC, whose messages name the class of the token that it met, its
place, and what it was expecting; recorded ones of 2014 to 2026 agree. Tokens are looked at one by
one, so that a wrong word is told before a wrong sign behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from quicksync.simulator.accounting.errors import QueryError

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<STRING>'(?:\\.|[^'\\])*')|(?P<op><=|>=|!=|<|>|=|,|\(|\)|\*)"
    r"|(?P<INTEGER>-?\d+(?:\.\d+)?(?![\w.-]))|(?P<word>[A-Za-z_][\w.]*)|(?P<bad>.)",
    re.DOTALL,
)
# `!=` and NOT IN are not in the published grammar, yet the live service takes them (recorded in
# qbo_api#37).
_OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "in", "like")
_COMPARISONS = frozenset(("<", ">", "<=", ">="))
_KEYWORDS = frozenset(
    (
        "select",
        "from",
        "where",
        "order",
        "orderby",
        "by",
        "asc",
        "desc",
        "startposition",
        "maxresults",
        "iterator",
        "in",
        "like",
        "not",
        "count",
        "true",
        "false",
    )
)
# Words that are told as classes of tokens.
_CLASSES = {"and": "<AND>", "or": "<OR>"}
_EOF, _IDENTIFIER, _STRING, _INTEGER = "<EOF>", "<IDENTIFIER>", "<STRING>", "<INTEGER>"
_TRUTHS = ('"false"', '"true"')
# What the parser names where a value has to stand, as recorded; the language's description has no
# bare days and ids.
_VALUES = (*_TRUTHS, "<DATETIME>", "<ID>", _STRING)
_TAIL = ('"iterator"', '"maxresults"', '"order"', '"orderby"', '"startposition"')
_AFTER_CONDITION = (_EOF, "<AND>", *_TAIL[:2], "<OR>", *_TAIL[2:])
_AFTER_ENTITY = (_EOF, *_TAIL, '"where"')


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


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or sign as it was written: its class as messages tell it, and where it begins."""

    kind: str
    text: str
    line: int
    column: int


def _class_of(kind: str, text: str) -> str:
    word = text.lower()
    if kind == "word":
        return _CLASSES.get(word) or (f'"{word}"' if word in _KEYWORDS else _IDENTIFIER)
    return f'"{text}"' if kind == "op" else kind if kind == "bad" else f"<{kind}>"


def _tokens(text: str) -> list[_Token]:
    found, line, begin = list[_Token](), 1, 0
    last = (0, 0)
    for match in _TOKEN.finditer(text):
        kind, piece = str(match.lastgroup), match[0]
        if kind != "space":
            found.append(_Token(_class_of(kind, piece), piece, line, match.start() - begin + 1))
        if "\n" in piece:
            line, begin = line + piece.count("\n"), match.start() + piece.rindex("\n") + 1
        last = (line, match.end() - begin)
    return [*found, _Token(_EOF, "", *last)]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, _tokens(text), 0

    def here(self, ahead: int = 0) -> _Token:
        token = self.tokens[min(self.at + ahead, len(self.tokens) - 1)]
        if token.kind == "bad":
            raise self._lexical(token)
        return token

    def take(self, *kinds: str) -> _Token:
        """The next token, which must be of one of these classes."""
        token = self.here()
        if token.kind not in kinds:
            raise self.wrong(token, kinds)
        self.at += 1
        return token

    def skip(self, kind: str) -> bool:
        """Whether the next token is of this class, which is then behind us."""
        if self.here().kind != kind:
            return False
        self.at += 1
        return True

    def wrong(self, token: _Token, expected: tuple[str, ...]) -> QueryError:
        """The parser met what it did not expect."""
        met = _EOF if token.kind == _EOF else f' {token.kind} "{_escaped(token.text)} "'
        lead = "Was expecting:" if len(expected) == 1 else "Was expecting one of:"
        lines = "".join(f"    {kind} {'' if kind == _EOF else '...'}\n" for kind in expected)
        return _fault(
            f'Encountered "{met}" at line {token.line}, column {token.column}.\n{lead}\n{lines}    '
        )

    def _lexical(self, token: _Token) -> QueryError:
        """A sign that begins no token, or a text that does not end."""
        if token.text == "'":
            ends, lines = self.tokens[-1], self.text.split("\n")
            begun = "\n".join([lines[token.line - 1][token.column - 1 :], *lines[token.line :]])
            place, met, after = (ends.line, ends.column), "<EOF> ", begun
        else:
            place, met, after = (
                (token.line, token.column),
                f'"{_escaped(token.text)}" ({ord(token.text)}), ',
                "",
            )
        return _fault(
            f"Invalid content. Lexical error at line {place[0]}, column {place[1]}.  "
            f'Encountered: {met}after : "{_escaped(after)}"'
        )


def _escaped(text: str) -> str:
    """As Java writes a text into a message."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'").replace("\n", "\\n")
    return "".join(sign if 32 <= ord(sign) < 127 else f"\\u{ord(sign):04x}" for sign in plain)


def _fault(sentence: str) -> QueryError:
    return QueryError(4000, f"QueryParserError: {sentence}", message="Error parsing query")


def invalid(sentence: str) -> QueryError:
    """A statement that reads well and makes no sense."""
    return QueryError(4001, f"QueryValidationError: {sentence}", message="Invalid query")


def parse(text: str) -> Statement:
    """Read one statement."""
    reader = _Reader(text)
    reader.take('"select"')
    fields, count = _projection(reader)
    reader.take('"from"')
    statement = Statement(reader.take(_IDENTIFIER).text, fields, count)
    expected: tuple[str, ...] = _AFTER_ENTITY
    if reader.skip('"where"'):
        expected = _AFTER_CONDITION
        statement.conditions.append(_condition(reader))
        while reader.skip("<AND>"):
            statement.conditions.append(_condition(reader))
    _tail(reader, statement, expected)
    return statement


def _projection(reader: _Reader) -> tuple[tuple[str, ...], bool]:
    if reader.skip('"count"'):
        for sign in ("(", "*", ")"):
            reader.take(f'"{sign}"')
        return (), True
    fields, everything = list[str](), False
    while True:
        token = reader.take('"*"', '"count"', _IDENTIFIER)
        if token.kind == '"*"':
            everything = True
        else:
            fields.append(token.text)
        if not reader.skip('","'):
            break
    return (() if everything else tuple(fields)), False


def _condition(reader: _Reader) -> Condition:
    name = reader.take(_IDENTIFIER).text
    if reader.skip('"not"'):
        reader.take('"in"')
        return Condition(name, "NOT IN", _values(reader))
    operator = reader.take(*(f'"{word}"' for word in _OPERATORS))
    word = operator.text.upper()
    if word in _COMPARISONS and reader.here().kind == _INTEGER:
        # Recorded: a number without quotes is refused at the sign before it.
        raise reader.wrong(operator, ('"="', '"in"', '"like"'))
    return Condition(name, word, _values(reader) if word == "IN" else (_value(reader),))


def _values(reader: _Reader) -> tuple[str | bool, ...]:
    """A list in brackets."""
    reader.take('"("')
    values = [_value(reader)]
    while reader.skip('","'):
        values.append(_value(reader))
    reader.take('")"')
    return tuple(values)


def _value(reader: _Reader) -> str | bool:
    token = reader.here()
    if token.kind == _IDENTIFIER and token.text.upper() == "CURRENT_DATE":
        reader.at += 1
        return "CURRENT_DATE"
    if token.kind not in (*_TRUTHS, _STRING):
        raise reader.wrong(token, _VALUES)
    reader.at += 1
    if token.kind in _TRUTHS:
        return token.text.lower() == "true"
    return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)


def _tail(reader: _Reader, statement: Statement, expected: tuple[str, ...]) -> None:
    while (token := reader.here()).kind != _EOF:
        if token.kind == '"startposition"':
            reader.at += 1
            statement.start = _whole(reader, 1, None)
        elif token.kind == '"maxresults"':
            reader.at += 1
            statement.limit = _whole(reader, 0, 1000)
        elif reader.skip('"orderby"') or reader.skip('"order"'):
            if token.kind == '"order"':
                reader.take('"by"')
            _order(reader, statement)
        else:
            # The parser names OR and ITERATOR among what it expects; the language has neither.
            raise reader.wrong(token, tuple(kind for kind in expected if kind != token.kind))


def _order(reader: _Reader, statement: Statement) -> None:
    while True:
        name = reader.take(_IDENTIFIER).text
        descending = reader.skip('"desc"')
        if not descending:
            reader.skip('"asc"')
        statement.order.append((name, descending))
        if not reader.skip('","'):
            return


def _whole(reader: _Reader, low: int, high: int | None) -> int:
    token = reader.take(_INTEGER)
    if not re.fullmatch(r"-?\d{1,15}", token.text):
        raise reader.wrong(token, (_INTEGER,))
    if int(token.text) < low:
        raise invalid(f"value {token.text} is too small. Min allowed value is {low}")
    if high is not None and int(token.text) > high:
        raise invalid(f"value {token.text} is too large. Max allowed value is {high}")
    return int(token.text)
