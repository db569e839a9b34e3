"""
Whose word counts: people who answered here before people whom a file names, these before files and measurements.

A statement of the same source replaces what the source said before; a statement of another source stands beside it.
So a file that is imported again changes what files said, never what a person answered, and where the two differ, both
stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from archreview.registry.models import Statement
from archreview.registry.models.statement import State


def rank(statement: Statement) -> int:
    """Give 2 for what a person said here, 1 for what a file says in a person's name, 0 for the rest."""
    if not statement.source:
        return 2
    return 1 if statement.by else 0


def words_of(*, source: str, by: str, at: str, note: str, value: Any) -> tuple[Any, ...]:
    """What a statement of one fact is told from another by: the same words from the same mouth are equal."""
    # True == 1 in Python, and both are JSON.
    return (source, by, at, note, type(value), value)


def is_repeated(words: tuple[Any, ...], standing: Iterable[Statement]) -> bool:
    """Whether one of the standing statements has these words."""
    return any(
        words == words_of(source=old.source, by=old.by, at=old.at, note=old.note, value=old.value) for old in standing
    )


def hear(new: Statement, standing: Iterable[Statement]) -> list[Statement]:
    """
    Take in a new statement beside the standing ones (of one fact: the current one and those beside it).

    Sets the state of all of them. Gives the standing ones whose state changed. What repeats itself (`is_repeated`)
    need not be taken in.
    """
    standing = list(standing)
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


def when_said(statement: Statement) -> str:
    """Give when it was said, as an ISO time: as the file tells, else when it was recorded."""
    return statement.at or iso(statement.recorded_at)


def iso(moment: datetime) -> str:
    """Give a moment as text, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
