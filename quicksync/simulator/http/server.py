"""HTTP/1.1 on loopback: a thread per connection, kept alive, able to break off on purpose."""

from __future__ import annotations

import logging
import socket
import struct
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from quicksync.simulator.accounting.messages import Request, Response, json_response
from quicksync.simulator.http.routes import respond
from quicksync.simulator.site.site import Site

log = logging.getLogger("quicksync.simulator")
LARGEST_BODY = 105 * 1024 * 1024


class SimulatorServer(ThreadingHTTPServer):
    """The listening socket and the site behind it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, site: Site, host: str, port: int) -> None:
        self.site = site
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((host, port), Handler)

    @property
    def base_url(self) -> str:
        """The address, with the port that was really taken."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection; answers leave at once."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ended."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is a fault of the simulator's own."""
        gone = isinstance(sys.exception(), OSError)
        level, what = (logging.DEBUG, "connection ended") if gone else (logging.ERROR, "no answer")
        log.log(level, what, exc_info=True, extra={"action": "simulator.connection"})

    def close_all(self) -> None:
        """Break off every connection that is still open."""
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the answers."""

    protocol_version = "HTTP/1.1"
    server: SimulatorServer
    wbufsize = -1
    timeout = 120

    def log_message(self, *args: object) -> None:
        """Requests are logged with their answers instead."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A request that cannot be read at all gets the bare page of a gateway."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or ""
        reason = self._reason(code)
        page = (
            f"<html><head><title>{code} {reason}</title></head><body><h1>{code}"
            f" {reason}</h1></body></html>"
        )
        self._send(Response(code, page.encode(), "text/html"))

    def handle_one_request(self) -> None:
        """Any method goes the same way; a connection that stays silent is closed."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
        except TimeoutError:
            self.raw_requestline = b""
        if not self.raw_requestline or len(self.raw_requestline) > 65536:
            self.close_connection = True
        elif self.parse_request():
            self._serve()

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self._send(
                json_response({"error": "The body is missing its length or is too large."}, 413)
            )
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, query, headers, body)
        started = time.perf_counter()
        response = respond(self.server.site, request)
        if response.drop:
            self._break_off()
            return
        self._send(response)
        if log.isEnabledFor(logging.INFO):
            log.info(
                "%s %s %s %.1f ms",
                request.method,
                self.path[:200],
                response.status,
                (time.perf_counter() - started) * 1000,
                extra={"action": "simulator.request"},
            )

    def _body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        text = self.headers.get("Content-Length", "0").strip()
        if not text.isdigit() or int(text) > LARGEST_BODY:
            return None
        return self.rfile.read(int(text)) if int(text) else b""

    def _chunks(self) -> bytes | None:
        parts, total = list[bytes](), 0
        while True:
            try:
                size = int(self.rfile.readline(100).split(b";")[0].strip() or b"0", 16)
            except ValueError:
                return None
            total += size
            if total > LARGEST_BODY:
                return None
            if size == 0:
                while self.rfile.readline(1000).strip():
                    pass
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline(10)

    def _send(self, response: Response) -> None:
        head = [f"HTTP/1.1 {response.status} {self._reason(response.status)}"]
        if response.status != 204:
            head.append(f"Content-Type: {response.content_type}")
        head += [f"{name}: {value}" for name, value in response.headers.items()]
        head += [
            f"Content-Length: {len(response.body)}",
            f"Date: {self.date_time_string()}",
            "Server: nginx",
        ]
        if self.close_connection:
            head.append("Connection: close")
        text = "\r\n".join(head) + "\r\n\r\n"
        self.wfile.write(text.encode("latin-1", "replace"))
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def _reason(self, status: int) -> str:
        return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Status"

    def _break_off(self) -> None:
        """Close with a reset, so that the client cannot take it for an empty answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
