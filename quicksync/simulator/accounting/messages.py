"""One HTTP request and its answer as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from quicksync.simulator.accounting.jsontext import dumps

JSON = "application/json;charset=utf-8"


@dataclass(slots=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    query_text: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        """The query parameters; a repeated one counts by its last value."""
        return dict(parse_qsl(self.query_text, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The body of a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def host(self) -> str:
        """The address the client used, which discovery repeats."""
        return self.headers.get("host", "127.0.0.1")


@dataclass(slots=True)
class Response:
    """What the client gets."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False  # the connection breaks instead of an answer


def json_response(value: object, status: int = 200, **headers: str) -> Response:
    """An answer of a JSON value."""
    return Response(
        status, dumps(value).encode(), JSON, {k.replace("_", "-"): v for k, v in headers.items()}
    )


def text_response(text: str, status: int = 200, content_type: str = JSON) -> Response:
    """An answer of ready text."""
    return Response(status, text.encode(), content_type)
