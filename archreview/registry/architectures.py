"""From rows to the engine's values: the one place where a workspace becomes an `Architecture`."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from django.db.models import Q

from archreview.engine import model as engine
from archreview.engine.questions import ANSWERS
from archreview.registry.fields import FIELD_BY_NAME, to_json, value_of
from archreview.registry.hearing import when_said
from archreview.registry.models import Channel, Edge, EdgeEvidence, Flow, FlowStep, Service, Statement, System
from archreview.registry.models.statement import State
from archreview.workspaces.models import Team, Workspace

_NO_COLUMNS = frozenset({"id", "answers", "evidence", "said", "differing", "location", "steps"})


def _columns(value: type, *, references: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The columns behind the fields of an engine value, in their order."""
    names = (field.name for field in dataclasses.fields(value) if field.name not in _NO_COLUMNS)
    return tuple(f"{name}_id" if name in references else name for name in names)


SERVICE_COLUMNS = _columns(engine.Service, references=("team", "system"))
CHANNEL_COLUMNS = _columns(engine.Channel)
EDGE_COLUMNS = _columns(engine.Edge, references=("source", "target", "channel"))
FLOW_COLUMNS = _columns(engine.Flow, references=("entry",))
EVIDENCE_COLUMNS = _columns(engine.Evidence)
ANSWER_COLUMNS = tuple(f"answer_{key}" for key in ANSWERS)

_NOBODY: tuple[Any, ...] = (None,) * len(ANSWER_COLUMNS)


def load_architecture(workspace: Workspace, *, system: System | None = None) -> engine.Architecture:
    """
    All that the workspace has registered, or what belongs to one system, each list by id. Nine queries.

    To a system belong its services, the edges that begin or end at one of them with the services at the other end, the
    channels of these edges, and the flows that use no other edge. What somebody deletes while this reads is left out,
    together with what leads to it.
    """
    # What refers is read before what it refers to, so that what is added meanwhile is never missing at the other end.
    spoken = _Spoken(workspace)
    steps = steps_by_flow(workspace)
    flow_rows = list(Flow.objects.filter(workspace=workspace).values_list("pk", "slug", *FLOW_COLUMNS))
    evidence = _evidence_by_edge(workspace)
    edge_rows = list(Edge.objects.filter(workspace=workspace).values_list("pk", "slug", *EDGE_COLUMNS, *ANSWER_COLUMNS))
    channel_rows = list(Channel.objects.filter(workspace=workspace).values_list("pk", "slug", *CHANNEL_COLUMNS))
    service_rows = list(Service.objects.filter(workspace=workspace).values_list("pk", "slug", *SERVICE_COLUMNS))
    teams = {
        pk: engine.Team(slug, name)
        for pk, slug, name in Team.objects.filter(workspace=workspace).values_list("pk", "slug", "name")
    }
    systems = {
        pk: engine.System(slug, name, description)
        for pk, slug, name, description in System.objects.filter(workspace=workspace).values_list(
            "pk", "slug", "name", "description"
        )
    }

    services = _services(service_rows, teams=_slugs(teams), systems=_slugs(systems), spoken=spoken)
    channels = {
        pk: spoken.settled("channel", pk, engine.Channel(*[*values, spoken.said("channel", pk)]))
        for pk, *values in channel_rows
    }
    edges = _edges(edge_rows, services=_slugs(services), channels=_slugs(channels), evidence=evidence, spoken=spoken)
    whole = engine.Architecture(
        services=_by_id(services.values()),
        channels=_by_id(channels.values()),
        edges=_by_id(edges.values()),
        flows=_by_id(_flows(flow_rows, steps=steps, services=_slugs(services), edges=_slugs(edges))),
        systems=_by_id(systems.values()),
        teams=_by_id(teams.values()),
    )
    return whole if system is None else _of_system(whole, system.slug)


def load_edge(edge: Edge) -> engine.Edge | None:
    """One edge as `load_architecture` gives it, or None where it is gone. Three queries."""
    spoken = _Spoken(edge.workspace, edge=edge)
    evidence = _evidence_by_edge(edge.workspace, edge=edge)
    beside = ("source_id", "source__slug", "target_id", "target__slug", "channel_id", "channel__slug")
    columns = ("pk", "slug", *EDGE_COLUMNS, *ANSWER_COLUMNS)
    services: dict[int, str] = {}
    channels: dict[int, str] = {}
    rows = []
    for row in Edge.objects.filter(pk=edge.pk).values_list(*columns, *beside):
        source, source_slug, target, target_slug, channel, channel_slug = row[len(columns) :]
        services = {source: source_slug, target: target_slug}
        channels = {channel: channel_slug}
        rows.append(row[: len(columns)])
    return _edges(rows, services=services, channels=channels, evidence=evidence, spoken=spoken).get(edge.pk)


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Entity = TypeVar("Entity", bound=_HasId)
Stated = TypeVar("Stated", engine.Service, engine.Channel, engine.Edge)
StepRow = tuple[int, int | None, int | None]


def _slugs(entities: Mapping[int, _HasId]) -> dict[int, str]:
    return {pk: entity.id for pk, entity in entities.items()}


def _by_id(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    # Sorted here: databases differ in how they sort texts.
    return tuple(sorted(entities, key=lambda entity: entity.id))


def _services(
    rows: list[tuple[Any, ...]], *, teams: Mapping[int, str], systems: Mapping[int, str], spoken: _Spoken
) -> dict[int, engine.Service]:
    services = {}
    for pk, slug, name, description, team, system, links, *facts in rows:
        service = engine.Service(
            slug,
            name,
            description,
            teams.get(team),
            systems.get(system),
            tuple(engine.Link(*link) for link in links),
            *[*facts, spoken.said("service", pk)],
        )
        services[pk] = spoken.settled("service", pk, service)
    return services


def _edges(
    rows: list[tuple[Any, ...]],
    *,
    services: Mapping[int, str],
    channels: Mapping[int, str],
    evidence: Mapping[int, list[engine.Evidence]],
    spoken: _Spoken,
) -> dict[int, engine.Edge]:
    edges = {}
    count = len(ANSWER_COLUMNS)
    for row in rows:
        pk, slug, source, target, name, description, style, technology, channel, purpose, *facts = row[:-count]
        if source not in services or target not in services:
            continue
        given = row[-count:]
        edge = engine.Edge(
            slug,
            services[source],
            services[target],
            name,
            description,
            style,
            technology,
            channels.get(channel),
            purpose,
            engine.NO_ANSWERS if given == _NOBODY else engine.Answers(*given),
            *[*facts, tuple(evidence.get(pk, ())), spoken.said("edge", pk)],
        )
        edges[pk] = spoken.settled("edge", pk, edge)
    return edges


def _flows(
    rows: list[tuple[Any, ...]],
    *,
    steps: Mapping[int, list[StepRow]],
    services: Mapping[int, str],
    edges: Mapping[int, str],
) -> Iterator[engine.Flow]:
    for pk, slug, entry, name, *facts in rows:
        own = steps.get(pk, [])
        if entry in services and own and all(edge is None or edge in edges for _, _, edge in own):
            yield engine.Flow(slug, services[entry], step_tree(own, edges), name, *facts)


def _of_system(whole: engine.Architecture, system: str) -> engine.Architecture:
    inside = {service.id for service in whole.services if service.system == system}
    edges = tuple(edge for edge in whole.edges if edge.source in inside or edge.target in inside)
    named = {edge.id for edge in edges}
    present = inside | {end for edge in edges for end in (edge.source, edge.target)}
    services = tuple(service for service in whole.services if service.id in present)
    used = {edge.channel for edge in edges}
    return dataclasses.replace(
        whole,
        services=services,
        edges=edges,
        channels=tuple(channel for channel in whole.channels if channel.id in used),
        flows=tuple(
            flow
            for flow in whole.flows
            if flow.entry in present and all(step.edge is None or step.edge in named for step in flow.walk())
        ),
        systems=tuple(each for each in whole.systems if each.id in {system, *(service.system for service in services)}),
        teams=tuple(team for team in whole.teams if team.id in {service.team for service in services}),
    )


def step_tree(rows: Iterable[StepRow], slug_of_edge: Mapping[int, str]) -> tuple[engine.Step, ...]:
    """The steps of a flow from rows of (key, key of the parent, key of the edge), which come in order of position."""
    children: dict[int | None, list[tuple[int, int | None]]] = defaultdict(list)
    for pk, parent, edge in rows:
        children[parent].append((pk, edge))

    def below(parent: int | None) -> tuple[engine.Step, ...]:
        return tuple(
            engine.Step(parallel=below(pk)) if edge is None else engine.Step(edge=slug_of_edge[edge], then=below(pk))
            for pk, edge in children[parent]
        )

    return below(None)


def steps_by_flow(workspace: Workspace) -> dict[int, list[StepRow]]:
    """The rows of all steps, in order of position, by the key of their flow. One query."""
    steps: dict[int, list[StepRow]] = defaultdict(list)
    rows = FlowStep.objects.filter(workspace=workspace).order_by("position", "pk")
    for flow, pk, parent, edge in rows.values_list("flow_id", "pk", "parent_id", "edge_id"):
        steps[flow].append((pk, parent, edge))
    return steps


def _evidence_by_edge(workspace: Workspace, *, edge: Edge | None = None) -> dict[int, list[engine.Evidence]]:
    evidence: dict[int, list[engine.Evidence]] = defaultdict(list)
    rows = EdgeEvidence.objects.filter(workspace=workspace).order_by("pk")
    if edge is not None:
        rows = rows.filter(edge=edge)
    for key, *piece in rows.values_list("edge_id", *EVIDENCE_COLUMNS):
        evidence[key].append(engine.Evidence(*piece))
    return evidence


class _Spoken:
    """
    The statements of a workspace that the analysis and the file know of, by the kind and key of their subject.

    These are the ones that tell more than the value (by whom, when, why), and those that stand beside another. With an
    edge, only those about it.
    """

    def __init__(self, workspace: Workspace, *, edge: Edge | None = None) -> None:
        self._said: dict[tuple[str, int], dict[str, engine.Said]] = defaultdict(dict)
        self._beside: dict[tuple[str, int], list[Statement]] = defaultdict(list)
        telling = Q(state=State.CURRENT) & ~Q(by="", at="", note="")
        beside = Q(state=State.BESIDE, value__isnull=False)
        statements = Statement.objects.filter(telling | beside, workspace=workspace, flow=None).order_by("pk")
        for statement in statements if edge is None else statements.filter(edge=edge):
            subject = subject_of(statement)
            if statement.state == State.BESIDE:
                self._beside[subject].append(statement)
            elif FIELD_BY_NAME[subject[0]][statement.fact].is_told:
                self._said[subject][statement.fact] = said(statement)

    def said(self, kind: str, pk: int) -> Mapping[str, engine.Said]:
        """Who said the facts of an entity, by fact."""
        return self._said.get((kind, pk), {})

    def settled(self, kind: str, pk: int, entity: Stated) -> Stated:
        """The entity with the names of the facts about which two sources differ."""
        beside = self._beside.get((kind, pk))
        if not beside:
            return entity
        fields = FIELD_BY_NAME[kind]
        differing = {
            statement.fact
            for statement in beside
            if (field := fields[statement.fact]).is_fact
            and (value := to_json(field, value_of(entity, field))) is not None
            and value != statement.value
        }
        return dataclasses.replace(entity, differing=tuple(sorted(differing)))


def said(statement: Statement) -> engine.Said:
    """Who, when and why, as the engine and the file tell it."""
    here = not statement.source
    return engine.Said(statement.by, when_said(statement) if here else statement.at, statement.note)


def subject_of(statement: Statement) -> tuple[str, int]:
    """The kind and key of what a statement is about."""
    for kind in ("edge", "service", "channel", "flow"):
        key = getattr(statement, f"{kind}_id")
        if key is not None:
            return kind, key
    raise AssertionError("a statement is about one thing")
