"""
Twenty sessions at once: 240 people look on and vote, against the product's own server.

    python -m benchmarks.session_load                    # on SQLite, a minute
    tools/with_postgresql .venv/bin/python -m benchmarks.session_load
    python -m benchmarks.session_load --seconds 20 --kill   # the server is killed in between, and started again

Each person asks every second for what is new and votes now and then. Prints the answers by kind with the slowest
twentieth (p95), what failed, and whether every vote that was acknowledged is stored. Bounded: so many seconds, loopback
only, a database of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import resource
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
SESSIONS, PEOPLE = 20, 12
# Seconds between two votes of a person.
VOTE_EVERY = 60.0
ANSWERS = ("true", "false", "unknown")
TARGET_MS = 200.0


@dataclass
class Person:
    """A signed-in person in a session: cookies, and what the person's browser knows."""

    session: int
    item: int
    edge: str
    cookie: str
    token: str
    name: str
    version: int = 0
    votes: int = 0


@dataclass
class Tally:
    """What came back: milliseconds by kind of request, failures, and the last vote acknowledged to each person."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[tuple[str, int], str] = field(default_factory=dict)
    votes: int = 0


def prepare() -> list[Person]:
    """Fill the database with workspaces of one session each, and sign everybody in. Needs Django set up."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from archreview.interchange.documents import Problems
    from archreview.interchange.native import read_architecture
    from archreview.registry.actions import import_architecture
    from archreview.reviews.actions.planning import Planned, plan_session
    from archreview.reviews.actions.running import open_session
    from archreview.reviews.actions.taking_part import join
    from archreview.reviews.analyses import current_analysis
    from archreview.reviews.scopes import proposals
    from archreview.workspaces.actions import add_member, create_workspace
    from archreview.workspaces.models import Role

    text = (ROOT / "fixtures" / "examples" / "retailflow-before.yaml").read_bytes()
    architecture = read_architecture([("retailflow.yaml", text)], problems=Problems())
    if architecture is None:
        raise SystemExit("the example cannot be read")
    people = []
    for number in range(SESSIONS):
        users = [User.objects.create_user(f"p{number}-{place}") for place in range(PEOPLE)]
        workspace = create_workspace(name=f"Load {number}", slug=f"load-{number}", lead=users[0])
        import_architecture(workspace=workspace, architecture=architecture, by=users[0], source="retailflow.yaml")
        workspace.refresh_from_db()
        analysis = current_analysis(workspace)
        agenda = [each for each in proposals(analysis) if "tree" in {r.kind for r in each.topic.reasons}]
        session = plan_session(workspace=workspace, planned=Planned("Load", 60), scope="", agenda=agenda, lead=users[0])
        open_session(session, by=users[0])
        item = session.items.get(pk=session.current_id or 0)
        for user in users:
            if user != users[0]:
                add_member(workspace, user=user, role=Role.REVIEWER)
            # The lead looks on, so no round ends by itself and every vote of the minute can be counted.
            join(session, user=user, may_vote=True)
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            secret = secrets.token_hex(16)
            cookie = (
                f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; "
                f"{settings.CSRF_COOKIE_NAME}={secret}"
            )
            people.append(Person(session.pk, item.pk, item.edge, cookie, secret, user.username))
        session.refresh_from_db()
        # Their pages are open already.
        for person in people[-PEOPLE:]:
            person.version = session.version
    return people


def workspace_of(person: Person) -> str:
    return f"load-{person.name[1:].partition('-')[0]}"


class Connection:
    """One kept-alive connection to the server; opened again when the server has gone."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Send a request and read the answer: status and body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            writer.write(f"{head}\r\n".encode() + body)
            await writer.drain()
            status = int((await reader.readuntil(b"\r\n")).split()[1])
            lines = (await reader.readuntil(b"\r\n\r\n") if status != 204 else await self._rest_of_head(reader)).lower()
            length = re.search(rb"content-length: (\d+)", lines)
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


async def take_part(person: Person, port: int, until: float, tally: Tally, chance: random.Random) -> None:
    """Ask each second what is new, and vote now and then, until the time is over."""
    connection = Connection(port)
    base = f"/w/{workspace_of(person)}/sessions/{person.session}"
    headers = {"Cookie": person.cookie, "HX-Request": "true", "X-CSRFToken": person.token}
    next_vote = time.monotonic() + chance.uniform(0, VOTE_EVERY)
    await asyncio.sleep(chance.random())
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            status, body = await connection.ask("GET", f"{base}/live/?v={person.version}", headers)
            note(tally, "unchanged" if status == 204 else "changed", status, began)
            if found := re.search(rb'data-version="(\d+)"', body):
                person.version = int(found[1])
            if time.monotonic() > next_vote:
                next_vote = time.monotonic() + chance.uniform(0.5, 1.5) * VOTE_EVERY
                await cast(person, connection, base, headers, tally, chance)
        except (OSError, asyncio.IncompleteReadError, IndexError) as error:
            tally.failures[type(error).__name__] += 1
            await asyncio.sleep(0.3)
        await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - began)))
    connection.close()


async def cast(
    person: Person, connection: Connection, base: str, headers: Mapping[str, str], tally: Tally, chance: random.Random
) -> None:
    """Vote on the question that the person's place stands for, so that no round is ever complete."""
    fact = "answers.fan_out" if person.name.endswith(("1", "3", "5")) else "answers.order_matters"
    answer = chance.choice(ANSWERS)
    person.votes += 1
    form = {"kind": "edge", "id": person.edge, "fact": fact, "answer": answer, "note": f"{person.votes:06d}"}
    began = time.monotonic()
    posted = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    status, _ = await connection.ask("POST", f"{base}/items/{person.item}/vote/", posted, urlencode(form).encode())
    note(tally, "vote", status, began)
    if status == 200:
        tally.votes += 1
        tally.acknowledged[person.name, person.item] = form["note"]


def note(tally: Tally, kind: str, status: int, began: float) -> None:
    """Count an answer."""
    tally.times[kind].append((time.monotonic() - began) * 1000)
    if status not in (200, 204):
        tally.failures[f"{kind}: {status}"] += 1


def serve(port: int) -> subprocess.Popen[bytes]:
    """Start the server as the product does, and wait until it answers."""
    server = subprocess.Popen(  # noqa: S603 - our own server
        [sys.executable, "-m", "gunicorn", "archreview.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
        cwd=ROOT,
        start_new_session=True,
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def kill(server: subprocess.Popen[bytes]) -> None:
    """End the server and its workers as a power cut would."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def end(server: subprocess.Popen[bytes]) -> float:
    """End the server in order, and give the processor time that it and all its workers have used, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    server.terminate()
    server.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def load(people: list[Person], port: int, seconds: float, killing: bool) -> tuple[Tally, float]:
    """Let everybody take part for so long; with `killing` the server dies in the middle and comes back."""
    tally, chance = Tally(), random.Random(1)
    server = serve(port)
    until = time.monotonic() + seconds
    crowd = [
        asyncio.create_task(take_part(each, port, until, tally, random.Random(chance.random()))) for each in people
    ]
    if killing:
        await asyncio.sleep(seconds / 2)
        kill(server)
        server = await asyncio.to_thread(serve, port)
    await asyncio.gather(*crowd)
    return tally, await asyncio.to_thread(end, server)


def lost_votes(tally: Tally) -> int:
    """How many acknowledged votes are not stored as they were acknowledged."""
    from archreview.reviews.models import Vote

    votes = Vote.objects.select_related("user", "ballot").exclude(user=None)
    stored = {(vote.user.username, vote.ballot.item_id): vote.why for vote in votes if vote.user is not None}
    # A later vote may be stored whose acknowledgement was cut off; an earlier one may not.
    return sum(stored.get(key, "") < number for key, number in tally.acknowledged.items())


def main() -> int:
    """Run the load and say what came of it; 1 where the goals are missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60.0)
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
        people = prepare()
        connection.close()
        tally, used = asyncio.run(load(people, free_port(), given.seconds, given.kill))
        everything = [each for times in tally.times.values() for each in times]
        print(f"{len(people)} people in {SESSIONS} sessions, {given.seconds:.0f} s, {connection.vendor}")
        for kind, times in [*sorted(tally.times.items()), ("all", everything)]:
            ordered = sorted(times)
            p95 = ordered[int(len(ordered) * 0.95)]
            print(f"{kind:<10} {len(times):>6} answers  median {ordered[len(ordered) // 2]:6.1f} ms  p95 {p95:6.1f} ms")
        lost = lost_votes(tally)
        print(f"failures   {dict(tally.failures) or 'none'}")
        print(f"votes      {tally.votes} acknowledged, {lost} lost")
        if not given.kill:
            share, each = 100 * used / given.seconds / 2, 1000 * used / len(everything)
            print(f"processor  {used:.0f} s of the server, {share:.0f} % of two cores, {each:.1f} ms each")
        p95 = sorted(everything)[int(len(everything) * 0.95)]
        connection.close()
        return int(bool(lost) or (not given.kill and (bool(tally.failures) or p95 > TARGET_MS)))


if __name__ == "__main__":
    sys.exit(main())
