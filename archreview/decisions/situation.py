"""All that is known about one edge, looked up once, with the names that a text calls things by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from archreview.decisions.ground import Ground, flow_in
from archreview.decisions.prose import plain, quoted
from archreview.engine.catalog import Catalog
from archreview.engine.decisions import AcceptedDecision
from archreview.engine.derive import DERIVED, SEVERAL_CONSUMERS, reason_for
from archreview.engine.model import (
    ASYNCHRONOUS,
    FAMILY_OF_STYLE,
    NO_ANSWERS,
    Architecture,
    Channel,
    Edge,
    Flow,
    Said,
    Service,
)
from archreview.engine.questions import ANSWERS
from archreview.engine.results import EdgeReview, FactUse, Finding, FlowReview, Review


@dataclass(frozen=True)
class Situation(Ground):
    """
    One edge with its two services, its flows and what the review says of them.

    `flow` is the flow in which the edge stands furthest behind, or the first by id that uses it; None where none does.
    """

    edge: Edge
    statements: Mapping[str, Said]

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
        edge = {edge.id: edge for edge in architecture.edges}[edge_id]
        said = edge.said if statements is None else statements
        return cls(architecture, review, catalog, today, decisions, edge, said)

    @classmethod
    def on(cls, ground: Ground, edge_id: str) -> Situation:
        """The situation of one more edge on the same ground; KeyError where there is no such edge."""
        edge = ground.edges[edge_id]
        found = cls(ground.architecture, ground.review, ground.catalog, ground.today, ground.decisions, edge, edge.said)
        # What was looked up once need not be looked up for each edge.
        for name in ("services", "edges", "channels", "edge_reviews", "_flows_of", "_names", "_calls"):
            found.__dict__[name] = getattr(ground, name)
        return found

    # -- the parts --------------------------------------------------------------------------------------------------

    @cached_property
    def judged(self) -> EdgeReview:
        return self.edge_reviews[self.edge.id]

    @cached_property
    def source(self) -> Service:
        return self.services[self.edge.source]

    @cached_property
    def target(self) -> Service:
        return self.services[self.edge.target]

    @cached_property
    def channel(self) -> Channel | None:
        return self.channels.get(self.edge.channel or "")

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """The flows that use the edge: user-facing ones first, then by id."""
        return self.flows_with((self.edge.id,))

    @cached_property
    def flow(self) -> Flow | None:
        named = self.judged.hop.flow if self.judged.hop else None
        return next((flow for flow in self.flows if flow.id == named), self.flows[0] if self.flows else None)

    @cached_property
    def flow_review(self) -> FlowReview | None:
        return flow_in(self.review, self.flow)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings about the edge, the worst first."""
        return self.findings_about("edge", self.edge.id)

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

    @cached_property
    def contradictions(self) -> tuple[tuple[str, bool, str], ...]:
        """The answers that are not what follows from other facts: the fact, the answer, and what speaks against it."""
        unanswered = NO_ANSWERS._replace(strong_consistency=self.edge.answers.strong_consistency)
        later = self.reviewed_with(replace(self.edge, answers=unanswered))
        follows = next(found.facts for found in later.edges if found.id == self.edge.id)
        stated = ((key, getattr(self.edge.answers, key)) for key in ANSWERS)
        return tuple(
            (key, answer, reason_for(key, self.edge, self.judged.effective_latency_ms, self.judged.reached))
            for key, answer in stated
            if answer is not None and follows[key].answer == (not answer)
        )

    # -- names, as Markdown -------------------------------------------------------------------------------------------

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
        """The same for a title, which is no Markdown."""
        source, target = self.source.name or self.source.id, self.target.name or self.target.id
        if not self.has_name:
            return f"the communication from {source} to {target}"
        return f"“{plain(self.edge.name)}”"

    @cached_property
    def f(self) -> str:
        """The flow's name in quotation marks; empty where no flow uses the edge."""
        return quoted(self.flow.name or self.flow.id) if self.flow else ""

    # -- other ways ---------------------------------------------------------------------------------------------------

    def flow_as(self, changed: Edge) -> FlowReview | None:
        """The flow's numbers alone, with the edge as it would be."""
        return self.flow_rewired(self.flow, self.rewired(changed)) if self.flow else None


def _answered(key: str, answer: bool | None) -> FactUse:
    return FactUse(key, answer, None if answer is None else "answered")


@dataclass(frozen=True, slots=True)
class After:
    """The review as it would be; `edge` and `flow` are of it. Equal to today's where nothing changes."""

    review: Review
    edge: EdgeReview
    flow: FlowReview | None

    @property
    def edge_findings(self) -> tuple[Finding, ...]:
        """The findings about the edge."""
        return tuple(finding for finding in self.review.findings if finding.subject == ("edge", self.edge.id))
