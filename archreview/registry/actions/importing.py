"""
Taking an architecture in: what it says becomes statements of its source, and columns where nobody is heard before it.

Importing the same again changes nothing. What the workspace has and the import does not mention stays: no file proves
that something is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from archreview.engine import model as engine
from archreview.engine.fact_tables import Kind
from archreview.engine.model import Architecture, Evidence, Said, Step
from archreview.registry.actions.bulk import Table, delete, insert, reserve
from archreview.registry.actions.changing import sentence
from archreview.registry.actions.record import Record
from archreview.registry.actions.references import MODELS
from archreview.registry.actions.standing import Row, empty_row, evidence_row, place_of, standing_of
from archreview.registry.actions.stating import refuse_impossible
from archreview.registry.actions.steps import count_of_steps, insert_steps
from archreview.registry.architectures import EVIDENCE_COLUMNS, step_tree
from archreview.registry.comparison import Comparison, Conflict, EntryChange, FieldChange
from archreview.registry.fields import (
    FIELD_BY_NAME,
    FIELDS,
    Field,
    Sort,
    from_json,
    problem_of,
    problem_of_id,
    steps_to_json,
    to_json,
)
from archreview.registry.hearing import Word, rank, when_said
from archreview.registry.models import Edge, EdgeEvidence, Flow, FlowStep, Statement
from archreview.registry.models.statement import SUBJECTS, State
from archreview.registry.soundness import problems
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.actions import touch_at
from archreview.workspaces.models import Workspace

# What is referred to before what refers to it.
KINDS = ("team", "system", "service", "channel", "edge", "flow")
# The source of an edge that was stored before any evidence of it was.
DECLARED_BEFORE = "architecture.yaml"

_NOTHING_MORE = Said()
_NOBODY: Mapping[str, Said] = MappingProxyType({})
_BOOLEANS = frozenset(
    each.attribute for fields in FIELDS.values() for each in fields if each.fact and each.fact.kind == Kind.BOOLEAN
)
# All values of an entity at once, by the fields of its kind; the id at the end, for one value alone is no tuple.
_VALUES = {kind: attrgetter(*(each.name for each in fields), "id") for kind, fields in FIELDS.items()}


def import_architecture(
    *, workspace: Workspace, architecture: Architecture, by: User, source: str, revision: int | None = None
) -> Comparison:
    """
    Store what the architecture says, as said by `source`; gives what that changed.

    All or nothing: a ValidationError where the result would not be sound, ChangedMeanwhile where the workspace is not
    at the given revision any more. The number of queries does not grow with what it says.
    """
    with transaction.atomic():
        prepared = prepare_import(workspace=workspace, architecture=architecture, by=by, source=source)
        if revision is not None and prepared.revision != revision:
            raise ChangedMeanwhile
        prepared.store()
    return prepared.comparison


def preview_import(*, workspace: Workspace, architecture: Architecture, by: User, source: str) -> Comparison:
    """What `import_architecture` would do: all of it but the writing. Tells the workspace its revision."""
    prepared = prepare_import(workspace=workspace, architecture=architecture, by=by, source=source)
    workspace.revision = prepared.revision
    return prepared.comparison


def prepare_import(*, workspace: Workspace, architecture: Architecture, by: User, source: str) -> PreparedImport:
    """
    Compare the architecture with the workspace, so that it can be stored; nobody need wait for that but the caller.

    A ValidationError where the result would not be sound.
    """
    with transaction.atomic():
        # Nobody answers between what is read of one table and of the next.
        revision = _locked(workspace)
        under_way = _Import(workspace, architecture, by=by, source=source)
    return PreparedImport(under_way.compare(), revision, workspace, under_way)


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """An import that needs only be written: what it changes in the workspace as it was at the revision."""

    comparison: Comparison
    revision: int
    _workspace: Workspace
    _import: _Import

    def store(self) -> None:
        """Write it, all or nothing. Raises ChangedMeanwhile where the workspace has changed since."""
        with transaction.atomic():
            if not self._import.writes:
                if _locked(self._workspace) != self.revision:
                    raise ChangedMeanwhile
                return
            if not touch_at(self._workspace, self.revision):
                raise ChangedMeanwhile
            self._import.store()


def _locked(workspace: Workspace) -> int:
    """Take the workspace until the end of the transaction; gives its revision, which every change counts."""
    return Workspace.objects.select_for_update().get(pk=workspace.pk).revision


@dataclass(slots=True)
class _Entry:
    """One entry of the import with its row, and the columns of the row that change."""

    entity: Any
    row: Row
    new: bool
    columns: dict[str, Any] = field(default_factory=dict)
    changes: list[FieldChange] = field(default_factory=list)
    evidence: int = 0


class _Import:
    """One import under way."""

    def __init__(self, workspace: Workspace, architecture: Architecture, *, by: User, source: str) -> None:
        self._workspace = workspace
        self._architecture = architecture
        self._source = source
        there = standing_of(workspace)
        self._rows, self._steps, self._evidence = there.rows, there.steps, there.evidence
        self._slugs = {kind: {row["id"]: slug for slug, row in rows.items()} for kind, rows in self._rows.items()}
        self._keys = {kind: {slug: row["id"] for slug, row in rows.items()} for kind, rows in self._rows.items()}
        standing = Statement.objects.filter(workspace=workspace).exclude(state=State.REPLACED)
        self._record = Record(workspace, user=by, source=source, standing=standing)
        # By key: the pieces that are new have one below zero.
        self._told_evidence: dict[int, Row] = {}
        self._entries: dict[str, list[_Entry]] = {}
        self._conflicts: list[Conflict] = []
        self._errors: list[str] = []

    def compare(self) -> Comparison:
        """Find out what it changes. What is new has a key below zero until it is stored."""
        gone = tuple(self._gone())
        for kind in KINDS:
            self._entries[kind] = self._take_in(kind)
        if self._errors:
            raise ValidationError(self._errors)
        self._weigh_evidence()
        if self.writes:
            self._check_soundness()
        changes = tuple(_change(kind, entry) for kind in KINDS for entry in self._entries[kind])
        return Comparison(entries=changes, conflicts=tuple(self._conflicts), gone=gone)

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        told = (entry.new or entry.changes for entries in self._entries.values() for entry in entries)
        return any(told) or bool(self._record or self._told_evidence)

    def store(self) -> None:
        """Write what the comparison has found, inside a transaction in which nobody else writes."""
        steps = self._changed_steps()
        reserved = reserve(
            {MODELS[kind]: sum(entry.new for entry in self._entries[kind]) for kind in KINDS}
            | {FlowStep: count_of_steps(steps), EdgeEvidence: sum(key < 0 for key in self._told_evidence)}
        )

        def key_of(table: Table, key: int) -> int:
            """The key under which a row is stored: what is new has one below zero until now."""
            return key if key > 0 else reserved[table][-key - 1]

        for kind in KINDS:
            self._store_rows(kind, key_of)
        pieces = [
            row | {"id": key_of(EdgeEvidence, key), "edge_id": key_of(Edge, row["edge_id"])}
            for key, row in self._told_evidence.items()
        ]
        self._insert(EdgeEvidence, pieces, over=EVIDENCE_COLUMNS)
        delete(FlowStep, "flow_id", (flow for flow in steps if flow > 0))
        insert_steps(
            self._workspace,
            {key_of(Flow, flow): each for flow, each in steps.items()},
            edges={slug: key_of(Edge, key) for slug, key in self._keys["edge"].items()},
            keys=reserved[FlowStep],
        )
        self._record.store(lambda kind, key: key_of(MODELS[kind], key))

    def _store_rows(self, kind: str, key_of: Callable[[Table, int], int]) -> None:
        """Write the rows of a kind: those that are new, and of those that were there what changes."""
        changed = [entry for entry in self._entries[kind] if entry.new or entry.columns]
        tables = {"id": MODELS[kind]} | {
            f"{each.attribute}_id": MODELS[each.refers] for each in FIELDS[kind] if each.sort == Sort.REFERENCE
        }
        rows = [
            entry.row | {name: key_of(table, key) for name, table in tables.items() if (key := entry.row[name])}
            for entry in changed
        ]
        over = {column for entry in changed if not entry.new for column in entry.columns}
        self._insert(MODELS[kind], rows, over=sorted(over))

    def _insert(self, table: Table, rows: list[Row], *, over: Sequence[str]) -> None:
        if rows:
            # Who makes a row makes it in the first version.
            fixed = {"workspace_id": self._workspace.pk} | ({} if table is EdgeEvidence else {"version": 1})
            insert(table, [*fixed, *rows[0]], ([*fixed.values(), *row.values()] for row in rows), over=over)

    def _take_in(self, kind: str) -> list[_Entry]:
        """Make the rows of what is new, and find what changes in the rows that are there."""
        entries: list[_Entry] = []
        nothing_yet = empty_row(kind)
        for entity in getattr(self._architecture, f"{kind}s"):
            row = self._rows[kind].get(entity.id)
            entries.append(_Entry(entity, row or nothing_yet | {"slug": entity.id}, new=row is None))
        for entry in entries:
            if problem := problem_of_id(entry.entity.id):
                self._errors.append(f"{kind.capitalize()} {entry.entity.id}: {problem}")
        for entry in (entry for entry in entries if entry.new):
            entry.row |= self._first_columns(kind, entry.entity)
        if self._errors:
            return entries
        for number, entry in enumerate((entry for entry in entries if entry.new), 1):
            entry.row["id"] = -number
        for entry in entries:
            self._keys[kind][entry.entity.id] = entry.row["id"]
            self._slugs[kind][entry.row["id"]] = entry.entity.id
            self._hear(kind, entry)
        return entries

    def _first_columns(self, kind: str, entity: Any) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for each, value in zip(FIELDS[kind], _VALUES[kind](entity), strict=False):
            if value == each.default and not each.required:
                # Its column holds that already.
                continue
            if self._acceptable(kind, entity, each, value):
                columns |= self._columns(each, value)
        columns["name"] = entity.name or entity.id
        self._refuse_impossible(kind, entity.id, columns)
        return columns

    def _acceptable(self, kind: str, entity: Any, each: Field, value: Any) -> bool:
        problem = problem_of(each, value)
        if not problem and each.sort == Sort.REFERENCE and value is not None and value not in self._keys[each.refers]:
            problem = f"There is no {each.refers} {value}."
        if problem:
            self._errors.append(f"{kind.capitalize()} {entity.id}, {each.label}: {problem}")
        return not problem

    def _columns(self, each: Field, value: Any) -> dict[str, Any]:
        if each.sort == Sort.STEPS:
            return {}
        if each.sort == Sort.REFERENCE:
            return {f"{each.attribute}_id": None if value is None else self._keys[each.refers][value]}
        return {each.attribute: to_json(each, value) if each.sort == Sort.LINKS else value}

    def _hear(self, kind: str, entry: _Entry) -> None:
        """Let the source say what the entity states, and find the columns that change by it."""
        key = entry.row["id"]
        for each, value, said in self._stated(kind, entry):
            stated = to_json(each, value)
            counts = stated
            if kind in SUBJECTS:
                counts = self._record.say(kind, key, each.name, stated, by=said.by, at=said.at, note=said.why)
                if counts != stated:
                    heard = self._record.current(kind, key, each.name)
                    self._conflicts += [] if heard is None else [_conflict(kind, entry.entity.id, each, heard, stated)]
            if entry.new:
                entry.changes.append(FieldChange(each.name, None, stated))
                continue
            before = self._before(entry.row, each)
            if counts != before:
                if not self._acceptable(kind, entry.entity, each, from_json(each, counts)):
                    continue
                entry.columns |= self._columns(each, from_json(each, counts))
                entry.changes.append(FieldChange(each.name, before, counts))
        if entry.columns:
            entry.row = entry.row | entry.columns
            self._refuse_impossible(kind, entry.entity.id, entry.row)

    def _stated(self, kind: str, entry: _Entry) -> Iterator[tuple[Field, Any, Said]]:
        """The fields that the import says something about, with their values and who said it."""
        tells: Mapping[str, Said] = getattr(entry.entity, "said", _NOBODY)
        for each, value in zip(FIELDS[kind], _VALUES[kind](entry.entity), strict=False):
            said = tells.get(each.name)
            if said is not None:
                yield each, value, said
            elif value != each.default and not (each.sort == Sort.NAME and value == entry.entity.id):
                yield each, value, _NOTHING_MORE
            elif each.fact is not None and each.required and not entry.new:
                # A default may be meant or left out. It takes back what the same source said before, nothing else.
                current = self._record.current(kind, entry.row["id"], each.name)
                if current is not None and current.source == self._source and current.value != value:
                    yield each, value, _NOTHING_MORE

    def _before(self, row: Row, each: Field) -> Any:
        if each.sort == Sort.REFERENCE:
            return self._slugs[each.refers].get(row[f"{each.attribute}_id"])
        if each.sort == Sort.STEPS:
            return steps_to_json(step_tree(self._steps[row["id"]], self._slugs["edge"]))
        value = row[each.attribute]
        if each.sort == Sort.LINKS:
            return value
        if value is not None and each.attribute in _BOOLEANS:
            return bool(value)
        return to_json(each, value)

    def _refuse_impossible(self, kind: str, slug: str, columns: Mapping[str, Any]) -> None:
        try:
            refuse_impossible(kind, columns)
        except ValidationError as error:
            self._errors.extend(f"{kind.capitalize()} {slug}: {message}" for message in error.messages)

    def _changed_steps(self) -> dict[int, tuple[Step, ...]]:
        """The steps that are to be stored, by the key of their flow."""
        field_ = FIELD_BY_NAME["flow"]["steps"]
        return {
            entry.row["id"]: from_json(field_, change.after)
            for entry in self._entries["flow"]
            for change in entry.changes
            if change.name == "steps"
        }

    def _weigh_evidence(self) -> None:
        """Find the pieces of evidence that are new, and those that were seen again and tell something else."""
        free = count(-1, -1)
        for entry in self._entries["edge"]:
            edge = entry.row["id"]
            own = self._evidence[edge]
            for piece in self._pieces(entry, own.values()):
                row = evidence_row(edge, piece)
                place = place_of(row)
                seen = own.get(place)
                if seen is not None and all(seen[name] == row[name] for name in EVIDENCE_COLUMNS):
                    continue
                row["id"] = next(free) if seen is None else seen["id"]
                own[place] = self._told_evidence[row["id"]] = row
                entry.evidence += 1

    def _pieces(self, entry: _Entry, known: Iterable[Row]) -> Iterator[Evidence]:
        """
        The pieces that the import brings, with what an edge without any stands for made plain.

        Such an edge is declared: a hint from elsewhere does not make it less, and naming it makes a mere hint more.
        """
        pieces = entry.entity.evidence
        if not entry.new:
            known = list(known)
            if not known and pieces and not entry.entity.counted:
                yield Evidence(source=DECLARED_BEFORE)
            if known and not pieces and all(piece["confidence"] == "suggested" for piece in known):
                yield Evidence(source=self._source)
        yield from pieces

    def _gone(self) -> Iterator[tuple[str, str]]:
        """What the workspace has in the systems of the import, or at all, and the import does not mention."""
        systems = {system.id for system in self._architecture.systems}
        inside = {
            row["id"]
            for row in self._rows["service"].values()
            if not systems or self._slugs["system"].get(row["system_id"]) in systems
        }
        ends = {"service": ("id",), "edge": ("source_id", "target_id"), "flow": ("entry_id",)}
        for kind, columns in ends.items():
            mentioned = {entity.id for entity in getattr(self._architecture, f"{kind}s")}
            for slug, row in sorted(self._rows[kind].items()):
                if slug not in mentioned and inside.issuperset(row[column] for column in columns):
                    yield kind, slug

    def _check_soundness(self) -> None:
        """Refuse what would not fit together: what is here and what comes, as far as soundness asks for it."""
        rows = {kind: self._rows[kind] | {one.entity.id: one.row for one in self._entries[kind]} for kind in KINDS}
        slugs = self._slugs
        services = tuple(engine.Service(slug, kind=row["kind"]) for slug, row in sorted(rows["service"].items()))
        edges = tuple(
            engine.Edge(
                slug,
                slugs["service"][row["source_id"]],
                slugs["service"][row["target_id"]],
                style=row["style"],
                latency_p50_ms=row["latency_p50_ms"],
                latency_p99_ms=row["latency_p99_ms"],
            )
            for slug, row in sorted(rows["edge"].items())
        )
        changed = self._changed_steps()
        steps_of = {
            slug: changed[row["id"]] if row["id"] in changed else step_tree(self._steps[row["id"]], slugs["edge"])
            for slug, row in rows["flow"].items()
        }
        flows = tuple(
            engine.Flow(slug, slugs["service"][row["entry_id"]], steps_of[slug])
            for slug, row in sorted(rows["flow"].items())
            if steps_of[slug]
        )
        found = problems(Architecture(services=services, edges=edges, flows=flows))
        if found:
            raise ValidationError([sentence(problem) for problem in found])


def _conflict(kind: str, slug: str, each: Field, heard: Word, stated: Any) -> Conflict:
    return Conflict(
        kind=kind,
        id=slug,
        field=each.name,
        kept=heard.value,
        kept_by=heard.by or heard.source,
        kept_at=when_said(heard),
        said=stated,
        by_person=rank(heard) > 0,
    )


def _change(kind: str, entry: _Entry) -> EntryChange:
    what = "new" if entry.new else "changed" if entry.changes or entry.evidence else "unchanged"
    name = entry.entity.name or entry.entity.id
    return EntryChange(
        kind=kind, id=entry.entity.id, name=name, what=what, fields=tuple(entry.changes), evidence=entry.evidence
    )
