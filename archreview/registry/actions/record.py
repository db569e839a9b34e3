"""The statements of one change: heard one by one, stored at the end."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from archreview.registry.hearing import Word, hear, repeats
from archreview.registry.models import Statement
from archreview.registry.models.statement import SUBJECTS, State
from archreview.workspaces.models import Workspace

BATCH = 500


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

    def store(self) -> None:
        """Write the statements. The old ones first: of one fact only one is current at any time."""
        for state in (State.REPLACED, State.BESIDE, State.CURRENT):
            keys = iter([pk for pk, statement in self._changed.items() if statement.state == state])
            while batch := list(islice(keys, BATCH)):
                Statement.objects.filter(pk__in=batch).update(state=state)
        _insert(self._workspace, self._new)


_SUBJECT_COLUMNS = tuple(f"{kind}_id" for kind in SUBJECTS)
_COLUMNS = ("fact", "value", "user_id", "by", "source", "at", "note", "recorded_at", "state")


def _words(statements: QuerySet[Statement]) -> list[Word]:
    words = []
    for pk, *row in statements.order_by("pk").values_list("pk", *_SUBJECT_COLUMNS, *_COLUMNS):
        keys = row[: len(SUBJECTS)]
        kind, subject = next((kind, key) for kind, key in zip(SUBJECTS, keys, strict=True) if key is not None)
        words.append(Word(kind, subject, *[*row[len(SUBJECTS) :], pk]))
    return words


def _insert(workspace: Workspace, words: list[Word]) -> None:
    """
    Store new statements.

    By one prepared statement: an import writes a row for each fact, and making each of them a model first takes most of
    its time.
    """
    if not words:
        return
    columns = ("workspace_id", *_SUBJECT_COLUMNS, *_COLUMNS)
    value_field, time_field = Statement._meta.get_field("value"), Statement._meta.get_field("recorded_at")
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(Statement._meta.db_table)
    slots = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({quoted}) VALUES ({slots})",  # noqa: S608 - all of it is ours
            [
                (
                    workspace.pk,
                    *(word.subject if word.kind == kind else None for kind in SUBJECTS),
                    word.fact,
                    value_field.get_db_prep_save(word.value, connection),
                    word.user,
                    word.by,
                    word.source,
                    word.at,
                    word.note,
                    time_field.get_db_prep_save(word.recorded_at, connection),
                    str(word.state),
                )
                for word in words
            ],
        )
