"""What every decision stands on: the model, its review and the catalog, with the names that a text calls things by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from archreview.decisions.prose import escaped, quoted
from archreview.decisions.rewiring import Rewired, rewired
from archreview.engine.catalog import Catalog
from archreview.engine.decisions import AcceptedDecision
from archreview.engine.model import Architecture, Channel, Edge, Flow, Service
from archreview.engine.results import EdgeReview, Finding, FlowReview, Review, Subject
from archreview.engine.review import Settings, review


@dataclass(frozen=True)
class Ground:
    """
    `review` is the review of `architecture` by `catalog`; `today` is the day on which the text is written.

    `decisions` are those that the review was told of, so that a second one judges by the same.
    """

    architecture: Architecture
    review: Review
    catalog: Catalog
    today: date
    decisions: tuple[AcceptedDecision, ...] | None

    # -- the parts ----------------------------------------------------------------------------------------------------

    @cached_property
    def services(self) -> dict[str, Service]:
        return {service.id: service for service in self.architecture.services}

    @cached_property
    def edges(self) -> dict[str, Edge]:
        return {edge.id: edge for edge in self.architecture.edges}

    @cached_property
    def channels(self) -> dict[str, Channel]:
        return {channel.id: channel for channel in self.architecture.channels}

    @cached_property
    def edge_reviews(self) -> dict[str, EdgeReview]:
        return {judged.id: judged for judged in self.review.edges}

    def flows_with(self, edges: Iterable[str]) -> tuple[Flow, ...]:
        """The flows that use one of the edges: user-facing ones first, then by id."""
        using = {flow.id: flow for edge in edges for flow in self._flows_of.get(edge, ())}
        return tuple(sorted(using.values(), key=lambda flow: (not flow.user_facing, flow.id)))

    @cached_property
    def _flows_of(self) -> dict[str, list[Flow]]:
        """The flows that use each edge; found once, since many changes are tried."""
        found: dict[str, list[Flow]] = {}
        for flow in self.architecture.flows:
            for edge in {step.edge for step in flow.walk() if step.edge is not None}:
                found.setdefault(edge, []).append(flow)
        return found

    def findings_about(self, kind: str, id_: str) -> tuple[Finding, ...]:
        """The findings about one subject, the worst first."""
        return tuple(finding for finding in self.review.findings if finding.subject == (kind, id_))

    # -- names, as Markdown -------------------------------------------------------------------------------------------

    def name_of(self, service: str) -> str:
        """A service's name."""
        found = self.services[service]
        return escaped(found.name or found.id)

    def team_of(self, service: str) -> str:
        """The name of the team that owns a service; empty where the model names none."""
        owner = self.services[service].team
        return next((escaped(team.name or team.id) for team in self.architecture.teams if team.id == owner), "")

    def name_of_edge(self, edge: str) -> str:
        """An edge's name in quotation marks, with its two services where others are called the same; else these."""
        found = self.edges[edge]
        alone = found.name and found.name != found.id and self._names[found.name] == 1
        return quoted(found.name) if alone else self.call(edge)

    def call(self, edge: str) -> str:
        """An edge by its name, where it has one, and its two services; with its id where these do not tell it apart."""
        found = self.edges[edge]
        ends = self.ends_of(edge)
        text = f"{quoted(found.name)} ({ends})" if found.name and found.name != found.id else ends
        return f"{text} `{edge}`" if self._calls[_as_called(found)] > 1 else text

    @cached_property
    def _names(self) -> Counter[str]:
        return Counter(edge.name for edge in self.architecture.edges)

    @cached_property
    def _calls(self) -> Counter[tuple[str, str, str]]:
        return Counter(_as_called(edge) for edge in self.architecture.edges)

    def name_of_subject(self, subject: Subject) -> str:
        """What a finding is about, by its name; a call with its two services."""
        if subject.kind == "edge":
            return self.call(subject.id)
        return self.name_of(subject.id) if subject.kind == "service" else quoted(self.plain_name_of(subject))

    def plain_name_of(self, subject: Subject) -> str:
        """The name of a flow, a service, a channel or a system, as it was written; its id where it has none."""
        model = self.architecture
        names = {("flow", flow.id): flow.name for flow in model.flows}
        names |= {("service", service.id): service.name for service in model.services}
        names |= {("channel", channel.id): channel.name for channel in model.channels}
        names |= {("system", system.id): system.name for system in model.systems}
        return names.get(subject) or subject.id

    def ends_of(self, edge: str) -> str:
        """An edge by its two services."""
        found = self.edges[edge]
        return f"{self.name_of(found.source)} → {self.name_of(found.target)}"

    # -- as it would be -----------------------------------------------------------------------------------------------

    def rewired(self, *changed: Edge) -> Rewired:
        """These edges as they would be, and what has to move with them so that the user still waits for it."""
        return rewired(changed, self.edges, self.services, self.flows_with)

    def reviewed_with(self, *changed: Edge, flows: Iterable[Flow] = ()) -> Review:
        """The whole review again, with these edges and flows as they would be."""
        day = None if any(rule.why.startswith("it needs a date") for rule in self.review.not_evaluated) else self.today
        return review(self.with_edges(changed, flows), self.catalog, Settings(day, self.decisions))

    def with_edges(self, changed: Iterable[Edge], flows: Iterable[Flow] = ()) -> Architecture:
        """The model with these edges and flows as they would be."""
        return _with(self.architecture, changed, flows)

    def flow_rewired(self, flow: Flow, change: Rewired) -> FlowReview:
        """The numbers of a flow alone, with the change."""
        return self.flow_with(next((moved for moved in change.flows if moved.id == flow.id), flow), *change.edges)

    def flow_with(self, flow: Flow, *changed: Edge) -> FlowReview:
        """The numbers of a flow alone, with these edges as they would be; looks at nothing that the flow lacks."""
        used = frozenset(step.edge for step in flow.walk() if step.edge is not None)
        part = replace(self._part_with(used), flows=(flow,))
        rules_left_out = replace(self.catalog, rules=(), obligations=())
        return review(_with(part, changed), rules_left_out).flows[0]

    def _part_with(self, used: frozenset[str]) -> Architecture:
        """The services, channels and edges that a flow uses; found once, since many changes are tried on them."""
        found = self._parts.get(used)
        if found is None:
            edges = tuple(edge for edge in self.architecture.edges if edge.id in used)
            present = {end for edge in edges for end in (edge.source, edge.target)}
            channels = {edge.channel for edge in edges}
            found = self._parts[used] = Architecture(
                services=tuple(service for service in self.architecture.services if service.id in present),
                channels=tuple(channel for channel in self.architecture.channels if channel.id in channels),
                edges=edges,
            )
        return found

    @cached_property
    def _parts(self) -> dict[frozenset[str], Architecture]:
        return {}


def _as_called(edge: Edge) -> tuple[str, str, str]:
    """What a reader sees of an edge, by which two of them are told apart."""
    return (edge.name if edge.name != edge.id else "", edge.source, edge.target)


def flow_in(review: Review, flow: Flow | None) -> FlowReview | None:
    """What a review says of the flow."""
    return next((found for found in review.flows if flow is not None and found.id == flow.id), None)


def _with(architecture: Architecture, changed: Iterable[Edge], flows: Iterable[Flow] = ()) -> Architecture:
    new, moved = {edge.id: edge for edge in changed}, {flow.id: flow for flow in flows}
    return replace(
        architecture,
        edges=tuple(new.get(edge.id, edge) for edge in architecture.edges),
        flows=tuple(moved.get(flow.id, flow) for flow in architecture.flows),
    )
