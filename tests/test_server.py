"""The worker answers plain questions where it reads them, and leaves all else to gunicorn, whole."""

import http.client
import os
import re
import selectors
import socket
import threading
import time
from types import SimpleNamespace

import pytest
from django.db import connections
from gunicorn.config import Config
from gunicorn.glogging import Logger

from archreview.reviews.queries.prepared import prepared_cursor
from archreview.server import MOST_ANSWER, MOST_HEAD, REQUESTS_PER_CONNECTION, Worker, use_own_connection, written

TOO_MUCH = b"x" * (MOST_ANSWER + 1)


def application(environ, start_response):
    """Say what has come in, by a thread."""
    content = environ["wsgi.input"].read()
    told = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {content.decode()}".strip().encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]


class Server:
    """A worker that serves in a thread of this process; `asked` is what it was asked to answer at once."""

    def __init__(self):
        self.asked, self.connections = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        config = Config()
        config.set("threads", 2)
        self.worker = Worker(1, os.getppid(), [self.listener], None, 30, config, Logger(config))
        self.worker.wsgi, self.worker.answer_at_once = application, self.answer
        self.worker.tpool = self.worker.get_thread_pool()
        self.worker.poller = selectors.DefaultSelector()
        self.worker.method_queue.init()
        self.thread = threading.Thread(target=self.worker.run)
        self.thread.start()

    def answer(self, target, headers):
        self.asked.append((target, headers))
        answers = {"/none": b"", "/news": b"<p>news</p>", "/much": TOO_MUCH}
        return ({"Pace": "1000"}, answers[target]) if target in answers else None

    def connect(self):
        """A connection that has been answered once, as all are before the worker watches them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.listener.getsockname()[1], timeout=20)
        self.connections.append(connection)
        assert ask(connection, "/first") == (200, b"GET /first")
        return connection

    def end(self):
        for connection in self.connections:
            connection.close()
        self.worker.alive = False
        self.worker.method_queue.defer(lambda: None)
        self.thread.join()
        self.worker.tmp.close()
        self.worker.poller.close()
        self.worker.method_queue.close()
        self.listener.close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.end()


@pytest.fixture
def connection(server):
    return server.connect()


def ask(connection, path, method="GET", **more):
    connection.request(method, path, **more)
    answer = connection.getresponse()
    return answer.status, answer.read()


def sent(connection, *packets):
    """What comes back for the bytes, until the server has nothing more to say."""
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for packet in packets:
        connection.sock.sendall(packet)
    connection.sock.shutdown(socket.SHUT_WR)
    came = b""
    while more := connection.sock.recv(65536):
        came += more
    return came


def test_a_plain_question_is_answered_where_it_is_read(server, connection):
    assert ask(connection, "/none", headers={"HX-Request": "true", "Cookie": "a=1; b=2"}) == (204, b"")

    target, headers = server.asked[-1]
    assert target == "/none"
    assert headers["cookie"] == "a=1; b=2"
    assert headers["hx-request"] == "true"


def test_a_connection_takes_both_kinds_in_turn(server, connection):
    paths = ["/none", "/other", "/news", "/news", "/another", "/none"]

    answers = [ask(connection, path) for path in paths]

    assert answers == [
        (204, b""),
        (200, b"GET /other"),
        (200, b"<p>news</p>"),
        (200, b"<p>news</p>"),
        (200, b"GET /another"),
        (204, b""),
    ]
    assert [target for target, _ in server.asked] == paths


def test_a_fault_in_the_answer_is_left_to_a_thread_and_does_not_end_the_worker(server, connection, caplog):
    def fails(*_):
        raise ZeroDivisionError

    answer, server.worker.answer_at_once = server.worker.answer_at_once, fails
    assert ask(connection, "/none") == (200, b"GET /none")
    assert "could not answer" in caplog.text

    # For a while it is not tried.
    server.worker.answer_at_once = answer
    del server.asked[:]
    assert ask(connection, "/none") == (200, b"GET /none")
    assert server.asked == []
    server.worker.answers_again_at = 0.0
    assert ask(connection, "/none") == (204, b"")


def test_an_answer_has_what_an_answer_must_have():
    head, _, body = written({"Pace": "1000"}, b"news").partition(b"\r\n\r\n")
    empty = written({}, b"")

    assert body == b"news"
    assert head.startswith(b"HTTP/1.1 200 OK\r\nDate: ")
    for line in (b"Content-Length: 4", b"Content-Type: text/html; charset=utf-8", b"Pace: 1000"):
        assert line in head.split(b"\r\n")
    # An answer without content has no length (RFC 9110, 8.6).
    assert re.fullmatch(rb"HTTP/1.1 204 No Content\r\nDate: [^\r]+ GMT\r\nConnection: keep-alive\r\n\r\n", empty)


PLAIN = b"GET /none HTTP/1.1\r\nHost: here\r\n"


@pytest.mark.parametrize(
    "head",
    [
        PLAIN + b"Content-Length: 0\r\n\r\n",
        PLAIN + b"Content-Length: 3\r\n\r\nabc",
        PLAIN + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        PLAIN + b"Connection: close\r\n\r\n",
        PLAIN + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        PLAIN + b"Cookie: a=1\r\nCookie: a=2\r\n\r\n",
        PLAIN + b"".join(b"X-%d: %b\r\n" % (n, b"x" * (MOST_HEAD // 2)) for n in range(2)) + b"\r\n",
        b"HEAD /none HTTP/1.1\r\nHost: here\r\n\r\n",
        b"POST /none HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc",
        b"GET /none HTTP/1.0\r\nHost: here\r\n\r\n",
        b"GET http://here/none HTTP/1.1\r\nHost: here\r\n\r\n",
    ],
)
def test_what_is_more_than_a_plain_question_is_left_to_gunicorn(server, connection, head):
    del server.asked[:]

    came = sent(connection, head)

    assert came.startswith((b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK"))
    assert server.asked == []


@pytest.mark.parametrize(
    "head",
    [
        b"GET /none HTTP/1.1\r\n\r\n",
        PLAIN + b"X: 1\r\n folded\r\n\r\n",
        PLAIN + b"X : 1\r\n\r\n",
        PLAIN + b"X: a\0b\r\n\r\n",
        PLAIN + b"X: a\x01\x7fb\r\n\r\n",
        b"GET /none\tHTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET  /none HTTP/1.1\r\nHost: here\r\n\r\n",
        PLAIN.replace(b"\r\n", b"\n") + b"\n",
        b"GARBAGE\r\n\r\n",
    ],
)
def test_what_is_wrong_is_not_answered_at_once(server, connection, head):
    del server.asked[:]

    sent(connection, head)

    assert server.asked == []
    # The worker lives on.
    assert ask(server.connect(), "/none") == (204, b"")


def test_two_questions_in_one_packet_are_both_answered_in_their_order(server, connection):
    first = PLAIN.replace(b"/none", b"/one") + b"\r\n"
    second = PLAIN.replace(b"/none", b"/two") + b"\r\n"

    came = sent(connection, first + second + PLAIN + b"\r\n")

    assert re.findall(rb"GET /(one|two|none)", came) == [b"one", b"two", b"none"]


def test_a_question_that_comes_in_pieces_is_answered_once(server, connection):
    whole = PLAIN + b"Cookie: a=1\r\n\r\n"
    assert until(lambda: len(server.worker.keepalived_conns) == 1)
    connection.sock.sendall(whole[:20])
    assert until(lambda: not server.worker.keepalived_conns)
    del server.asked[:]

    came = sent(connection, whole[20:])

    assert came.count(b"HTTP/1.1 ") == 1
    assert came.endswith(b"GET /none")
    assert server.asked == []


def test_a_connection_moves_on_to_another_worker_after_its_share(server, connection):
    """It can be answered at once nearly always; it is let go by an answer that says so."""
    statuses = [ask(connection, "/none")[0] for _ in range(REQUESTS_PER_CONNECTION)]
    connection.request("GET", "/none")
    last = connection.getresponse()
    last.read()

    assert set(statuses) == {204}
    assert last.headers["Connection"] == "close"
    assert last.will_close


def test_what_may_not_go_out_at_once_is_left_to_a_thread(connection):
    assert ask(connection, "/much") == (200, b"GET /much")


def test_who_does_not_read_loses_the_connection_and_nobody_else_does(server, connection):
    other = server.connect()
    assert until(lambda: len(server.worker.keepalived_conns) == 2)
    conn = next(c for c in list(server.worker.keepalived_conns) if c.client == connection.sock.getsockname())
    held = conn.sock
    conn.sock = Full(held)

    connection.request("GET", "/none")

    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.getresponse()
    assert ask(other, "/none") == (204, b"")
    assert server.worker.nr_conns == 1


class Full:
    """A connection that takes only some of what is sent."""

    def __init__(self, sock):
        self.sock = sock

    def __getattr__(self, name):
        return getattr(self.sock, name)

    def send(self, data):
        return self.sock.send(data[:10])


def until(it_is_so):
    """Wait, for ten seconds at most, for what the worker does in a moment; gives whether it has."""
    late = time.monotonic() + 10
    while not it_is_so() and time.monotonic() < late:
        time.sleep(0.005)
    return it_is_so()


def test_who_goes_away_is_let_go(server, connection):
    other = server.connect()
    connection.close()

    assert ask(other, "/none") == (204, b"")
    assert until(lambda: server.worker.nr_conns == 1)


def test_who_has_asked_last_is_let_go_last(server, connection):
    second, third = server.connect(), server.connect()
    asking = [connection.sock, second.sock, third.sock]
    assert until(lambda: len(server.worker.keepalived_conns) == 3)

    ask(connection, "/none")
    ask(second, "/none")

    assert until(lambda: len(server.worker.keepalived_conns) == 3)
    kept = list(server.worker.keepalived_conns)
    assert [each.client for each in kept] == [asking[index].getsockname() for index in (2, 0, 1)]
    assert sorted(each.timeout for each in kept) == [each.timeout for each in kept]


def test_nothing_is_read_ahead_of_a_connection_that_is_encrypted_here(server, connection):
    del server.asked[:]
    server.worker.cfg.set("certfile", __file__)

    assert ask(connection, "/none") == (200, b"GET /none")
    assert server.asked == []


@pytest.mark.parametrize("reload", [False, True])
def test_while_the_code_is_written_threads_answer_all(server, reload):
    """gunicorn shows a page with the error then; nothing else may fail in its place."""
    server.worker.cfg.set("reload", reload)
    server.worker.app, server.worker.reloader = SimpleNamespace(wsgi=lambda: application), None
    server.worker.answer_at_once = None

    server.worker.load_wsgi()

    assert (server.worker.answer_at_once is None) is reload


def test_the_loop_has_a_connection_of_its_own_on_which_it_does_not_wait(db):
    told = {}

    def look():
        use_own_connection()
        try:
            told["options"] = connections["default"].settings_dict["OPTIONS"]
            told["age"] = connections["default"].settings_dict["CONN_MAX_AGE"]
            for _ in range(2):
                with prepared_cursor() as cursor:
                    cursor.execute("SELECT %s + 1", [1])
                    told["answer"] = cursor.fetchone()[0]
            if connections["default"].vendor == "postgresql":
                with connections["default"].cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM pg_prepared_statements")
                    told["prepared"] = cursor.fetchone()[0]
                    cursor.execute("SHOW statement_timeout")
                    told["gives up"] = cursor.fetchone()[0]
        finally:
            connections["default"].close()

    loop = threading.Thread(target=look)
    loop.start()
    loop.join()

    assert "pool" not in told["options"]
    assert (told["age"], told["answer"]) == (60, 2)
    assert told.get("prepared", 1) == 1
    assert told.get("gives up", "2s") == "2s"
    # The other threads' is as it was.
    assert connections["default"].settings_dict["OPTIONS"] != told["options"]


def test_a_worker_that_is_ending_leaves_all_to_gunicorn(server, connection):
    server.worker.alive = False
    del server.asked[:]

    connection.request("GET", "/none")
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (200, b"GET /none")
    assert answer.headers["Connection"] == "close"
    assert server.asked == []
