"""The statements of one change: heard one by one, stored at the end."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from archreview.registry.actions.bulk import insert_values, update
from archreview.registry.hearing import Word, hear, repeats
from archreview.registry.models import Statement
from archreview.registry.models.statement import SUBJECTS, State
from archreview.workspaces.models import Workspace


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
        self._standing: dict[tuple[str, int, str], list[Word]] = defaultdict(list)
        self._new: list[Word] = []
        self._changed: dict[int, Word] = {}
        if standing is not None:
            for word in _words(standing):
                self._standing[word.kind, word.subject, word.fact].append(word)

    def __bool__(self) -> bool:
        """Whether there is anything to store."""
        return bool(self._new)

    def current(self, kind: str, pk: int, fact: str) -> Word | None:
        """The statement that counts, where anybody has said anything."""
        return next((one for one in self._standing.get((kind, pk, fact), ()) if one.state == State.CURRENT), None)

    def say(self, kind: str, pk: int, fact: str, value: Any, *, by: str = "", at: str = "", note: str = "") -> Word:
        """Take in that the person or the source says this value (as JSON); gives the statement that counts now."""
        new = Word(
            kind=kind,
            subject=pk,
            fact=fact,
            value=value,
            user=self._user.pk,
            by=by if self._source else self._speaker,
            source=self._source,
            at=at,
            note=note,
            recorded_at=self._now,
        )
        standing = self._standing[kind, pk, fact]
        if not any(repeats(new, old) for old in standing):
            changed = hear(new, standing)
            self._changed.update((old.pk, old) for old in changed if old.pk is not None)
            self._new.append(new)
            standing[:] = [one for one in (*standing, new) if one.state != State.REPLACED]
        return next(one for one in standing if one.state == State.CURRENT)

    def settle(self, keys: Mapping[str, Mapping[int, int]]) -> None:
        """Name the subjects that had no key yet by the ones that they have now, by kind."""
        for word in self._new:
            word.subject = keys.get(word.kind, {}).get(word.subject, word.subject)

    def store(self) -> None:
        """Write the statements. The old ones first: of one fact only one is current at any time."""
        for state in (State.REPLACED, State.BESIDE, State.CURRENT):
            changed = [Statement(pk=pk, state=state) for pk, word in self._changed.items() if word.state == state]
            update(Statement, changed, ["state"])
        insert_values(Statement, ("workspace_id", *_SUBJECT_COLUMNS, *_COLUMNS), map(self._row, self._new))

    def _row(self, word: Word) -> tuple[Any, ...]:
        return (
            self._workspace.pk,
            *[word.subject if word.kind == kind else None for kind in SUBJECTS],
            word.fact,
            word.value,
            word.user,
            word.by,
            word.source,
            word.at,
            word.note,
            word.recorded_at,
            str(word.state),
        )


_PLACES = range(len(SUBJECTS))
_SUBJECT_COLUMNS = tuple(f"{kind}_id" for kind in SUBJECTS)
_COLUMNS = ("fact", "value", "user_id", "by", "source", "at", "note", "recorded_at", "state")


def _words(statements: QuerySet[Statement]) -> list[Word]:
    """The statements, oldest first. Few values are different from each other: each is read as JSON once."""
    words = []
    values: dict[str | None, Any] = {None: None}
    columns = ["written" if column == "value" else column for column in _COLUMNS]
    rows = statements.annotate(written=Cast("value", TextField())).order_by("pk")
    for pk, *row in rows.values_list("pk", *_SUBJECT_COLUMNS, *columns):
        place = next(place for place in _PLACES if row[place] is not None)
        fact, written, *rest = row[len(SUBJECTS) :]
        if written not in values:
            values[written] = json.loads(written)
        words.append(Word(SUBJECTS[place], row[place], fact, values[written], *[*rest, pk]))
    return words
