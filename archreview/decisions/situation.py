"""All that is known about one edge, looked up once, with the names that a text calls things by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from archreview.decisions.prose import escaped, plain, quoted
from archreview.engine.catalog import Catalog
from archreview.engine.decisions import AcceptedDecision
from archreview.engine.derive import DERIVED, SEVERAL_CONSUMERS
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, Architecture, Channel, Edge, Flow, Said, Service
from archreview.engine.questions import ANSWERS
from archreview.engine.results import EdgeReview, FactUse, Finding, FlowReview, Review
from archreview.engine.review import Settings, review


@dataclass(frozen=True)
class Situation:
    """
    One edge with its two services, its flows and what the review says of them.

    `flow` is the flow in which the edge stands furthest behind, or the first by id that uses it; None where none does.
    `decisions` are those that the review was told of, so that a second one judges by the same.
    """

    architecture: Architecture
    review: Review
    catalog: Catalog
    edge: Edge
    statements: Mapping[str, Said]
    today: date
    decisions: tuple[AcceptedDecision, ...] | None = None

    @classmethod
    def of(
        cls,
        architecture: Architecture,
        review: Review,
        catalog: Catalog,
        edge_id: str,
        *,
        statements: Mapping[str, Said] | None,
        today: date,
        decisions: tuple[AcceptedDecision, ...] | None = None,
    ) -> Situation:
        """Gather what is known about the edge; KeyError where there is no such edge."""
        edges = {edge.id: edge for edge in architecture.edges}
        edge = edges[edge_id]
        said = edge.said if statements is None else statements
        return cls(architecture, review, catalog, edge, said, today, decisions)

    # -- the parts --------------------------------------------------------------------------------------------------

    @cached_property
    def services(self) -> dict[str, Service]:
        return {service.id: service for service in self.architecture.services}

    @cached_property
    def edges(self) -> dict[str, Edge]:
        return {edge.id: edge for edge in self.architecture.edges}

    @cached_property
    def judged(self) -> EdgeReview:
        return next(edge for edge in self.review.edges if edge.id == self.edge.id)

    @cached_property
    def source(self) -> Service:
        return self.services[self.edge.source]

    @cached_property
    def target(self) -> Service:
        return self.services[self.edge.target]

    @cached_property
    def channel(self) -> Channel | None:
        return next((channel for channel in self.architecture.channels if channel.id == self.edge.channel), None)

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """The flows that use the edge: user-facing ones first, then by id."""
        using = [flow for flow in self.architecture.flows if any(step.edge == self.edge.id for step in flow.walk())]
        return tuple(sorted(using, key=lambda flow: (not flow.user_facing, flow.id)))

    @cached_property
    def flow(self) -> Flow | None:
        named = self.judged.hop.flow if self.judged.hop else None
        return next((flow for flow in self.flows if flow.id == named), self.flows[0] if self.flows else None)

    @cached_property
    def flow_review(self) -> FlowReview | None:
        return self.flow_in(self.review)

    def flow_in(self, review: Review) -> FlowReview | None:
        """What a review says of the flow."""
        return next((flow for flow in review.flows if self.flow and flow.id == self.flow.id), None)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings about the edge, the worst first."""
        return tuple(f for f in self.review.findings if f.subject.kind == "edge" and f.subject.id == self.edge.id)

    @cached_property
    def technology(self) -> str | None:
        """What carries the communication today; where there is a channel, the channel's counts."""
        return self.channel.technology if self.channel else self.edge.technology

    @property
    def is_asynchronous(self) -> bool:
        return FAMILY_OF_STYLE.get(self.edge.style or "") == ASYNCHRONOUS

    # -- facts --------------------------------------------------------------------------------------------------------

    @cached_property
    def facts(self) -> dict[str, FactUse]:
        """Every answer as the verdicts use it: answered, else derived."""
        found = {key: _answered(key, getattr(self.edge.answers, key)) for key in ANSWERS}
        found |= {fact.question: fact for fact in (*self.judged.tree.path, *self.judged.matrix.facts)}
        reached = self.judged.reached
        if found["fan_out"].answer is None and reached is not None and (reached == 1 or reached >= SEVERAL_CONSUMERS):
            found["fan_out"] = FactUse("fan_out", reached > 1, DERIVED)
        return found

    def fact(self, key: str) -> bool | None:
        """The answer to one of the questions, answered or derived."""
        return self.facts[key].answer

    # -- names, as Markdown -------------------------------------------------------------------------------------------

    def name_of(self, service: str) -> str:
        """A service's name."""
        found = self.services[service]
        return escaped(found.name or found.id)

    @cached_property
    def s(self) -> str:
        """The caller's name."""
        return self.name_of(self.edge.source)

    @cached_property
    def t(self) -> str:
        """The callee's name."""
        return self.name_of(self.edge.target)

    @cached_property
    def has_name(self) -> bool:
        return bool(self.edge.name) and self.edge.name != self.edge.id

    @cached_property
    def operation(self) -> str:
        """What is communicated: the edge's name in quotation marks, or the two services."""
        return quoted(self.edge.name) if self.has_name else f"the communication from {self.s} to {self.t}"

    @cached_property
    def plain_operation(self) -> str:
        """The same for a title, which is no Markdown; a name of one word needs no quotation marks."""
        source, target = self.source.name or self.source.id, self.target.name or self.target.id
        if not self.has_name:
            return f"the communication from {source} to {target}"
        name = plain(self.edge.name)
        return f"“{name}”" if " " in name else name

    def name_of_edge(self, edge: str) -> str:
        """An edge's name in quotation marks, or its two services."""
        found = self.edges[edge]
        if found.name and found.name != found.id:
            return quoted(found.name)
        return f"{self.name_of(found.source)} → {self.name_of(found.target)}"

    @cached_property
    def f(self) -> str:
        """The flow's name in quotation marks; empty where no flow uses the edge."""
        return quoted(self.flow.name or self.flow.id) if self.flow else ""

    # -- other ways ---------------------------------------------------------------------------------------------------

    def reviewed_as(self, changed: Edge) -> Review:
        """The whole review again, with the edge as it would be."""
        day = None if any(rule.why.startswith("it needs a date") for rule in self.review.not_evaluated) else self.today
        return review(self._with(changed, self.architecture), self.catalog, Settings(day, self.decisions))

    def flow_as(self, changed: Edge) -> FlowReview | None:
        """The flow's numbers alone, with the edge as it would be; looks at nothing that the flow does not use."""
        if self.flow is None:
            return None
        used = {step.edge for step in self.flow.walk()}
        edges = tuple(edge for edge in self.architecture.edges if edge.id in used)
        present = {self.flow.entry, *(end for edge in edges for end in (edge.source, edge.target))}
        part = Architecture(
            services=tuple(service for service in self.architecture.services if service.id in present),
            channels=tuple(c for c in self.architecture.channels if any(edge.channel == c.id for edge in edges)),
            edges=edges,
            flows=(self.flow,),
        )
        rules_left_out = replace(self.catalog, rules=(), obligations=())
        return self.flow_in(review(self._with(changed, part), rules_left_out))

    @staticmethod
    def _with(changed: Edge, architecture: Architecture) -> Architecture:
        edges = tuple(changed if edge.id == changed.id else edge for edge in architecture.edges)
        return replace(architecture, edges=edges)


def _answered(key: str, answer: bool | None) -> FactUse:
    return FactUse(key, answer, None if answer is None else "answered")
