"""
Whose word counts: people who answered here before people whom a file names, these before files and measurements.

A statement of the same source replaces what the source said before; a statement of another source stands beside it.
So a file that is imported again changes what files said, never what a person answered, and where the two differ, both
stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from archreview.registry.models.statement import State


class Told(Protocol):
    """A statement, as a row or as a `Word`."""

    @property
    def source(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


@dataclass(slots=True, eq=False)
class Word:
    """
    A statement while an action weighs it; `pk` is None until it is stored.

    An import weighs as many as it has facts: rows of the database would take ten times as long to make.
    """

    kind: str
    subject: int
    fact: str
    value: Any
    user: int | None
    by: str
    source: str
    at: str
    note: str
    recorded_at: datetime
    state: str = State.CURRENT
    pk: int | None = None


def rank(statement: Told) -> int:
    """Give 2 for what a person said here, 1 for what a file says in a person's name, 0 for the rest."""
    if not statement.source:
        return 2
    return 1 if statement.by else 0


def repeats(new: Word, old: Word) -> bool:
    """Whether the new one is the same words from the same mouth."""
    return (
        new.value == old.value
        # True == 1 in Python, and both are JSON.
        and type(new.value) is type(old.value)
        and (new.source, new.by, new.at, new.note) == (old.source, old.by, old.at, old.note)
    )


def hear(new: Word, standing: Iterable[Word]) -> list[Word]:
    """
    Take in a new statement beside the standing ones (of one fact: the current one and those beside it).

    Sets the state of all of them. Gives the standing ones whose state changed. What `repeats` need not be taken in.
    """
    standing = list(standing)
    if not standing:
        new.state = State.CURRENT
        return []
    own = [old for old in standing if old.source == new.source]
    before = {id(old): old.state for old in standing}
    for old in own:
        if rank(old) <= rank(new):
            old.state = State.REPLACED
    left = [old for old in standing if old.state != State.REPLACED]
    # Of equals the one that was heard before stays; where that one was replaced, the new one is heard.
    heard = max([*left, new], key=lambda one: (rank(one), one is not new and one.state == State.CURRENT, one is new))
    for one in (*left, new):
        one.state = State.CURRENT if one is heard else State.BESIDE
    return [old for old in standing if old.state != before[id(old)]]


def when_said(statement: Told) -> str:
    """Give when it was said, as an ISO time: as the file tells, else when it was recorded."""
    return statement.at or iso(statement.recorded_at)


def iso(moment: datetime) -> str:
    """Give a moment as text, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
