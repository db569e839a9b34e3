"""
What a process keeps in mind so that asking a session for news costs next to nothing: whose browser it is that asks, how
many have answered, what all voters see alike, and how many browsers ask.

Nothing here is anybody's hidden vote. All of it can be forgotten at any moment, and another process knows it or not;
then the question is answered the long way.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from django.contrib.auth.models import User
from django.template.loader import render_to_string

from archreview.reviews.models import ReviewSession
from archreview.reviews.queries.sessions import NOTED_EVERY, Standing
from archreview.reviews.queries.votes import HiddenVotes, hidden_votes
from archreview.reviews.shown_ballots import BallotCount, slug_of

# That a sign-in still stands, that the person is active and a member and has the same password is asked each time.
SIGN_IN_SECONDS = 3600.0
# Numbers of an older version serve nobody: the bound is for a database that was put back to an earlier state.
COUNTS_SECONDS = 30.0
MOST_SIGN_INS, MOST_SESSIONS = 20_000, 2_000
# Twelve pages ask within seconds of a change. What they are sent is large, and tells a clock.
PARTS_SECONDS, MOST_PARTS = 10.0, 200
# What has changed of a page: all of it, its item, or votes that look different. Of votes it hangs on the version known.
ALL, ITEM, BALLOTS = "all", "item", "ballots"
# Nobody can write it into a text.
TOKEN = secrets.token_hex(32)

# A page is told to wait as few seconds as keep the process at so many questions a second, within limits. All that ask
# are counted over a time in which each that is looked at asks at least once.
QUESTIONS_A_SECOND, SHORTEST, LONGEST = 80.0, 1.0, 4.0
COUNTED_SECONDS = 5.0

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

    def drop(self, key: object) -> None:
        """Forget the value, where there is one."""
        with self.lock:
            self.values.pop(key, None)


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


class Here(NamedTuple):
    """A person, by key, who is in a session, by key."""

    session: int
    user: int


@dataclass
class Crowd:
    """
    Who asks this process for news, by browser, and in which session who is there: counted anew all the time, so that
    those who are gone count no more.
    """

    began: float = 0.0
    asking: dict[str, Here | None] = field(default_factory=dict)
    counted: dict[str, Here | None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, browser: str, here: Here | None) -> float:
        """
        Count the browser, and give the seconds after which it is to ask again. `here` is who is there by that; None
        where it may be that nobody looks.
        """
        now = time.monotonic()
        with self.lock:
            passed = now - self.began
            if passed >= COUNTED_SECONDS:
                # Whoever asked long ago is gone.
                counted = self.asking if passed < 2 * COUNTED_SECONDS else {}
                self.began, self.counted, self.asking = now, counted, {}
            self.asking[browser] = here
        return min(LONGEST, max(SHORTEST, len(self.counted) / QUESTIONS_A_SECOND))

    def people_in(self, session: int) -> set[int]:
        """The keys of the people who have asked what is new in the session within seconds."""
        with self.lock:
            heard = [*self.counted.values(), *self.asking.values()]
        return {here.user for here in heard if here is not None and here.session == session}


@dataclass(frozen=True, slots=True)
class Parts:
    """
    Parts of a page at a version of the session and a revision of the model, as voters see them: all who vote, where
    `all_revealed`, else those who have no vote of their own on what is hidden. They are what has changed since the
    version `known`. TOKEN stands where the token of the page that asks belongs.
    """

    version: int
    revision: int
    known: int
    all_revealed: bool
    html: bytes


crowd = Crowd()
_noted: Kept[bool] = Kept(NOTED_EVERY.total_seconds(), MOST_SIGN_INS)
_parts: Kept[Parts] = Kept(PARTS_SECONDS, MOST_PARTS)
_sign_ins: Kept[SignIn] = Kept(SIGN_IN_SECONDS, MOST_SIGN_INS)
_counts: Kept[Counts] = Kept(COUNTS_SECONDS, MOST_SESSIONS)


def remember_sign_in(browser: str | None, user: User) -> None:
    """Keep in mind that the browser with this session key is the person's, which has just been checked."""
    if browser:
        _sign_ins.put(browser, SignIn(user.pk, hash(user.password)))


def signed_in(browser: str) -> SignIn | None:
    """Whose browser it was found to be; None where that is not known."""
    return _sign_ins.get(browser)


def is_to_note(here: Here) -> bool:
    """Whether to note that the person is there: not for a while after that was begun, were it to fail."""
    return not _noted.get(here)


def begin_to_note(here: Here) -> set[int]:
    """
    Whom to note with the person who is there, by key: everybody who has asked what is new in the session within
    seconds, so that one note serves for all. From now on nobody of these is_to_note.
    """
    people = crowd.people_in(here.session) | {here.user}
    for user in people:
        _noted.put(Here(here.session, user), True)
    return people


def note_later(session: int, people: Iterable[int]) -> None:
    """Let these people be noted when they ask again, for it has failed; only who asked waits before it is tried."""
    for user in people:
        _noted.drop(Here(session, user))


def only_counts(workspace: str, session: int, standing: Standing, *, known: int) -> bytes | None:
    """
    What is new for a browser that knows an earlier version, where that is nothing but how many have answered.

    Made by the first who asks at this version, with one query, and sent to all others.
    """
    if known < max(standing.agenda_version, standing.people_version, standing.facts_version):
        return None
    counts = _counts.get(session)
    if counts is None or counts.version != standing.version:
        hidden = hidden_votes(session)
        if hidden is None:
            return None
        counts = _made(workspace, session, hidden)
        _counts.put(session, counts)
    return counts.html if known >= counts.since else None


def _made(workspace: str, session: int, hidden: HiddenVotes) -> Counts:
    counts = [
        BallotCount(slug_of(each.item, each.subject, each.fact), each.answered, hidden.of) for each in hidden.questions
    ]
    context = {
        "session": {"pk": session, "version": hidden.version},
        "workspace": {"slug": workspace},
        "swapped": True,
        "counts": counts,
    }
    return Counts(hidden.version, hidden.since, render_to_string("sessions/_parts.html", context).encode())


def shared_parts(session: int, standing: Standing, *, known: int) -> Parts | None:
    """What is new for a voter who knows an earlier version, where this process has it; None where it has not."""
    which = _which(standing, known)
    parts = _parts.get((session, which))
    if parts is None or (parts.version, parts.revision) != (standing.version, standing.revision):
        return None
    return parts if which != BALLOTS or parts.known == known else None


def keep_parts(session: ReviewSession, html: bytes, *, known: int, all_revealed: bool) -> None:
    """Keep what a voter who knows an earlier version is sent of the session as it stands, for all others."""
    if which := _which(session, known):
        parts = Parts(session.version, session.workspace.revision, known, all_revealed, html)
        _parts.put((session.pk, which), parts)


def drop_parts(session: int) -> None:
    """Forget what voters are sent of the session, for what made no version is to be seen too."""
    for which in (ALL, ITEM, BALLOTS):
        _parts.drop((session, which))


def _which(session: ReviewSession | Standing, known: int) -> str:
    """Whether all parts have changed since the version, the item or some of its votes; "" where people came or went."""
    if session.agenda_version > known:
        return ALL
    if session.people_version > known:
        return ""
    return ITEM if session.facts_version > known else BALLOTS


def forget_polling() -> None:
    """Drop all that is kept; for tests, in which keys come again."""
    _sign_ins.values.clear()
    _counts.values.clear()
    _parts.values.clear()
    _noted.values.clear()
    crowd.asking, crowd.counted = {}, {}
