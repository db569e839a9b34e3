"""The steps of flows as rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from archreview.engine.model import Step
from archreview.registry.models import Edge, Flow, FlowStep
from archreview.workspaces.models import Workspace

BATCH = 500


def replace_steps(
    workspace: Workspace, steps_of: Mapping[Flow, tuple[Step, ...]], *, edges: Mapping[str, int] | None = None
) -> None:
    """
    Store the steps of these flows in place of those that they have.

    `edges` gives the primary key of each edge by its id, where the caller has them. Writes level by level, for a row
    needs the key of its parent.
    """
    if edges is None:
        edges = _keys_of_edges(workspace, steps_of)
    FlowStep.objects.filter(flow__in=steps_of).delete()
    level: list[tuple[Flow, FlowStep | None, tuple[Step, ...]]] = [
        (flow, None, steps) for flow, steps in steps_of.items()
    ]
    while level:
        rows = [
            (
                FlowStep(
                    workspace=workspace,
                    flow=flow,
                    parent=parent,
                    position=position,
                    edge_id=None if step.edge is None else edges[step.edge],
                ),
                step,
            )
            for flow, parent, below in level
            for position, step in enumerate(below)
        ]
        FlowStep.objects.bulk_create([row for row, _ in rows], batch_size=BATCH)
        level = [(row.flow, row, step.then or step.parallel) for row, step in rows]


def _keys_of_edges(workspace: Workspace, steps_of: Mapping[Flow, tuple[Step, ...]]) -> dict[str, int]:
    named = {step.edge for steps in steps_of.values() for top in steps for step in top.walk() if step.edge is not None}
    edges = dict(Edge.objects.filter(workspace=workspace, slug__in=named).values_list("slug", "pk"))
    missing = sorted(named - set(edges))
    if missing:
        raise ValidationError({"steps": [f"There is no edge {missing[0][:100]} in this workspace."]})
    return edges
