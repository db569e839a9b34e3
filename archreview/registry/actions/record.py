"""The statements of one change: heard one by one, stored at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from archreview.registry.architectures import subject_of
from archreview.registry.hearing import hear, is_repeated, words_of
from archreview.registry.models import Statement
from archreview.registry.models.statement import State
from archreview.workspaces.models import Workspace

BATCH = 500


class Record:
    """
    Takes in what is said during one change, by one person or from one source, and knows what counts afterwards.

    `standing` are the statements of the subjects concerned that are not replaced. Nothing is stored before `store`.
    """

    def __init__(
        self, workspace: Workspace, *, user: User | None, source: str = "", standing: Iterable[Statement] = ()
    ) -> None:
        self._workspace = workspace
        self._user = user
        self._source = source
        self._now = timezone.now()
        self._standing: dict[tuple[str, int, str], list[Statement]] = defaultdict(list)
        for statement in standing:
            self._standing[(*subject_of(statement), statement.fact)].append(statement)
        self._new: list[Statement] = []
        self._changed: dict[int, Statement] = {}

    def __bool__(self) -> bool:
        """Whether there is anything to store."""
        return bool(self._new)

    def current(self, kind: str, pk: int, fact: str) -> Statement | None:
        """The statement that counts, where anybody has said anything."""
        return next((one for one in self._standing.get((kind, pk, fact), ()) if one.state == State.CURRENT), None)

    def say(
        self, kind: str, pk: int, fact: str, value: Any, *, by: str = "", at: str = "", note: str = ""
    ) -> Statement:
        """Take in that the person or the source says this value (as JSON); gives the statement that counts now."""
        by = by if self._source or self._user is None else self._user.get_username()
        standing = self._standing[kind, pk, fact]
        words = words_of(source=self._source, by=by, at=at, note=note, value=value)
        if not is_repeated(words, standing):
            new = Statement(
                workspace_id=self._workspace.pk,
                fact=fact,
                value=value,
                user_id=None if self._user is None else self._user.pk,
                source=self._source,
                by=by,
                at=at,
                note=note,
                recorded_at=self._now,
                **{f"{kind}_id": pk},
            )
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
        Statement.objects.bulk_create(self._new, batch_size=BATCH)
