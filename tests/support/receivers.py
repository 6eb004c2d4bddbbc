"""Receivers on this machine, for what is sent: one of HTTP, one of mail."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Received", "mail_receiver", "web_receiver"]


@dataclass
class Received:
    """What came: of each request its headers (by lower-case name) and body; ``port`` is where it came."""

    port: int = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def web_receiver(
    answers: Sequence[int], *, silent: float = 0.0, headers: dict[str, str] | None = None
) -> Iterator[Received]:
    """Answers the first request with the first status, and so on; the last one for all others. ``silent``: seconds for
    which it says nothing."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(silent)
            self.send_response(answers[min(len(received.requests), len(answers)) - 1])
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        received.port = port
        yield received


@contextmanager
def mail_receiver(*, refused: bool = False) -> Iterator[Received]:
    """Takes mails by SMTP, or refuses each."""
    received = Received()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            for line in self.rfile:
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self.say("354 go on")
                    body = b"".join(iter(self.rfile.readline, b".\r\n"))
                    received.requests.append(({}, body))
                    self.say("250 taken")
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("550 no" if refused and word == b"RCPT" else "250 good")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode("ascii"))

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        received.port = port
        yield received


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
