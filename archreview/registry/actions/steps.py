"""The steps of flows as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError

from archreview.engine.model import Step
from archreview.registry.actions.bulk import delete, insert, reserve
from archreview.registry.models import Edge, FlowStep
from archreview.workspaces.models import Workspace

# Steps by the key of their flow.
StepsOf = Mapping[int, tuple[Step, ...]]


def replace_steps(workspace: Workspace, steps_of: StepsOf) -> None:
    """Store the steps of these flows in place of those that they have. A ValidationError where an edge is not here."""
    edges = _keys_of_edges(workspace, steps_of)
    delete(FlowStep, "flow_id", steps_of)
    keys = reserve({FlowStep: count_of_steps(steps_of)})[FlowStep]
    insert_steps(workspace, steps_of, edges=edges, keys=keys)


def count_of_steps(steps_of: StepsOf) -> int:
    """How many rows these steps become."""
    return sum(1 for steps in steps_of.values() for top in steps for _ in top.walk())


def insert_steps(workspace: Workspace, steps_of: StepsOf, *, edges: Mapping[str, int], keys: Sequence[int]) -> None:
    """Store the steps of flows that have none, with the keys of their edges by id, and with keys for themselves."""
    free = iter(keys)
    rows: list[tuple[int, int, int, int | None, int, int | None]] = []
    level: list[tuple[int, int | None, tuple[Step, ...]]] = [(flow, None, steps) for flow, steps in steps_of.items()]
    while level:
        # Level by level: a row stands after the one above it.
        below: list[tuple[int, int | None, tuple[Step, ...]]] = []
        for flow, parent, steps in level:
            for position, step in enumerate(steps):
                key = next(free)
                edge = None if step.edge is None else edges[step.edge]
                rows.append((key, workspace.pk, flow, parent, position, edge))
                below.append((flow, key, step.then or step.parallel))
        level = below
    insert(FlowStep, ("id", "workspace_id", "flow_id", "parent_id", "position", "edge_id"), rows)


def _keys_of_edges(workspace: Workspace, steps_of: StepsOf) -> dict[str, int]:
    named = {step.edge for steps in steps_of.values() for top in steps for step in top.walk() if step.edge is not None}
    edges = dict(Edge.objects.filter(workspace=workspace, slug__in=named).values_list("slug", "pk"))
    missing = sorted(named - set(edges))
    if missing:
        raise ValidationError({"steps": [f"There is no edge {missing[0][:100]} in this workspace."]})
    return edges
