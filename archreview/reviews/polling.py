"""
What a process keeps in mind so that asking a session for news costs next to nothing: who has signed in, and how many
have answered.

Nothing here is anybody's own: no vote, no name. All of it can be forgotten at any moment, and another process knows it
or not; then the question is answered the long way.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# For so long a sign-in that was checked whole is not checked for a changed password again. That it still stands, and
# that the person is active and a member, is asked each time.
CHECKED_SECONDS = 60.0
# Numbers of an older version serve nobody: the bound is for a database that was put back to an earlier state.
COUNTS_SECONDS = 30.0
MOST_SIGN_INS, MOST_SESSIONS = 20_000, 2_000

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Counts:
    """
    The part of a page that says how many have answered, at a version of the session; the same for everybody.

    It is all that has changed for a browser that knows the version `since` or a later one.
    """

    version: int
    since: int
    html: bytes


@dataclass
class Kept(Generic[Value]):
    """The latest values by key, `most` of them, each for so many seconds. Threads may share it."""

    seconds: float
    most: int
    values: OrderedDict[object, tuple[float, Value]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: object) -> Value | None:
        found = self.values.get(key)
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def put(self, key: object, value: Value) -> None:
        with self.lock:
            self.values[key] = time.monotonic() + self.seconds, value
            self.values.move_to_end(key)
            while len(self.values) > self.most:
                self.values.popitem(last=False)


_signed_in: Kept[int] = Kept(CHECKED_SECONDS, MOST_SIGN_INS)
_counts: Kept[Counts] = Kept(COUNTS_SECONDS, MOST_SESSIONS)


def remember_sign_in(browser: str | None, user: int) -> None:
    """Keep in mind that the browser with this session key is the person's, which has just been checked."""
    if browser:
        _signed_in.put(browser, user)


def who_signed_in(browser: str) -> int | None:
    """The key of the person whose browser it was found to be within the last minute; None where that is not known."""
    return _signed_in.get(browser)


def remember_counts(session: int, counts: Counts) -> None:
    """Keep the counts of a session for all who ask for the news of this version."""
    _counts.put(session, counts)


def counts_for(session: int, *, version: int, known: int) -> bytes | None:
    """What is new at this version for a browser that knows an earlier one, where that is nothing but counts."""
    counts = _counts.get(session)
    return counts.html if counts is not None and counts.version == version and known >= counts.since else None


def forget_polling() -> None:
    """Drop all that is kept; for tests, in which keys come again."""
    _signed_in.values.clear()
    _counts.values.clear()
