"""What a report is about: all that a workspace or one of its systems has, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from archreview.engine.model import Flow, Service, System
from archreview.engine.results import PENALTIES, SEVERITIES, EdgeReview, Finding, FlowReview, OpenQuestion
from archreview.reviews.analyses import Analysis
from archreview.reviews.asking import rule_weights


class Scope:
    """The part of an analysis that a report is about: all of it, or what belongs to one system."""

    def __init__(self, analysis: Analysis, *, system: str = "") -> None:
        self.analysis = analysis
        self.system = system

    def _holds(self, kind: str, id_: str) -> bool:
        return not self.system or self.analysis.system_of(kind, id_) == self.system

    @cached_property
    def services(self) -> Sequence[Service]:
        return [service for service in self.analysis.architecture.services if self._holds("service", service.id)]

    @cached_property
    def systems(self) -> Sequence[System]:
        """The systems that have services."""
        used = {service.system for service in self.services}
        return [system for system in self.analysis.architecture.systems if system.id in used]

    @cached_property
    def edges(self) -> Sequence[EdgeReview]:
        """The counted edges, those with the heaviest findings first."""
        held = [edge for edge in self.analysis.review.edges if edge.counted and self._holds("edge", edge.id)]
        return sorted(held, key=lambda edge: (-self.weight_of("edge", edge.id), self.analysis.name_of("edge", edge.id)))

    @cached_property
    def suggested(self) -> int:
        """How many edges nothing but a hint speaks for."""
        return sum(not edge.counted and self._holds("edge", edge.id) for edge in self.analysis.review.edges)

    @cached_property
    def flows(self) -> Sequence[FlowReview]:
        """The flows: over the limit, open, within, and last those of no user; the longer first."""

        def rank(flow: FlowReview) -> tuple[int, int, str]:
            standing = {False: 0, None: 1, True: 2}[flow.within_rule] if flow.user_facing else 3
            return standing, -flow.sync_calls, self.analysis.name_of("flow", flow.id)

        return sorted((flow for flow in self.analysis.review.flows if self._holds("flow", flow.id)), key=rank)

    @cached_property
    def user_flows(self) -> Sequence[FlowReview]:
        return [flow for flow in self.flows if flow.user_facing]

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """The findings, worst first."""
        return [finding for finding in self.analysis.review.findings if self._holds(*finding.subject)]

    @cached_property
    def severities(self) -> Sequence[tuple[str, int]]:
        """How many findings there are of each severity, worst first."""
        counted = Counter(finding.severity for finding in self.findings)
        return [(severity, counted[severity]) for severity in SEVERITIES]

    @cached_property
    def questions(self) -> Sequence[OpenQuestion]:
        """The open questions, first those on which most hangs."""
        held = [question for question in self.analysis.review.questions if self._holds(*question.subject)]
        return sorted(held, key=lambda question: (-self._worth(question), question.subject, question.fact))

    @cached_property
    def alike_questions(self) -> Sequence[Sequence[OpenQuestion]]:
        """The open questions, the same one about many things together; first those on which together most hangs."""
        alike: dict[tuple[str, str], list[OpenQuestion]] = {}
        for question in self.questions:
            alike.setdefault((question.subject.kind, question.fact), []).append(question)
        return sorted(alike.values(), key=lambda questions: (-sum(map(self._worth, questions)), questions[0].fact))

    def _worth(self, question: OpenQuestion) -> int:
        return sum(self._rule_weights.get(code, 0) for code in question.waiting)

    @cached_property
    def _rule_weights(self) -> Mapping[str, int]:
        return rule_weights(self.analysis)

    @cached_property
    def evidence(self) -> tuple[int, int]:
        """How many of the facts asked for about edges are known, and how many are asked for."""
        return sum(edge.known for edge in self.edges), sum(edge.asked for edge in self.edges)

    @cached_property
    def _weights(self) -> Mapping[tuple[str, str], int]:
        weights: Counter[tuple[str, str]] = Counter()
        for finding in self.findings:
            weights[finding.subject] += PENALTIES[finding.severity]
        return weights

    def weight_of(self, kind: str, id_: str) -> int:
        """How heavy the findings about a thing are, together."""
        return self._weights.get((kind, id_), 0)

    def flow(self, id_: str) -> Flow:
        """The flow as it is registered."""
        return self.analysis.flows[id_]
