"""
What a process keeps in mind so that asking a session for news costs next to nothing: whose browser it is that asks, and
how many have answered.

Nothing here is anybody's vote or name. All of it can be forgotten at any moment, and another process knows it or not;
then the question is answered the long way.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.contrib.auth.models import User
from django.template.loader import render_to_string

from archreview.reviews.models import ReviewSession
from archreview.reviews.queries.sessions import Standing, voters_of
from archreview.reviews.queries.votes import shown_votes
from archreview.reviews.shown_ballots import BallotCount

# That a sign-in still stands, that the person is active and a member and has the same password is asked each time.
SIGN_IN_SECONDS = 3600.0
# Numbers of an older version serve nobody: the bound is for a database that was put back to an earlier state.
COUNTS_SECONDS = 30.0
MOST_SIGN_INS, MOST_SESSIONS = 20_000, 2_000

Value = TypeVar("Value")


@dataclass
class Kept(Generic[Value]):
    """The latest values by key, `most` of them, each for so many seconds. Threads may share it."""

    seconds: float
    most: int
    values: OrderedDict[object, tuple[float, Value]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: object) -> Value | None:
        """The value, where it is there and not too old."""
        found = self.values.get(key)
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def put(self, key: object, value: Value) -> None:
        """Keep the value; the oldest goes where there are too many."""
        with self.lock:
            self.values[key] = time.monotonic() + self.seconds, value
            self.values.move_to_end(key)
            while len(self.values) > self.most:
                self.values.popitem(last=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Whose browser it is, and what the person's password was when that was checked, as a number that tells no more."""

    user: int
    password: int


@dataclass(frozen=True, slots=True)
class Counts:
    """
    The part of a page that says how many have answered, at a version of the session; the same for everybody.

    It is all that has changed for a browser that knows the version `since` or a later one.
    """

    version: int
    since: int
    html: bytes


_sign_ins: Kept[SignIn] = Kept(SIGN_IN_SECONDS, MOST_SIGN_INS)
_counts: Kept[Counts] = Kept(COUNTS_SECONDS, MOST_SESSIONS)


def remember_sign_in(browser: str | None, user: User) -> None:
    """Keep in mind that the browser with this session key is the person's, which has just been checked."""
    if browser:
        _sign_ins.put(browser, SignIn(user.pk, hash(user.password)))


def signed_in(browser: str) -> SignIn | None:
    """Whose browser it was found to be; None where that is not known."""
    return _sign_ins.get(browser)


def only_counts(session: int, standing: Standing, *, known: int) -> bytes | None:
    """
    What is new for a browser that knows an earlier version, where that is nothing but how many have answered.

    Made by the first who asks at this version, with four queries, and sent to all others.
    """
    if known < standing.parts:
        return None
    counts = _counts.get(session)
    if counts is None or counts.version != standing.version:
        row = ReviewSession.objects.select_related("workspace", "current").filter(pk=session).first()
        if row is None:
            return None
        counts = _made(row)
        _counts.put(session, counts)
    return counts.html if known >= counts.since else None


def _made(session: ReviewSession) -> Counts:
    """How many have answered the hidden questions of the current item. Nobody's own vote is looked for."""
    item, waited_for = session.current, voters_of(session)
    ballots = list(item.ballots.all()) if item else []
    parts = (session.agenda_version, session.people_version, session.facts_version)
    since = max(*parts, *(ballot.shape_version for ballot in ballots))
    hidden = [ballot for ballot in ballots if not ballot.is_revealed]
    shown = shown_votes(hidden, user=None, waited_for=waited_for)
    counts = [BallotCount.of_stored(ballot, shown[ballot.pk].answered, len(waited_for)) for ballot in hidden]
    context = {"session": session, "workspace": session.workspace, "swapped": True, "counts": counts}
    return Counts(session.version, since, render_to_string("sessions/_parts.html", context).encode())


def forget_polling() -> None:
    """Drop all that is kept; for tests, in which keys come again."""
    _sign_ins.values.clear()
    _counts.values.clear()
