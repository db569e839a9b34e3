"""What a workspace has, as an import compares with it: all of its rows by one query, none of them a model."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from archreview.engine.model import Evidence
from archreview.registry.actions.bulk import Table, read
from archreview.registry.actions.references import MODELS
from archreview.registry.architectures import EVIDENCE_COLUMNS, StepRow
from archreview.registry.models import EdgeEvidence, FlowStep
from archreview.workspaces.models import Workspace

# The columns of a row with their names. One that is not stored yet has an id below zero.
Row = dict[str, Any]
# Pieces of evidence of one edge that agree in this are the same piece, seen again.
Place = tuple[Any, ...]

_STEP = ("flow_id", "position", "id", "parent_id", "edge_id")
_EVIDENCE = ("id", "edge_id", *EVIDENCE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Standing:
    """Rows by kind and id of the architecture; steps by the key of their flow; evidence by that of its edge."""

    rows: dict[str, dict[str, Row]]
    steps: dict[int, list[StepRow]]
    evidence: dict[int, dict[Place, Row]]


def standing_of(workspace: Workspace) -> Standing:
    """Read it. One query."""
    columns = {table: _columns(table) for table in MODELS.values()} | {FlowStep: _STEP, EdgeEvidence: _EVIDENCE}
    read_rows = read(columns, workspace=workspace.pk)
    rows: dict[str, dict[str, Row]] = {}
    for kind, table in MODELS.items():
        made = (dict(zip(columns[table], row, strict=True)) for row in read_rows[table])
        rows[kind] = {row["slug"]: row for row in made}
    for row in rows["service"].values():
        row["links"] = json.loads(row["links"])
    steps: dict[int, list[StepRow]] = defaultdict(list)
    for flow, _, *step in sorted(read_rows[FlowStep], key=lambda step: step[:3]):
        steps[flow].append((step[0], step[1], step[2]))
    evidence: dict[int, dict[Place, Row]] = defaultdict(dict)
    for piece in sorted(read_rows[EdgeEvidence]):
        row = dict(zip(_EVIDENCE, piece, strict=True))
        evidence[row["edge_id"]][place_of(row)] = row
    return Standing(rows, steps, evidence)


def empty_row(kind: str) -> Row:
    """A row in which nobody has filled in anything yet."""
    fields = {field.attname: field for field in MODELS[kind]._meta.concrete_fields}
    return {name: fields[name].get_default() for name in _columns(MODELS[kind])}


def place_of(piece: Row) -> Place:
    """Where the piece of evidence is from."""
    return (piece["source"], piece["line"], piece["window"], piece["confidence"])


def evidence_row(edge: int, piece: Evidence) -> Row:
    """The row of a piece of the edge, without a key."""
    return {"id": None, "edge_id": edge} | {name: getattr(piece, name) for name in EVIDENCE_COLUMNS}


def _columns(table: Table) -> tuple[str, ...]:
    """All but those that no import decides: whose the row is, and how often it was edited."""
    names = (field.attname for field in table._meta.concrete_fields)
    return tuple(name for name in names if name not in {"workspace_id", "version"})
