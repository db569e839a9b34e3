"""
A log of decisions before it comes in: what becomes of each record.

What is decided here stays as it is. What the log says otherwise is shown and not taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils import timezone

from archreview.decisions.log import as_written
from archreview.decisions.models import STEPS, Decision, Status
from archreview.interchange.decisions.writing import renamed
from archreview.interchange.decisions.written import Link, Log, WrittenDecision, canonical_name, with_more
from archreview.interchange.markdown import escaped
from archreview.workspaces.models import Workspace

NEW, CHANGED, UNCHANGED, KEPT = "new", "changed", "unchanged", "kept"
LABELS = {
    "title": "title",
    "body": "text",
    "decision_makers": "decision makers",
    "consulted": "consulted",
    "informed": "informed",
    "tags": "tags",
    "day": "date",
}


class Change(NamedTuple):
    """A field that the file says otherwise than the workspace: its label, what is here, what the file says."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    A record and what becomes of it: new, changed, unchanged, or kept as it is here.

    `decision` is the record as it will be, under its number and name here; `file` is the path that it came from and
    `number_there` the number it had there. `why` says why it is kept, `notes` what was settled on the way.
    """

    decision: WrittenDecision
    file: str
    what: str
    number_there: int | None
    stored: Decision | None = None
    changes: tuple[Change, ...] = ()
    why: str = ""
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The number here, with four digits."""
        return f"{self.decision.number or 0:04d}"

    @property
    def label_there(self) -> str:
        """The number in the file, with four digits; empty where it had none."""
        return "" if self.number_there is None else f"{self.number_there:04d}"

    @property
    def has_another_number(self) -> bool:
        return self.number_there is not None and self.number_there != self.decision.number


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import of the log does: one arrival for each record, in the order of the log."""

    log: Log
    arrivals: tuple[Arrival, ...]

    def of(self, what: str) -> list[Arrival]:
        """The arrivals of one kind."""
        return [arrival for arrival in self.arrivals if arrival.what == what]

    @property
    def renumbered(self) -> list[Arrival]:
        """Those that come in under another number than they had."""
        return [arrival for arrival in self.arrivals if arrival.has_another_number and arrival.what == NEW]

    @property
    def fingerprint(self) -> str:
        """Differs where the import would do anything else, so that what is stored is what somebody has seen."""
        told = [
            (
                arrival.what,
                arrival.file,
                arrival.decision,
                arrival.stored and (arrival.stored.pk, arrival.stored.version),
            )
            for arrival in self.arrivals
        ]
        return hashlib.sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()


def plan_import(*, workspace: Workspace, log: Log, without_status: str = Status.ACCEPTED) -> Plan:
    """What an import of the log would do. `without_status` is the status of records that state none. One query."""
    return _Planning(workspace, log, without_status=without_status).plan()


class _Planning:
    """One plan under way."""

    def __init__(self, workspace: Workspace, log: Log, *, without_status: str) -> None:
        self._log = log
        self._by_file = {decision.file: decision for decision in log.decisions}
        self._without_status = without_status
        rows = list(Decision.objects.filter(workspace=workspace).select_related("superseded_by").order_by("number"))
        self._rows = {row.number: row for row in rows}
        self._row_of_file = {row.file_name: row for row in rows}
        self._stored = {row.pk: as_written(row) for row in rows}
        self._met = self._meet()
        self._numbers = self._give_numbers()
        self._names = {
            decision.file: row.file_name
            if (row := self._met.get(decision.file)) is not None
            else canonical_name(self._numbers[decision.file], decision.slug)
            for decision in log.decisions
        }
        # What each would be if it were not superseded: only what is accepted takes another's place.
        self._statuses = {decision.file: self._status(decision) for decision in log.decisions}

    def plan(self) -> Plan:
        return Plan(self._log, tuple(map(self._arrival, self._log.decisions)))

    def _meet(self) -> dict[str, Decision]:
        """The decision of the workspace that each record is, if it is here already."""
        met: dict[str, Decision] = {}
        left = dict(self._rows)
        for decision in self._log.decisions:
            row = None if decision.number is None else left.get(decision.number)
            if row is not None and self._same(decision, row):
                met[decision.file] = left.pop(row.number)
        names: dict[tuple[str, str], list[Decision]] = {}
        for row in left.values():
            names.setdefault((row.slug, self._stored[row.pk].title), []).append(row)
        for decision in self._log.decisions:
            # One that came in earlier under another number, because its own was taken.
            same = names.get((decision.slug, decision.title), [])
            row = next((row for row in same if decision.day in (None, row.date)), None)
            if decision.file not in met and row is not None:
                met[decision.file] = row
                same.remove(row)
        return met

    def _same(self, decision: WrittenDecision, row: Decision) -> bool:
        return (decision.slug != "" and decision.slug == row.slug) or decision.title == self._stored[row.pk].title

    def _give_numbers(self) -> dict[str, int]:
        """The number of each record here: its own where nobody has it, else the next one behind all others."""
        numbers = {file: row.number for file, row in self._met.items()}
        taken = {*self._rows, *numbers.values()}
        waiting = []
        for decision in self._log.decisions:
            if decision.file in numbers:
                continue
            if decision.number is None or decision.number in taken:
                waiting.append(decision)
                continue
            numbers[decision.file] = decision.number
            taken.add(decision.number)
        for number, decision in enumerate(waiting, start=max(taken, default=0) + 1):
            numbers[decision.file] = number
        return numbers

    def _status(self, decision: WrittenDecision) -> str:
        if decision.says_status:
            return decision.status
        row = self._met.get(decision.file)
        return self._without_status if row is None else row.status

    def _arrival(self, decision: WrittenDecision) -> Arrival:
        row = self._met.get(decision.file)
        settled, notes = self._settled(decision, row)
        arrival = Arrival(
            settled, file=decision.file, what=NEW, number_there=decision.number, stored=row, notes=tuple(notes)
        )
        return arrival if row is None else self._compared(arrival, row)

    def _settled(self, decision: WrittenDecision, row: Decision | None) -> tuple[WrittenDecision, list[str]]:
        """The record under its number and name here, with its links settled, and what was settled in words."""
        notes: list[str] = []
        more = [*decision.more]
        status = self._statuses[decision.file]
        successor: Link | None = None
        if status == Status.SUPERSEDED and decision.says_status:
            successor, status = self._successor(decision, row, more, notes)
        for link in decision.supersedes:
            if not self._says_so_too(link, decision):
                more.append(_in_words(link))
        named = replace(
            decision,
            body=with_more(decision.body, tuple(more)),
            number=self._numbers[decision.file],
            status=str(status),
            superseded_by=successor,
            supersedes=(),
            more=(),
            day=decision.day or (row.date if row is not None else timezone.localdate()),
        )
        named = renamed(named, self._names)
        if row is not None and not decision.says_status and row.superseded_by is not None:
            named = replace(named, superseded_by=self._stored[row.pk].superseded_by)
        return named, notes

    def _successor(
        self, decision: WrittenDecision, row: Decision | None, more: list[str], notes: list[str]
    ) -> tuple[Link | None, str]:
        """The decision that took this one's place, and the status that this one then has."""
        link = decision.superseded_by
        if link is None:
            notes.append("It is superseded, and by which decision is not said: it arrives as deprecated.")
            return None, Status.DEPRECATED
        if link.found:
            after, status = link, self._statuses[link.file]
        else:
            other = self._row_of_file.get(link.file.rpartition("/")[2])
            if other is None and row is not None and link.number is not None:
                other = self._rows.get(link.number)
            if other is None:
                more.append(_in_words(link))
                notes.append(f"{_in_words(link)}, which is nowhere to be found: it arrives as deprecated.")
                return None, Status.DEPRECATED
            after, status = replace(link, file=other.file_name, number=other.number, found=True), other.status
        if status in (Status.PROPOSED, Status.REJECTED):
            more.append(_in_words(link))
            notes.append(f"{_in_words(link)}, which is {status}: it arrives as accepted until that one is.")
            return None, Status.ACCEPTED
        number = self._numbers.get(after.file, after.number)
        return replace(after, text="", words="Superseded by", number=number, line=1), Status.SUPERSEDED

    def _says_so_too(self, link: Link, decision: WrittenDecision) -> bool:
        """Whether the decision that is said to be superseded says the same."""
        other = self._by_file.get(link.file) if link.found else None
        if other is not None:
            return other.superseded_by is not None and other.superseded_by.file == decision.file
        row = self._row_of_file.get(link.file.rpartition("/")[2])
        successor = row.superseded_by if row is not None else None
        return successor is not None and successor.number == self._numbers[decision.file]

    def _compared(self, arrival: Arrival, row: Decision) -> Arrival:
        """The arrival of what is here already: what differs, and whether that may change."""
        here, there = self._stored[row.pk], arrival.decision
        changes = [
            Change(label, str(getattr(here, name) or ""), str(getattr(there, name) or ""))
            for name, label in LABELS.items()
            if getattr(here, name) != getattr(there, name)
        ]
        text_differs = bool(changes)
        if (here.status, successor_number(here)) != (there.status, successor_number(there)):
            changes.append(Change("status", _status_words(here), _status_words(there)))
        if not changes:
            return replace(arrival, what=UNCHANGED)
        why = ""
        if text_differs and not row.is_draft:
            why = f"It is {row.status} here, so its text stays."
        elif here.status != there.status and not steps_between(here.status, there.status):
            why = f"A decision that is {here.status} does not become {there.status}."
        elif here.status == there.status == Status.SUPERSEDED and not text_differs:
            why = "Another decision has taken its place here."
        return replace(arrival, what=KEPT if why else CHANGED, changes=tuple(changes), why=why)


def successor_number(decision: WrittenDecision) -> int | None:
    """The number of the decision that took this one's place, if one did."""
    return decision.superseded_by.number if decision.superseded_by is not None else None


def _status_words(decision: WrittenDecision) -> str:
    number = successor_number(decision)
    return decision.status if number is None else f"{decision.status} by {number:04d}"


def _in_words(link: Link) -> str:
    """The link as a sentence's beginning, with the file's name where it has one that is not its text."""
    name = link.file.rpartition("/")[2]
    return f"{link.words} {escaped(link.text)}" + (f" ({escaped(name)})" if name and name != link.text else "")


def steps_between(before: str, after: str) -> Sequence[str]:
    """The statuses on the way from one to the other, the last one included; empty where there is no way."""
    if after in STEPS[before]:
        return (after,)
    return next(((step, after) for step in STEPS[before] if after in STEPS[step]), ())
