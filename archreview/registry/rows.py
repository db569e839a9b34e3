"""What stands in a row, as values of the engine."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from archreview.engine.model import Step
from archreview.registry.architectures import step_tree
from archreview.registry.fields import FIELDS, Sort, from_json
from archreview.registry.models import Flow, FlowStep


def values_of_row(row: Model) -> dict[str, Any]:
    """
    The values of all fields of the row, by name.

    A reference is the id of the row that it leads to: fetch these along. The steps of a flow are one more query.
    """
    values: dict[str, Any] = {}
    for field in FIELDS[row._meta.model_name or ""]:
        if field.sort == Sort.STEPS:
            values[field.name] = steps_of(row) if isinstance(row, Flow) else ()
            continue
        value = getattr(row, field.attribute)
        if field.sort == Sort.REFERENCE:
            value = None if value is None else value.slug
        elif field.sort == Sort.LINKS:
            value = from_json(field, value)
        values[field.name] = value
    return values


def steps_of(flow: Flow) -> tuple[Step, ...]:
    """The steps of the flow as a tree. One query."""
    rows = list(
        FlowStep.objects.filter(flow=flow)
        .order_by("position", "pk")
        .values_list("pk", "parent_id", "edge_id", "edge__slug")
    )
    slugs = {edge: slug for _, _, edge, slug in rows if edge is not None}
    return step_tree([(pk, parent, edge) for pk, parent, edge, _ in rows], slugs)
