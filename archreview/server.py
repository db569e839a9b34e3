"""The gunicorn worker that serves archreview."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Mapping
from email.utils import formatdate

from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

# A kept-alive connection stays with the worker that took it: after one has begun anew, all would stay with the other.
# So each is let go after so many requests, and taken up again by whichever worker has nothing to do.
REQUESTS_PER_CONNECTION = 256

# One request, whole, with nothing behind it, as every browser and proxy writes it. What looks otherwise, or is longer,
# is left to gunicorn's own parser.
HEAD = re.compile(rb"GET (/[!-~]*) HTTP/1\.1\r\n((?:[-A-Za-z0-9]+:[\t -~\x80-\xff]*\r\n)+)\r\n")
MOST_HEAD = 8192
# With these it is more than a plain question.
MORE = frozenset({"content-length", "transfer-encoding", "expect", "upgrade", "http2-settings"})
# What an empty buffer of a connection surely takes; a thread can wait until more is read.
MOST_ANSWER = 16_384
# For so many seconds after a fault, of the database for example, threads answer: the loop is not to meet it each time.
PAUSE_AFTER_FAULT = 5.0


class Worker(ThreadWorker):
    """
    gunicorn's worker with threads, which answers open pages that ask for news itself where that takes a short query or
    two.

    They ask each second, and nearly always there is none. To wake a thread, to hand it the connection and to take that
    back costs more than to answer where the question was read: in the loop that watches the connections. What has been
    answered so is in no access log, and no hook of gunicorn's hears of it. A loop that hangs has the worker replaced,
    with all that its threads are doing, so it has a connection to the database that gives up soon.
    """

    answer_at_once: Callable[[str, Mapping[str, str]], tuple[Mapping[str, str], bytes] | None] | None = None
    answers_again_at = 0.0

    def load_wsgi(self) -> None:
        """Load the application, then what answers at once, which needs it; not where a developer may be writing it."""
        super().load_wsgi()
        if not self.cfg.reload:
            from archreview.reviews.views.polls import answer_at_once

            self.answer_at_once = answer_at_once

    def run(self) -> None:
        """Serve until told to end."""
        use_own_connection()
        super().run()

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
        if self.answer_at_once is None or not self.alive or self.cfg.is_ssl:
            return False
        if _answered(conn) >= REQUESTS_PER_CONNECTION or time.monotonic() < self.answers_again_at:
            return False
        try:
            head = conn.sock.recv(MOST_HEAD, socket.MSG_PEEK)
        except OSError:
            return False
        try:
            answer = self._answer(head)
        except Exception:
            # It would end the worker. A thread has an answer for that, too.
            self.log.exception("could not answer at once")
            self.answers_again_at = time.monotonic() + PAUSE_AFTER_FAULT
            return False
        if answer is None:
            return False
        self._send(conn, len(head), answer)
        return True

    def _answer(self, head: bytes) -> bytes | None:
        """The answer to a plain question that can be answered at once; None for everything else."""
        request = HEAD.fullmatch(head)
        headers = _headers(request[2]) if request else None
        if request is None or headers is None or self.answer_at_once is None:
            return None
        renew_own_connection()
        answer = self.answer_at_once(request[1].decode(), headers)
        return None if answer is None or len(answer[1]) > MOST_ANSWER else written(*answer)

    def _send(self, conn: TConn, taken: int, answer: bytes) -> None:
        """Take the question from the connection, and answer; who does not read is not waited for."""
        conn.answered_at_once = _answered(conn) + 1
        # The one that has been silent for longest stands first.
        self.keepalived_conns.remove(conn)
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


def use_own_connection() -> None:
    """
    Let this thread have a connection to the database that is none of a pool's, on which it never waits for long.

    It is kept for a minute, and PostgreSQL keeps the plans of what is asked by `prepared_cursor` as long.
    """
    from django.db import DEFAULT_DB_ALIAS, connections

    own = connections.create_connection(DEFAULT_DB_ALIAS)
    options = {name: value for name, value in own.settings_dict.get("OPTIONS", {}).items() if name != "pool"}
    if own.vendor == "postgresql":
        # Seconds, and milliseconds: for a server that is not there, one that is lost, and a table that is locked.
        options |= {"connect_timeout": 2, "tcp_user_timeout": 2000, "options": "-c statement_timeout=2000"}
        # Only what asks for it is prepared.
        options["prepare_threshold"] = 1_000_000
    else:
        options["timeout"] = 1
    own.settings_dict = {**own.settings_dict, "OPTIONS": options, "CONN_MAX_AGE": 60}
    connections[DEFAULT_DB_ALIAS] = own


def renew_own_connection() -> None:
    """Close this thread's connection to the database where it is old or broken; the next query opens another."""
    from django.db import connection

    connection.close_if_unusable_or_obsolete()


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
    headers: dict[str, str] = {}
    for line in lines.decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name in headers or name in MORE:
            return None
        headers[name] = value.strip(" \t")
    is_kept = headers.get("connection", "keep-alive").lower() == "keep-alive"
    return headers if is_kept and "host" in headers else None
