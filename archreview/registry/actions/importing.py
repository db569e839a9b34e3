"""
Taking an architecture in: what it says becomes statements of its source, and columns where nobody is heard before it.

Importing the same again changes nothing. What the workspace has and the import does not mention stays: no file proves
that something is absent.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from archreview.engine.model import Architecture, Edge, Evidence, Flow, Said, Service, Step
from archreview.registry.actions.bulk import insert, update
from archreview.registry.actions.changing import sentence
from archreview.registry.actions.record import Record
from archreview.registry.actions.references import MODELS
from archreview.registry.actions.stating import refuse_impossible
from archreview.registry.actions.steps import replace_steps
from archreview.registry.architectures import EVIDENCE_COLUMNS, step_tree, steps_by_flow
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
    value_of,
)
from archreview.registry.hearing import Word, rank, when_said
from archreview.registry.models import EdgeEvidence, Statement
from archreview.registry.models import Flow as FlowRow
from archreview.registry.models.statement import SUBJECTS, State
from archreview.registry.soundness import problems
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.actions import touch
from archreview.workspaces.models import Workspace

# What is referred to before what refers to it.
KINDS = ("team", "system", "service", "channel", "edge", "flow")
# The source of an edge that was stored before any evidence of it was.
DECLARED_BEFORE = "architecture.yaml"

_NOTHING_MORE = Said()


def import_architecture(
    *, workspace: Workspace, architecture: Architecture, by: User, source: str, revision: int | None = None
) -> Comparison:
    """
    Store what the architecture says, as said by `source`; gives what that changed.

    All or nothing: a ValidationError where the result would not be sound, ChangedMeanwhile where the workspace is not
    at the given revision any more.
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
            if _locked(self._workspace) != self.revision:
                raise ChangedMeanwhile
            self._import.store()


def _locked(workspace: Workspace) -> int:
    """Take the workspace until the end of the transaction; gives its revision, which every change counts."""
    return Workspace.objects.select_for_update().get(pk=workspace.pk).revision


@dataclass(slots=True)
class _Entry:
    """One entry of the import with its row, and the columns of the row that change."""

    entity: Any
    row: Any
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
        self._rows: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        for kind, rows in self._rows.items():
            stored: Iterable[Any] = MODELS[kind]._default_manager.filter(workspace=workspace)
            rows.update((row.slug, row) for row in stored)
        self._slugs = {kind: {row.pk: slug for slug, row in rows.items()} for kind, rows in self._rows.items()}
        self._keys = {kind: {slug: row.pk for slug, row in rows.items()} for kind, rows in self._rows.items()}
        self._steps = steps_by_flow(workspace)
        standing = Statement.objects.filter(workspace=workspace).exclude(state=State.REPLACED)
        self._record = Record(workspace, user=by, source=source, standing=standing)
        self._evidence: dict[int, dict[tuple[Any, ...], EdgeEvidence]] = defaultdict(dict)
        for piece in EdgeEvidence.objects.filter(workspace=workspace).order_by("pk"):
            self._evidence[piece.edge_id][_place(piece)] = piece
        self._new_evidence: list[EdgeEvidence] = []
        self._seen_again: list[EdgeEvidence] = []
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
        if self._writes:
            self._check_soundness()
        changes = tuple(_change(kind, entry) for kind in KINDS for entry in self._entries[kind])
        return Comparison(entries=changes, conflicts=tuple(self._conflicts), gone=gone)

    @property
    def _writes(self) -> bool:
        """Whether there is anything to write."""
        told = (entry.new or entry.changes for entries in self._entries.values() for entry in entries)
        return any(told) or bool(self._record or self._new_evidence or self._seen_again)

    def store(self) -> None:
        """Write what the comparison has found, inside a transaction in which nobody else writes."""
        if not self._writes:
            return
        keys: dict[str, dict[int, int]] = {}
        for kind in KINDS:
            keys[kind] = self._store_rows(kind, keys)
        for piece in self._new_evidence:
            piece.edge_id = keys["edge"].get(piece.edge_id, piece.edge_id)
        insert(EdgeEvidence, self._new_evidence)
        update(EdgeEvidence, self._seen_again, EVIDENCE_COLUMNS)
        replace_steps(self._workspace, self._changed_steps(), edges=self._keys["edge"])
        self._record.settle(keys)
        self._record.store()
        touch(self._workspace)

    def _store_rows(self, kind: str, keys: Mapping[str, Mapping[int, int]]) -> dict[int, int]:
        """Write the rows of a kind, which refer to those that have keys already. Gives the keys of the new ones."""
        model = MODELS[kind]
        changed = [entry for entry in self._entries[kind] if entry.new or entry.columns]
        for each in FIELDS[kind]:
            if each.sort == Sort.REFERENCE:
                column, own = f"{each.attribute}_id", keys[each.refers]
                for entry in changed:
                    key = getattr(entry.row, column)
                    setattr(entry.row, column, own.get(key, key))
        written = sorted({column for entry in changed if not entry.new for column in entry.columns})
        update(model, [entry.row for entry in changed if not entry.new], written)
        new = {entry.entity.id: entry.row for entry in changed if entry.new}
        if not new:
            return {}
        insert(model, list(new.values()))
        stored = dict(model._default_manager.filter(workspace=self._workspace).values_list("slug", "pk"))
        self._keys[kind] = stored
        made = {row.pk: stored[slug] for slug, row in new.items()}
        for slug, row in new.items():
            row.pk = stored[slug]
        return made

    def _take_in(self, kind: str) -> list[_Entry]:
        """Make the rows of what is new, and find what changes in the rows that are there."""
        model = MODELS[kind]
        entries: list[_Entry] = []
        for entity in getattr(self._architecture, f"{kind}s"):
            row = self._rows[kind].get(entity.id)
            entries.append(_Entry(entity, row or model(workspace=self._workspace, slug=entity.id), new=row is None))
        for entry in entries:
            if problem := problem_of_id(entry.entity.id):
                self._errors.append(f"{kind.capitalize()} {entry.entity.id}: {problem}")
        for entry in (entry for entry in entries if entry.new):
            for name, value in self._first_columns(kind, entry.entity).items():
                setattr(entry.row, name, value)
        if self._errors:
            return entries
        for number, entry in enumerate((entry for entry in entries if entry.new), 1):
            entry.row.pk = -number
        for entry in entries:
            self._keys[kind][entry.entity.id] = entry.row.pk
            self._slugs[kind][entry.row.pk] = entry.entity.id
            self._hear(kind, entry)
        return entries

    def _first_columns(self, kind: str, entity: Any) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for each in FIELDS[kind]:
            value = value_of(entity, each)
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
        for each, said in self._stated(kind, entry):
            stated = to_json(each, value_of(entry.entity, each))
            counts = stated
            if kind in SUBJECTS:
                heard = self._record.say(kind, entry.row.pk, each.name, stated, by=said.by, at=said.at, note=said.why)
                counts = heard.value
                if counts != stated:
                    self._conflicts.append(_conflict(kind, entry.entity.id, each, heard, stated))
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
            for name, value in entry.columns.items():
                setattr(entry.row, name, value)
            self._refuse_impossible(kind, entry.entity.id, vars(entry.row))

    def _stated(self, kind: str, entry: _Entry) -> Iterator[tuple[Field, Said]]:
        """The fields that the import says something about, with who said it."""
        tells: Mapping[str, Said] = getattr(entry.entity, "said", {})
        for each in FIELDS[kind]:
            value = value_of(entry.entity, each)
            said = tells.get(each.name)
            if said is not None:
                yield each, said
            elif value != each.default and not (each.sort == Sort.NAME and value == entry.entity.id):
                yield each, _NOTHING_MORE
            elif each.fact is not None and each.required and not entry.new:
                # A default may be meant or left out. It takes back what the same source said before, nothing else.
                current = self._record.current(kind, entry.row.pk, each.name)
                if current is not None and current.source == self._source and current.value != value:
                    yield each, _NOTHING_MORE

    def _before(self, row: Any, each: Field) -> Any:
        if each.sort == Sort.REFERENCE:
            return self._slugs[each.refers].get(getattr(row, f"{each.attribute}_id"))
        if each.sort == Sort.STEPS:
            return steps_to_json(step_tree(self._steps[row.pk], self._slugs["edge"]))
        value = getattr(row, each.attribute)
        return value if each.sort == Sort.LINKS else to_json(each, value)

    def _refuse_impossible(self, kind: str, slug: str, columns: Mapping[str, Any]) -> None:
        try:
            refuse_impossible(kind, columns)
        except ValidationError as error:
            self._errors.extend(f"{kind.capitalize()} {slug}: {message}" for message in error.messages)

    def _changed_steps(self) -> dict[FlowRow, tuple[Step, ...]]:
        field_ = FIELD_BY_NAME["flow"]["steps"]
        return {
            entry.row: from_json(field_, change.after)
            for entry in self._entries["flow"]
            for change in entry.changes
            if change.name == "steps"
        }

    def _weigh_evidence(self) -> None:
        """Find the pieces of evidence that are new, and those that were seen again and tell something else."""
        for entry in self._entries["edge"]:
            own = self._evidence[entry.row.pk]
            for piece in self._pieces(entry, own.values()):
                seen = own.get(_place(piece))
                if seen is None:
                    row = EdgeEvidence(workspace=self._workspace, edge_id=entry.row.pk, **dataclasses.asdict(piece))
                    own[_place(piece)] = row
                    self._new_evidence.append(row)
                    entry.evidence += 1
                elif any(getattr(seen, name) != getattr(piece, name) for name in EVIDENCE_COLUMNS):
                    for name in EVIDENCE_COLUMNS:
                        setattr(seen, name, getattr(piece, name))
                    if seen.pk is not None:
                        self._seen_again.append(seen)
                    entry.evidence += 1

    def _pieces(self, entry: _Entry, known: Iterable[EdgeEvidence]) -> Iterator[Evidence]:
        """
        The pieces that the import brings, with what an edge without any stands for made plain.

        Such an edge is declared: a hint from elsewhere does not make it less, and naming it makes a mere hint more.
        """
        pieces = entry.entity.evidence
        if not entry.new:
            known = list(known)
            if not known and pieces and not entry.entity.counted:
                yield Evidence(source=DECLARED_BEFORE)
            if known and not pieces and all(piece.confidence == "suggested" for piece in known):
                yield Evidence(source=self._source)
        yield from pieces

    def _gone(self) -> Iterator[tuple[str, str]]:
        """What the workspace has in the systems of the import, or at all, and the import does not mention."""
        systems = {system.id for system in self._architecture.systems}
        inside = {
            row.pk
            for row in self._rows["service"].values()
            if not systems or self._slugs["system"].get(row.system_id) in systems
        }
        ends: dict[str, Callable[[Any], tuple[int, ...]]] = {
            "service": lambda row: (row.pk,),
            "edge": lambda row: (row.source_id, row.target_id),
            "flow": lambda row: (row.entry_id,),
        }
        for kind, ends_of in ends.items():
            mentioned = {entity.id for entity in getattr(self._architecture, f"{kind}s")}
            for slug, row in sorted(self._rows[kind].items()):
                if slug not in mentioned and inside.issuperset(ends_of(row)):
                    yield kind, slug

    def _check_soundness(self) -> None:
        """Refuse what would not fit together: what is here and what comes, as far as soundness asks for it."""
        rows = {kind: self._rows[kind] | {one.entity.id: one.row for one in self._entries[kind]} for kind in KINDS}
        slugs = self._slugs
        services = tuple(Service(slug, kind=row.kind) for slug, row in sorted(rows["service"].items()))
        edges = tuple(
            Edge(
                slug,
                slugs["service"][row.source_id],
                slugs["service"][row.target_id],
                style=row.style,
                latency_p50_ms=row.latency_p50_ms,
                latency_p99_ms=row.latency_p99_ms,
            )
            for slug, row in sorted(rows["edge"].items())
        )
        changed = {row.slug: steps for row, steps in self._changed_steps().items()}
        steps_of = {
            slug: changed[slug] if slug in changed else step_tree(self._steps[row.pk], slugs["edge"])
            for slug, row in rows["flow"].items()
        }
        flows = tuple(
            Flow(slug, slugs["service"][row.entry_id], steps_of[slug])
            for slug, row in sorted(rows["flow"].items())
            if steps_of[slug]
        )
        found = problems(Architecture(services=services, edges=edges, flows=flows))
        if found:
            raise ValidationError([sentence(problem) for problem in found])


def _place(piece: EdgeEvidence | Evidence) -> tuple[Any, ...]:
    return (piece.source, piece.line, piece.window, piece.confidence)


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
