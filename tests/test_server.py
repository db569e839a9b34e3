"""The worker answers plain questions where it reads them, and leaves all else to gunicorn, whole."""

import http.client
import os
import re
import selectors
import socket
import threading

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from archreview.server import MOST_HEAD, REQUESTS_PER_CONNECTION, Worker, written

# More than a connection takes from a server whose client does not read.
TOO_MUCH = b"x" * 40_000_000


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

    server.worker.answer_at_once = fails

    assert ask(connection, "/none") == (200, b"GET /none")
    assert ask(connection, "/none") == (200, b"GET /none")
    assert "could not answer" in caplog.text


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

    came = sent(connection, whole[:20], whole[20:])

    assert came.count(b"HTTP/1.1 ") == 1


def test_a_connection_moves_on_to_another_worker_after_its_share(server, connection):
    """It can be answered at once nearly always; it is let go by an answer that says so."""
    statuses = [ask(connection, "/none")[0] for _ in range(REQUESTS_PER_CONNECTION)]
    connection.request("GET", "/none")
    last = connection.getresponse()
    last.read()

    assert set(statuses) == {204}
    assert last.headers["Connection"] == "close"
    assert last.will_close


def test_who_stops_reading_loses_the_connection_and_holds_up_nobody(server, connection):
    connection.request("GET", "/much")

    assert ask(server.connect(), "/none") == (204, b"")
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        connection.getresponse().read()


def test_who_goes_away_is_let_go(server, connection):
    other = server.connect()
    connection.close()

    assert ask(other, "/none") == (204, b"")
    while server.worker.nr_conns > 1:
        ask(other, "/none")


def test_who_has_asked_last_is_let_go_last(server, connection):
    other = server.connect()
    ask(connection, "/none")
    ask(other, "/none")
    ask(connection, "/none")
    ask(other, "/first")  # by a thread; the loop has taken note of what was before

    kept = [each for each in server.worker.keepalived_conns if each.client[1] != other.sock.getsockname()[1]]
    times = [each.timeout for each in server.worker.keepalived_conns]
    assert [each.client[1] for each in kept] == [connection.sock.getsockname()[1]]
    assert times == sorted(times)


def test_a_worker_that_is_ending_leaves_all_to_gunicorn(server, connection):
    server.worker.alive = False
    del server.asked[:]

    connection.request("GET", "/none")
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (200, b"GET /none")
    assert answer.headers["Connection"] == "close"
    assert server.asked == []
