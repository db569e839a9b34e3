"""
Twenty sessions at once: 240 people take part, against the product's own server.

    python -m benchmarks.session_load                    # on SQLite, a minute
    tools/with_postgresql .venv/bin/python -m benchmarks.session_load
    python -m benchmarks.session_load --sessions 2       # as few as most have at once
    python -m benchmarks.session_load --harsh            # all ask each second, and an item takes a minute
    python -m benchmarks.session_load --seconds 20 --kill   # the server is killed in between, and started again

What people do, and how often, is in benchmarks/meetings.py; their browsers ask for news at the pace of the page's own
script. Prints the answers by kind with the slowest twentieth (p95), what failed, whether every vote that was
acknowledged is stored, after how long the others see what a lead did, and the processor time of the server in so many
seconds, from ten seconds after everybody has come in. Bounded: so many seconds, loopback only, a database of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.meetings import ANSWERS, Person, Step, prepare

ROOT = Path(__file__).resolve().parent.parent
SESSIONS, PEOPLE = 20, 12
# Seconds that a group stays at an item.
ITEM, HARSH_ITEM = 240.0, 60.0
# Seconds, as in static/js/session.js: a page asks so often until it is told how often, and less often when it has been
# quiet for so long.
FIRST_PAUSE, QUIET_PAUSE, QUIET_AFTER = 2.0, 4.0, 300.0
# How often each person asks before the load begins, and how many people do so at once.
ARRIVALS, AT_ONCE = 6, 6
# Seconds after which everybody has a connection, and the server has counted everybody.
SETTLING = 10.0
TARGET_MS, TARGET_SHARE = 200.0, 10.0
TICKS = os.sysconf("SC_CLK_TCK")

SETTLE_FORM = re.compile(rb'name="fact" value="([\w.]+)"><input type="hidden" name="version" value="(\d+)"')


@dataclass
class Tally:
    """
    What came back: milliseconds by kind of request, failures, the last vote acknowledged to each person on each
    question of an item, and after how many seconds what leads did was on the others' pages.

    `done` has, by workspace, what leads did: the version that it made of the session, and when it was acknowledged.
    """

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    done: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    seen: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[tuple[str, int, str], str] = field(default_factory=dict)
    votes: int = 0

    def count_of_answers(self) -> int:
        """How many answers have come back by now."""
        return sum(map(len, self.times.values()))


class Connection:
    """
    One kept-alive connection to the server; opened again when the server has ended it.

    `told` is after how many seconds the last answer said to ask again; 0 where it said nothing.
    """

    def __init__(self, port: int) -> None:
        self.port, self.told = port, 0.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Send a request and read the answer: status and body."""
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            writer.write(f"{head}\r\n".encode() + body)
            await writer.drain()
            status = int((await reader.readuntil(b"\r\n")).split()[1])
            lines = (await reader.readuntil(b"\r\n\r\n") if status != 204 else await self._rest_of_head(reader)).lower()
            length = re.search(rb"content-length: (\d+)", lines)
            told = re.search(rb"session-pace: (\d+)", lines)
            self.told = int(told[1]) / 1000 if told else 0.0
            content = await reader.readexactly(int(length[1])) if length and status != 204 else b""
            if b"connection: close" in lines:
                self.close()
        except (OSError, asyncio.IncompleteReadError, IndexError):
            self.close()
            raise
        return status, content

    async def _rest_of_head(self, reader: asyncio.StreamReader) -> bytes:
        return await reader.readuntil(b"\r\n\r\n")

    def close(self) -> None:
        """Forget the connection."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


class Browser:
    """What the page of a session does for a person: asks for news, and sends what is done."""

    def __init__(self, person: Person, port: int, tally: Tally, chance: random.Random, *, harsh: bool) -> None:
        self.person, self.port, self.tally, self.chance, self.harsh = person, port, tally, chance, harsh
        self.base = f"/w/{person.workspace}/sessions/{person.session}"
        self.told = FIRST_PAUSE
        self.headers = {"Cookie": person.cookie, "HX-Request": "true", "X-CSRFToken": person.token}

    async def arrive(self) -> None:
        """Open the page, and ask for news until every worker of the server has most likely been asked once."""
        asked = [("", {"Cookie": self.person.cookie})] + [(f"live/?v={self.person.version}", self.headers)] * ARRIVALS
        for path, headers in asked:
            # Each on a connection of its own, since a connection stays with a worker.
            connection = Connection(self.port)
            await connection.ask("GET", f"{self.base}/{path}", headers)
            connection.close()

    async def take_part(self, began: float, until: float) -> None:
        """Everything at once, as a page does it, until the time is over."""
        await asyncio.gather(self.ask(began, until), self.act(began, until))

    async def ask(self, began: float, until: float) -> None:
        """Ask what is new: soon after there was news, then less often."""
        connection, person = Connection(self.port), self.person
        await asyncio.sleep(self.chance.random() * self.pause(began))
        while (asked := time.monotonic()) < until:
            try:
                status, body = await connection.ask("GET", f"{self.base}/live/?v={person.version}", self.headers)
                self.note("unchanged" if status == 204 else "changed", status, asked)
                self.told = connection.told or self.told
                known = person.version
                self.learn(body, began)
                done = self.tally.done[person.workspace]
                self.tally.seen += [time.monotonic() - at for version, at in done if known < version <= person.version]
            except (OSError, asyncio.IncompleteReadError, IndexError) as error:
                self.tally.failures[type(error).__name__] += 1
            await asyncio.sleep(self.pause(began))
        connection.close()

    def pause(self, began: float) -> float:
        """Seconds until the next question."""
        if self.harsh:
            return 1.0
        is_quiet = time.monotonic() - began - self.person.news > QUIET_AFTER
        return max(self.told, QUIET_PAUSE) if is_quiet else self.told

    def learn(self, body: bytes, began: float) -> None:
        """Take in what a part of the page says."""
        person = self.person
        if found := re.search(rb'data-version="(\d+)"', body):
            person.version, person.news = int(found[1]), time.monotonic() - began
        if item := re.search(rb"/items/(\d+)/settle/", body):
            for fact, version in SETTLE_FORM.findall(body):
                person.settleable[int(item[1]), fact.decode()] = version.decode()

    async def act(self, began: float, until: float) -> None:
        """Do each step in its time, and again where the connection was lost."""
        connection = Connection(self.port)
        steps = list(self.person.steps)
        while steps and began + steps[0].at < until:
            await asyncio.sleep(max(0.0, began + steps[0].at - time.monotonic()))
            if time.monotonic() > until:
                break
            try:
                await self.take(steps[0], connection, began)
                steps.pop(0)
            except (OSError, asyncio.IncompleteReadError, IndexError) as error:
                self.tally.failures[type(error).__name__] += 1
                await asyncio.sleep(0.3)
        connection.close()

    async def take(self, step: Step, connection: Connection, began: float) -> None:
        """Do one step."""
        person, item = self.person, f"items/{step.item.key}"
        subject = {"kind": "edge", "id": step.item.edge, "fact": step.fact, "v": str(person.version)}
        if step.what == "vote":
            form = subject | {"answer": self.chance.choice(ANSWERS), "note": f"{time.time_ns():020d}"}
            status, _ = await self.post(connection, "vote", f"{item}/vote/", form)
            if status == 200:
                self.tally.votes += 1
                self.tally.acknowledged[person.name, step.item.key, step.fact] = form["note"]
            return
        if step.what == "settle":
            if (step.item.key, step.fact) not in person.settleable:
                self.learn((await self.post(connection, "lead", f"{item}/reveal/", subject))[1], began)
            version = person.settleable.get((step.item.key, step.fact), "0")
            form = subject | {"answer": "true", "note": "we talked about it", "version": version}
            status, body = await self.post(connection, "lead", f"{item}/settle/", form)
        elif step.what == "outcome":
            form = {"outcome": "keep", "why": "as it is", "version": "1", "v": str(person.version)}
            status, body = await self.post(connection, "lead", f"{item}/outcome/", form)
        else:
            form = {"from": str(step.item.key), "to": "next", "v": str(person.version)}
            status, body = await self.post(connection, "lead", "move/", form)
        if status == 200:
            self.learn(body, began)
            self.tally.done[person.workspace].append((person.version, time.monotonic()))

    async def post(self, connection: Connection, kind: str, path: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        """Send a form and read the answer."""
        posted = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        asked = time.monotonic()
        status, body = await connection.ask("POST", f"{self.base}/{path}", posted, urlencode(form).encode())
        self.note(kind, status, asked)
        return status, body

    def note(self, kind: str, status: int, asked: float) -> None:
        """Count an answer."""
        self.tally.times[kind].append((time.monotonic() - asked) * 1000)
        if status not in (200, 204):
            self.tally.failures[f"{kind}: {status}"] += 1


def serve(port: int) -> subprocess.Popen[bytes]:
    """Start the server as the product does, and wait until each of its workers answers."""
    server = subprocess.Popen(  # noqa: S603 - our own server
        [sys.executable, "-m", "gunicorn", "archreview.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
        cwd=ROOT,
        start_new_session=True,
    )
    for _ in range(200):
        time.sleep(0.1)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                continue
        # Whatever is asked while the workers start is answered by the first of them, and stays with it.
        for _ in range(8):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=30).close()  # noqa: S310 - our own
        return server
    raise SystemExit("the server did not start")


def kill(server: subprocess.Popen[bytes]) -> None:
    """End the server and its workers as a power cut would."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def processor_seconds(pids: Iterable[int]) -> float:
    """Processor time that these processes, and the children that they have outlived, have used."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(each) for each in fields[11:15])
    return ticks / TICKS


def server_pids(server: subprocess.Popen[bytes]) -> list[int]:
    """The server and its workers."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [server.pid, *(int(child) for child in children)]


def database_pids() -> list[int]:
    """
    The processes of PostgreSQL that serve the server, and their parent, to which the time of those falls that have
    ended; none of SQLite, which is a part of the server.
    """
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        pids = [int(pid) for (pid,) in cursor.fetchall()]
    parents = {int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in pids}
    return [*pids, *parents]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Used:
    """Processor seconds of the server, and of the database where it is another process, for so many answers."""

    server: float = 0.0
    database: float = 0.0
    answers: int = 0


async def load(people: list[Person], port: int, seconds: float, *, killing: bool, harsh: bool) -> tuple[Tally, Used]:
    """Let everybody take part for so long; with `killing` the server dies in the middle and comes back."""
    tally, chance = Tally(), random.Random(1)
    server = serve(port)
    browsers = [Browser(each, port, tally, random.Random(chance.random()), harsh=harsh) for each in people]
    # Not all at once, so that they spread over the workers.
    for first in range(0, len(browsers), AT_ONCE):
        await asyncio.gather(*(browser.arrive() for browser in browsers[first : first + AT_ONCE]))
    began = time.monotonic()
    until = began + SETTLING + seconds
    crowd = [asyncio.create_task(browser.take_part(began, until)) for browser in browsers]
    await asyncio.sleep(SETTLING)
    before = Used(
        processor_seconds(server_pids(server)), await asyncio.to_thread(_database_seconds), -tally.count_of_answers()
    )
    if killing:
        await asyncio.sleep(seconds / 2)
        kill(server)
        server = await asyncio.to_thread(serve, port)
    await asyncio.gather(*crowd)
    after = Used(processor_seconds(server_pids(server)), await asyncio.to_thread(_database_seconds))
    used = Used(
        after.server - before.server, after.database - before.database, before.answers + tally.count_of_answers()
    )
    server.terminate()
    await asyncio.to_thread(server.wait)
    return tally, used


def _database_seconds() -> float:
    from django.db import connection

    try:
        return processor_seconds(database_pids())
    finally:
        connection.close()


def lost_votes(tally: Tally) -> int:
    """How many acknowledged votes are not stored as they were acknowledged."""
    from archreview.reviews.models import Vote

    votes = Vote.objects.select_related("user", "ballot").exclude(user=None)
    stored = {
        (vote.user.username, vote.ballot.item_id, vote.ballot.fact): vote.why for vote in votes if vote.user is not None
    }
    # A later vote may be stored whose acknowledgement was cut off; an earlier one may not.
    return sum(stored.get(key, "") < number for key, number in tally.acknowledged.items())


def main() -> int:
    """Run the load and say what came of it; 1 where the goals are missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument(
        "--sessions", type=int, default=SESSIONS, help=f"how many meet at once, {SESSIONS} unless told"
    )
    options.add_argument("--harsh", action="store_true", help="all ask each second, and an item takes a minute")
    options.add_argument("--kill", action="store_true", help="kill -9 the server in the middle")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="archreview-load-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/load.sqlite3")
        os.environ.setdefault("SECRET_KEY", "only-this-load-is-signed-with-this-key")
        os.environ.update(HTTPS="0", DJANGO_SETTINGS_MODULE="tests.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        people = prepare(given.sessions, PEOPLE, seconds=HARSH_ITEM if given.harsh else ITEM)
        connection.close()
        run = load(people, free_port(), given.seconds, killing=given.kill, harsh=given.harsh)
        tally, used = asyncio.run(run)
        print(f"{len(people)} people in {given.sessions} sessions, {given.seconds:.0f} s, {connection.vendor}")
        missed = report(tally, used, lost_votes(tally), given)
        connection.close()
        return int(missed)


def report(tally: Tally, used: Used, lost: int, given: argparse.Namespace) -> bool:
    """Print what came of it; gives whether a goal is missed."""
    everything = sorted(each for times in tally.times.values() for each in times)
    for kind, times in [*sorted(tally.times.items()), ("all", everything)]:
        ordered = sorted(times)
        middle, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        print(f"{kind:<10} {len(times):>6} answers  median {middle:6.1f} ms  p95 {p95:6.1f} ms")
    seen = sorted(tally.seen)
    if seen:
        middle, p95 = seen[len(seen) // 2], seen[int(len(seen) * 0.95)]
        print(
            f"seen       {len(seen):>6} times    median {middle:6.1f} s   p95 {p95:6.1f} s   after a lead did something"
        )
    print(f"failures   {dict(tally.failures) or 'none'}")
    print(f"votes      {tally.votes} acknowledged, {lost} lost")
    if given.kill:
        return bool(lost)
    share, each = 100 * used.server / given.seconds / 2, 1000 * used.server / used.answers
    print(f"processor  {used.server:.1f} s of the server, {share:.1f} % of two cores, {each:.2f} ms each")
    if used.database:
        print(f"           {used.database:.1f} s of the database beside it")
    slow = everything[int(len(everything) * 0.95)] > TARGET_MS
    # The goal for the processor is one for a meeting as meetings are.
    return bool(lost) or bool(tally.failures) or slow or (not given.harsh and share > TARGET_SHARE)


if __name__ == "__main__":
    sys.exit(main())
