"""The statements of one change: heard one by one, stored at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from archreview.registry.actions.bulk import insert, update
from archreview.registry.hearing import Word, hear, repeats
from archreview.registry.models import Statement
from archreview.registry.models.statement import State
from archreview.workspaces.models import Workspace

# What a statement is about: kind, key, fact.
_Place = tuple[str, int, str]
_Row = tuple[Any, ...]

# In the order in which they are written: of one fact only one statement is current at any time.
_STATES = (State.REPLACED, State.BESIDE, State.CURRENT)


class Record:
    """
    Takes in what is said during one change, by one person or from one source, and knows what counts afterwards.

    `standing` are the statements about the subjects concerned that are not replaced. `speaker` is who is named where
    the person speaks for others, such as a session. Nothing is stored before `store`.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        user: User,
        source: str = "",
        speaker: str = "",
        standing: QuerySet[Statement] | None = None,
    ) -> None:
        self._workspace = workspace
        self._user = user
        self._source = source
        self._speaker = speaker or user.get_username()
        self._now = timezone.now()
        # Most facts have one statement, which most changes only repeat: it stays the row that it was read as.
        self._alone: dict[_Place, _Row] = {}
        self._standing: dict[_Place, list[Word]] = {}
        self._values: dict[str | None, Any] = {None: None}
        self._new: list[Word] = []
        self._changed: dict[int, Word] = {}
        if standing is not None:
            self._read(standing)

    def __bool__(self) -> bool:
        """Whether there is anything to store."""
        return bool(self._new)

    def current(self, kind: str, pk: int, fact: str) -> Word | None:
        """The statement that counts, where anybody has said anything."""
        return next((one for one in self._heard((kind, pk, fact)) if one.state == State.CURRENT), None)

    def say(self, kind: str, pk: int, fact: str, value: Any, *, by: str = "", at: str = "", note: str = "") -> Any:
        """Take in that the person or the source says this value (as JSON); gives the value that counts now."""
        place = (kind, pk, fact)
        by = by if self._source else self._speaker
        row = self._alone.get(place)
        if row is not None and row[_TOLD] == (self._source, by, at, note, State.CURRENT):
            before = self._value_of(row)
            # As in `repeats`: True == 1 in Python, and both are JSON.
            if before == value and before.__class__ is value.__class__:
                return value
        new = Word(kind, pk, fact, value, self._user.pk, by, self._source, at, note, self._now)
        if row is None and place not in self._standing:
            # There is nothing to weigh it against.
            self._standing[place] = [new]
            self._new.append(new)
            return value
        standing = self._heard(place)
        if not any(repeats(new, old) for old in standing):
            changed = hear(new, standing)
            self._changed.update((old.pk, old) for old in changed if old.pk is not None)
            self._new.append(new)
            standing[:] = [one for one in (*standing, new) if one.state != State.REPLACED]
        return next(one.value for one in standing if one.state == State.CURRENT)

    def store(self, key_of: Callable[[str, int], int] = lambda _, key: key) -> None:
        """Write the statements. `key_of` gives the key of a subject that had none yet when it was spoken of."""
        changed = [(str(state), pk) for state in _STATES for pk, word in self._changed.items() if word.state == state]
        update(Statement, ["state"], changed)
        columns = ("workspace_id", "edge_id", "service_id", "channel_id", "flow_id", *_COLUMNS)
        insert(Statement, columns, [self._written(word, key_of(word.kind, word.subject)) for word in self._new])

    def _written(self, word: Word, subject: int) -> _Row:
        kind = word.kind
        return (
            self._workspace.pk,
            subject if kind == "edge" else None,
            subject if kind == "service" else None,
            subject if kind == "channel" else None,
            subject if kind == "flow" else None,
            word.fact,
            word.source,
            word.by,
            word.at,
            word.note,
            str(word.state),
            word.value,
            word.user,
            word.recorded_at,
        )

    def _read(self, statements: QuerySet[Statement]) -> None:
        """Read the statements, oldest first. No JSON and no moments are made of what nobody may ask for."""
        texts = {"value": Cast("value", TextField()), "recorded_at": Cast("recorded_at", TextField())}
        rows = statements.annotate(**{f"{name}_text": text for name, text in texts.items()}).order_by("pk")
        columns = [f"{name}_text" if name in texts else name for name in _COLUMNS]
        for row in rows.values_list("edge_id", "service_id", "channel_id", "flow_id", *columns, "pk"):
            edge, service, channel, flow, fact = row[:_ABOUT]
            if edge is not None:
                place = ("edge", edge, fact)
            elif service is not None:
                place = ("service", service, fact)
            elif channel is not None:
                place = ("channel", channel, fact)
            else:
                place = ("flow", flow, fact)
            if place in self._alone or place in self._standing:
                self._heard(place).append(self._word(place, row))
            else:
                self._alone[place] = row

    def _heard(self, place: _Place) -> list[Word]:
        """The statements that stand about a fact, to be weighed."""
        standing = self._standing.get(place)
        if standing is None:
            row = self._alone.pop(place, None)
            standing = self._standing[place] = [] if row is None else [self._word(place, row)]
        return standing

    def _word(self, place: _Place, row: _Row) -> Word:
        source, by, at, note, state, _, user, moment, pk = row[_ABOUT:]
        value = self._value_of(row)
        return Word(*place, value, user, by, source, at, note, _moment(moment), state=state, pk=pk)

    def _value_of(self, row: _Row) -> Any:
        """The value of the statement. Few are different from each other: each is read as JSON once."""
        written = row[_VALUE]
        if written not in self._values:
            self._values[written] = json.loads(written)
        return self._values[written]


_COLUMNS = ("fact", "source", "by", "at", "note", "state", "value", "user_id", "recorded_at")
# Of the columns of a row that is read, with its four possible subjects before these: the subjects and the fact, then
# who told it, then the value.
_ABOUT = 5
_TOLD = slice(_ABOUT, _ABOUT + 5)
_VALUE = _ABOUT + 5


def _moment(written: str) -> datetime:
    """A moment from the text that the database makes of it, which is without a zone in SQLite."""
    moment = parse_datetime(written)
    if moment is None:
        raise ValueError(f"{written} is no moment")
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
