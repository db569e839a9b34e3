"""Registering things by hand, and editing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from archreview.registry.actions.changing import changing, check_soundness
from archreview.registry.actions.record import Record
from archreview.registry.actions.references import MODELS, columns, kind_of
from archreview.registry.actions.stating import STRUCTURAL, refuse, refuse_impossible
from archreview.registry.actions.steps import replace_steps
from archreview.registry.fields import FIELD_BY_NAME, FIELDS, problem_of_id, to_json
from archreview.registry.models import Channel, Edge, EdgeEvidence, Flow, Service, Statement, System
from archreview.registry.models.statement import SUBJECTS, State
from archreview.registry.rows import values_of_row
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Team, Workspace

Values = Mapping[str, Any]
Row = TypeVar("Row", Team, System, Service, Channel, Edge, Flow)

SLUG_FROM_NAME = 60


def create_team(*, workspace: Workspace, values: Values, by: User, slug: str = "") -> Team:
    """Register a team; without an id, one is made from the name."""
    return cast(Team, _create("team", workspace=workspace, slug=slug, values=values, by=by))


def create_system(*, workspace: Workspace, values: Values, by: User, slug: str = "") -> System:
    """Register a system; without an id, one is made from the name."""
    return cast(System, _create("system", workspace=workspace, slug=slug, values=values, by=by))


def create_service(*, workspace: Workspace, values: Values, by: User, slug: str = "") -> Service:
    """Register a service; without an id, one is made from the name."""
    return cast(Service, _create("service", workspace=workspace, slug=slug, values=values, by=by))


def create_channel(*, workspace: Workspace, values: Values, by: User, slug: str = "") -> Channel:
    """Register a channel; without an id, one is made from the name."""
    return cast(Channel, _create("channel", workspace=workspace, slug=slug, values=values, by=by))


def create_edge(*, workspace: Workspace, values: Values, by: User, slug: str = "") -> Edge:
    """Register an edge, which the person declares to exist; without an id, one is made from its ends."""
    slug = slug or f"{values.get('source') or ''}-{values.get('target') or ''}"[:SLUG_FROM_NAME].strip("-")
    return cast(Edge, _create("edge", workspace=workspace, slug=slug, values=values, by=by, free=True))


def create_flow(*, workspace: Workspace, values: Values, by: User, slug: str = "") -> Flow:
    """
    Register a flow with its `steps` (engine values); without an id, one is made from the name.

    Without an `entry` it is entered where its first call starts.
    """
    calls = (step.edge for top in values.get("steps") or () for step in top.walk() if step.edge is not None)
    first = next(calls, None)
    if "entry" not in values and first is not None:
        starts = Edge.objects.filter(workspace=workspace, slug=first).values_list("source__slug", flat=True)
        values = {**values, "entry": starts.first()}
    return cast(Flow, _create("flow", workspace=workspace, slug=slug, values=values, by=by))


def edit_team(*, team: Team, values: Values, version: int, by: User) -> Team:
    """Change the team. `version` is the one that the person saw; ChangedMeanwhile where it is no longer."""
    return _edit(team, values=values, version=version, by=by)


def edit_system(*, system: System, values: Values, version: int, by: User) -> System:
    """Change the system. `version` is the one that the person saw; ChangedMeanwhile where it is no longer."""
    return _edit(system, values=values, version=version, by=by)


def edit_service(*, service: Service, values: Values, version: int, by: User, note: str = "") -> Service:
    """Change the service. `version` is the one that the person saw; ChangedMeanwhile where it is no longer."""
    return _edit(service, values=values, version=version, by=by, note=note)


def edit_channel(*, channel: Channel, values: Values, version: int, by: User, note: str = "") -> Channel:
    """Change the channel. `version` is the one that the person saw; ChangedMeanwhile where it is no longer."""
    return _edit(channel, values=values, version=version, by=by, note=note)


def edit_edge(*, edge: Edge, values: Values, version: int, by: User, note: str = "") -> Edge:
    """Change the edge. `version` is the one that the person saw; ChangedMeanwhile where it is no longer."""
    return _edit(edge, values=values, version=version, by=by, note=note)


def edit_flow(*, flow: Flow, values: Values, version: int, by: User, note: str = "") -> Flow:
    """Change the flow. `version` is the one that the person saw; ChangedMeanwhile where it is no longer."""
    return _edit(flow, values=values, version=version, by=by, note=note)


def confirm_edge(*, edge: Edge, by: User) -> None:
    """Let the person declare that the edge exists; from then on it takes part in the analysis."""
    with changing(edge.workspace):
        _declare(edge, by=by)


def free_id(workspace: Workspace, *, kind: str, name: str) -> str:
    """The name as an id that nothing of this kind has yet."""
    stem = slugify(name)[:SLUG_FROM_NAME].strip("-_") or kind
    if problem_of_id(stem):
        stem = f"{kind}-{stem}"
    taken = set(
        MODELS[kind]._default_manager.filter(workspace=workspace, slug__startswith=stem).values_list("slug", flat=True)
    )
    if stem not in taken:
        return stem
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{stem}-{number}") not in taken)


def _create(kind: str, *, workspace: Workspace, slug: str, values: Values, by: User, free: bool = False) -> Any:
    fields = {field.name: field for field in FIELDS[kind] if field.name in values or field.required}
    complete = {name: values.get(name, field.default) for name, field in fields.items()}
    model = MODELS[kind]
    with changing(workspace):
        if not slug or free:
            slug = free_id(workspace, kind=kind, name=slug or str(complete.get("name") or ""))
        errors = _problems_of_new(workspace, kind=kind, slug=slug)
        try:
            refuse(fields, complete)
        except ValidationError as error:
            errors |= error.message_dict
        written: dict[str, Any] = {"name": slug}
        for name, field in fields.items():
            if name not in errors:
                try:
                    written |= columns(workspace, field, complete[name])
                except ValidationError as error:
                    errors |= error.message_dict
        if errors:
            raise ValidationError(errors)
        written["name"] = written["name"] or slug
        refuse_impossible(kind, written)
        row = model._default_manager.create(workspace=workspace, slug=slug, **written)
        _first_words(row, kind=kind, values=complete, by=by)
        if kind in {"edge", "flow"}:
            check_soundness(workspace, kind=kind, slug=slug)
    return row


def _problems_of_new(workspace: Workspace, *, kind: str, slug: str) -> dict[str, list[str]]:
    problem = problem_of_id(slug)
    if not problem and MODELS[kind]._default_manager.filter(workspace=workspace, slug=slug).exists():
        problem = f"The id {slug} is taken."
    return {"slug": [problem]} if problem else {}


def _first_words(row: Any, *, kind: str, values: Values, by: User) -> None:
    """Keep who said what was filled in, and make the rows that belong to the new one."""
    if kind in SUBJECTS:
        record = Record(row.workspace, user=by)
        for field in FIELDS[kind]:
            if field.name in values and values[field.name] != field.default:
                record.say(kind, row.pk, field.name, to_json(field, values[field.name]))
        record.store()
    if kind == "edge":
        _declare(row, by=by)
    if kind == "flow":
        replace_steps(row.workspace, {row.pk: values["steps"]})


def _edit(row: Row, *, values: Values, version: int, by: User, note: str = "") -> Row:
    kind = kind_of(row)
    fields = {name: FIELD_BY_NAME[kind][name] for name in values}
    refuse(fields, values, note=note)
    model = type(row)
    with changing(row.workspace):
        stored = model._default_manager.filter(pk=row.pk).first()
        if stored is None or stored.version != version:
            raise ChangedMeanwhile
        before = values_of_row(stored)
        changed = [
            name for name, field in fields.items() if to_json(field, values[name]) != to_json(field, before[name])
        ]
        record = Record(row.workspace, user=by, standing=_standing(row, kind=kind, names=changed))
        written: dict[str, Any] = {}
        for name in changed:
            written |= columns(row.workspace, fields[name], values[name])
            if kind in SUBJECTS:
                record.say(kind, row.pk, name, to_json(fields[name], values[name]), note=note)
        if "name" in written:
            written["name"] = written["name"] or row.slug
        refuse_impossible(kind, vars(stored) | written)
        model._default_manager.filter(pk=row.pk).update(**written, version=F("version") + 1)
        if isinstance(row, Flow) and "steps" in changed:
            replace_steps(row.workspace, {row.pk: values["steps"]})
        record.store()
        if STRUCTURAL & set(changed):
            check_soundness(row.workspace, kind=kind, slug=row.slug)
    row.refresh_from_db()
    return row


def _standing(row: Row, *, kind: str, names: list[str]) -> QuerySet[Statement] | None:
    if kind not in SUBJECTS or not names:
        return None
    return Statement.objects.filter(**{kind: row}, fact__in=names).exclude(state=State.REPLACED)


def _declare(edge: Edge, *, by: User) -> None:
    EdgeEvidence.objects.create(
        workspace=edge.workspace,
        edge=edge,
        source=by.get_username(),
        confidence="declared",
        at=str(timezone.now().date()),
    )
