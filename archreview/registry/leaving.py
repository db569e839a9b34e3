"""What goes along when something is deleted, and what loses something: for the page that asks, and for the action."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Count, Model, Q

from archreview.engine.model import Step
from archreview.registry.architectures import step_tree, steps_by_flow
from archreview.registry.models import Channel, Edge, Flow, Service, Statement, System
from archreview.registry.models.statement import State
from archreview.workspaces.models import Team, Workspace


@dataclass(frozen=True, slots=True)
class Shortened:
    """A flow that loses steps: how many, and those that it keeps."""

    flow: Flow
    lost: int
    left: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """
    What happens to the rest of the workspace: these services, edges and flows go, these flows get shorter, and these
    rows stay without what is deleted. `said` is who stated how many facts about what goes, the row itself included;
    what an import stated without naming anybody is not counted, for it can be imported again.
    """

    services: list[Service] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    shortened: list[Shortened] = field(default_factory=list)
    services_stay: list[Service] = field(default_factory=list)
    edges_stay: list[Edge] = field(default_factory=list)
    said: list[tuple[str, int]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(any(self._kinds) or self.shortened or self.said)

    @property
    def facts_said(self) -> int:
        """How many facts go that people have stated."""
        return sum(count for _, count in self.said)

    @property
    def _kinds(self) -> tuple[Sequence[Model], ...]:
        return (self.services, self.edges, self.flows, self.services_stay, self.edges_stay)

    @property
    def fingerprint(self) -> str:
        """A short text that is another one when anything else would go: what a person confirms is what happens."""
        told = [sorted(row.pk for row in rows) for rows in self._kinds]
        shortened = sorted((one.flow.pk, one.lost) for one in self.shortened)
        return hashlib.sha256(repr((told, shortened, self.said)).encode()).hexdigest()[:16]


def leaving_with(row: Team | System | Service | Channel | Edge | Flow, *, whole: bool = False) -> Leaving:
    """
    What deleting the row means for the rest; of a system, with its services where the `whole` of it goes.

    A few queries, whatever the size.

    An edge goes with either of its services. A step goes with its edge, and what is nested under the step goes too, for
    it starts where the edge would have arrived. A flow goes with its entry, and when no step is left of it.
    """
    leaving = _rows_leaving_with(row, whole=whole)
    return replace(leaving, said=_said_about(row, leaving))


def _rows_leaving_with(row: Team | System | Service | Channel | Edge | Flow, *, whole: bool) -> Leaving:
    if isinstance(row, Service):
        return _without_edges(row.workspace, _edges_at([row]), entries=[row])
    if isinstance(row, System) and whole:
        services = list(row.services.order_by("name", "slug"))
        leaving = _without_edges(row.workspace, _edges_at(services), entries=services)
        return replace(leaving, services=services)
    if isinstance(row, Edge):
        return _without_edges(row.workspace, [row], keep=row)
    if isinstance(row, Channel):
        return Leaving(edges_stay=list(row.edges.select_related("source", "target")))
    if isinstance(row, Team):
        return Leaving(services_stay=list(Service.objects.filter(team=row)))
    if isinstance(row, System):
        return Leaving(services_stay=list(Service.objects.filter(system=row)))
    return Leaving()


def _said_about(row: Model, leaving: Leaving) -> list[tuple[str, int]]:
    """Who stated how many facts about the row and what goes with it, by name."""
    going = [row, *leaving.services, *leaving.edges, *leaving.flows]
    about = Q()
    for subject, model in (("service", Service), ("channel", Channel), ("edge", Edge), ("flow", Flow)):
        about |= Q(**{f"{subject}__in": [one.pk for one in going if isinstance(one, model)]})
    said = Statement.objects.filter(about).exclude(by="").exclude(state=State.REPLACED)
    return list(said.order_by("by").values_list("by").annotate(Count("pk")))


def _edges_at(services: Collection[Service]) -> list[Edge]:
    """The edges that begin or end at any of the services."""
    edges = Edge.objects.filter(Q(source__in=services) | Q(target__in=services))
    return list(edges.select_related("source", "target").order_by("source__name", "target__name", "slug"))


def _without_edges(
    workspace: Workspace, edges: Collection[Edge], *, entries: Collection[Service] = (), keep: Edge | None = None
) -> Leaving:
    entered = {service.pk for service in entries}
    gone = {edge.slug for edge in edges}
    slugs = dict(Edge.objects.filter(workspace=workspace).values_list("pk", "slug"))
    steps = steps_by_flow(workspace)
    flows: list[Flow] = []
    shortened: list[Shortened] = []
    for flow in Flow.objects.filter(workspace=workspace).order_by("slug"):
        whole = step_tree(steps[flow.pk], slugs)
        left = pruned(whole, gone)
        if flow.entry_id in entered or not left:
            flows.append(flow)
        elif left != whole:
            shortened.append(Shortened(flow=flow, lost=_count(whole) - _count(left), left=left))
    return Leaving(edges=[edge for edge in edges if edge != keep], flows=flows, shortened=shortened)


def pruned(steps: Iterable[Step], gone: Collection[str]) -> tuple[Step, ...]:
    """The steps without those over the edges that are gone, what is nested under these, and groups left empty."""
    kept: list[Step] = []
    for step in steps:
        if step.edge is None:
            members = pruned(step.parallel, gone)
            if members:
                kept.append(Step(parallel=members))
        elif step.edge not in gone:
            kept.append(Step(edge=step.edge, then=pruned(step.then, gone)))
    return tuple(kept)


def _count(steps: Iterable[Step]) -> int:
    return sum(1 for top in steps for step in top.walk() if step.edge is not None)
