"""From the names of fields to columns, and from ids to the rows that they name."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from archreview.registry.fields import Field, Sort, to_json
from archreview.registry.models import Channel, Edge, Flow, Service, System
from archreview.workspaces.models import Team, Workspace

MODELS: dict[str, type[models.Model]] = {
    "system": System,
    "team": Team,
    "service": Service,
    "channel": Channel,
    "edge": Edge,
    "flow": Flow,
}


def kind_of(row: models.Model) -> str:
    """The word for what the row is: service, edge and so on."""
    return next(kind for kind, model in MODELS.items() if isinstance(row, model))


def columns(workspace: Workspace, field: Field, value: Any) -> dict[str, Any]:
    """
    The columns of the row that hold a value of the field.

    A reference is looked up in the workspace, and nowhere else: a ValidationError where it has no such thing.
    """
    if field.sort == Sort.STEPS:
        return {}
    if field.sort == Sort.REFERENCE:
        return {f"{field.attribute}_id": None if value is None else key_of(workspace, field, value)}
    if field.sort == Sort.LINKS:
        return {field.attribute: to_json(field, value)}
    return {field.attribute: value}


def key_of(workspace: Workspace, field: Field, slug: str) -> int:
    """The primary key of what the id names in the workspace."""
    model = MODELS[field.refers]
    key = model._default_manager.filter(workspace=workspace, slug=slug).values_list("pk", flat=True).first()
    if key is None:
        raise ValidationError({field.name: [f"There is no {field.refers} {slug[:100]} in this workspace."]})
    return int(key)
