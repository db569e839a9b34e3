"""The gunicorn worker that serves archreview."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

# A kept-alive connection stays with the worker that took it: after one has begun anew, all would stay with the other.
# So each is let go after so many requests, and taken up again by whichever worker has nothing to do.
REQUESTS_PER_CONNECTION = 256

# One request, whole, with nothing behind it, as every browser and proxy writes it. What looks otherwise, or is longer,
# is left to gunicorn's own parser.
HEAD = re.compile(rb"GET (/[!-~]*) HTTP/1\.1\r\n((?:[-A-Za-z0-9]+:[^\0\r\n]*\r\n)+)\r\n")
MOST_HEAD = 8192
# With these it is more than a plain question.
MORE = frozenset({"content-length", "transfer-encoding", "expect", "upgrade", "http2-settings"})


class Worker(ThreadWorker):
    """
    gunicorn's worker with threads, which answers open pages that ask for news itself where that takes one short query.

    They ask each second, and nearly always there is none. To wake a thread, to hand it the connection and to take that
    back costs ten times as much as to answer where the question was read: in the loop that watches the connections.
    What has been answered so is in no access log, and no hook of gunicorn's hears of it. A worker that hangs there
    is replaced like one whose threads hang.
    """

    def load_wsgi(self) -> None:
        """Load the application, then what answers at once, which needs it."""
        super().load_wsgi()
        from archreview.reviews.views.polls import answer_at_once

        self.answer_at_once = answer_at_once

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Answer at once, or let a thread do what it always does: nothing has been taken from the connection."""
        if not self._has_answered(conn):
            super().on_client_socket_readable(conn, client)

    def handle_request(self, req: Request, conn: TConn) -> bool:
        """Let go of a connection that has had its share."""
        if req.req_number + _answered(conn) >= REQUESTS_PER_CONNECTION:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def _has_answered(self, conn: TConn) -> bool:
        # Of a connection that is encrypted here nothing can be read without taking it.
        if not self.alive or self.cfg.is_ssl or _answered(conn) >= REQUESTS_PER_CONNECTION:
            return False
        try:
            head = conn.sock.recv(MOST_HEAD, socket.MSG_PEEK)
        except OSError:
            return False
        request = HEAD.fullmatch(head)
        headers = _headers(request[2]) if request else None
        if request is None or headers is None:
            return False
        try:
            answer = self.answer_at_once(request[1].decode(), headers)
        except Exception:
            # It would end the worker. A thread has an answer for that, too.
            self.log.exception("could not answer %s at once", request[1])
            return False
        if answer is None:
            return False
        conn.answered_at_once = _answered(conn) + 1
        # The one that has been silent for longest stands first.
        self.keepalived_conns.remove(conn)
        self._send(conn, len(head), written(*answer))
        return True

    def _send(self, conn: TConn, taken: int, answer: bytes) -> None:
        """Take the question from the connection, and answer; who does not read is not waited for."""
        try:
            if len(conn.sock.recv(taken)) == taken and conn.sock.send(answer) == len(answer):
                conn.set_timeout()
                self.keepalived_conns.append(conn)
                return
        except OSError:
            pass
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()


def written(headers: Mapping[str, str], body: bytes) -> bytes:
    """An answer as it is sent: with the body, or with the status that says that there is none."""
    status = "200 OK" if body else "204 No Content"
    lines = [f"HTTP/1.1 {status}", f"Date: {formatdate(usegmt=True)}", "Connection: keep-alive"]
    if body:
        lines += ["Content-Type: text/html; charset=utf-8", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _answered(conn: TConn) -> int:
    return int(getattr(conn, "answered_at_once", 0))


def _headers(lines: bytes) -> dict[str, str] | None:
    """The headers by their names in small letters; None where they ask for more, or one is there twice."""
    headers: dict[str, Any] = {}
    for line in lines.decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name in headers or name in MORE:
            return None
        headers[name] = value.strip(" \t")
    is_kept = headers.get("connection", "keep-alive").lower() == "keep-alive"
    return headers if is_kept and "host" in headers else None
