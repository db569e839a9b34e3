"""What a meeting should talk about first: edges by how much a decision there would change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from archreview.engine.catalog import Catalog
from archreview.engine.model import Architecture
from archreview.engine.results import PENALTIES, SEVERITIES, EdgeReview, Review

# What an open or contradictory verdict is worth beside findings: between a high and a critical one.
UNDETERMINED = 30
DISAGREEMENT = 30
MISFIT = 20
# Questions that settle nothing but a low rule must not outweigh a finding, however many they are.
MOST_FOR_QUESTIONS = 30
# How much a decision weighs by the more critical end of the edge; tier 3 and an unknown tier as they are.
TIERS: Mapping[int | None, float] = {1: 1.5, 2: 1.25, 4: 0.75}

LEAST_MINUTES = 4
MOST_MINUTES = 15


class Reason(NamedTuple):
    """
    Why an edge is on the agenda, with its points.

    `kind` is findings, flow, matrix, tree, disagreement, misfit or questions; `detail` tells more: the severities as
    "critical 1, high 2", the flow's id, how many questions.
    """

    kind: str
    points: int
    detail: str = ""


class Topic(NamedTuple):
    """One edge of the agenda: what it weighs, why, and how long it should take."""

    edge: str
    weight: float
    tier: int | None
    reasons: tuple[Reason, ...]
    minutes: int


def agenda(
    architecture: Architecture, review: Review, catalog: Catalog, *, edges: Collection[str] | None = None
) -> tuple[Topic, ...]:
    """
    Give the edges about which there is something to decide, the weightiest first, then by id.

    `edges` are the ids to choose from; None takes all. An edge that only hints speak for is no topic.
    """
    tiers = {service.id: service.tier for service in architecture.services}
    of_edges = _severities(review)
    of_flows = _flows_over(review)
    questions = _worth_of_questions(review, catalog)
    topics = []
    for edge in review.edges:
        if not edge.counted or (edges is not None and edge.id not in edges):
            continue
        reasons = tuple(_reasons(edge, of_edges.get(edge.id, {}), of_flows.get(edge.id, ()), questions.get(edge.id)))
        if not reasons:
            continue
        tier = min((t for t in (tiers[edge.source], tiers[edge.target]) if t is not None), default=None)
        weight = sum(reason.points for reason in reasons) * TIERS.get(tier, 1.0)
        asked = questions[edge.id][1] if edge.id in questions else 0
        topics.append(Topic(edge.id, weight, tier, reasons, _minutes(edge, of_edges.get(edge.id, {}), asked)))
    return tuple(sorted(topics, key=lambda topic: (-topic.weight, topic.edge)))


def fitting(topics: Iterable[Topic], minutes: int) -> tuple[Topic, ...]:
    """Give the topics that fit into so many minutes, in their order; the first one even where it is too long."""
    taken: list[Topic] = []
    left = minutes
    for topic in topics:
        if topic.minutes <= left or not taken:
            taken.append(topic)
            left -= topic.minutes
    return tuple(taken)


def _reasons(
    edge: EdgeReview, found: Mapping[str, int], flows: Iterable[tuple[str, int]], questions: tuple[int, int] | None
) -> Iterable[Reason]:
    points = sum(PENALTIES[severity] * count for severity, count in found.items())
    if points:
        detail = ", ".join(f"{severity} {found[severity]}" for severity in SEVERITIES if found.get(severity))
        yield Reason("findings", points, detail)
    for flow, penalty in flows:
        yield Reason("flow", penalty, flow)
    if edge.agreement == "disagree":
        yield Reason("disagreement", DISAGREEMENT)
    if edge.matrix.strength is None:
        yield Reason("matrix", UNDETERMINED, str(len(edge.matrix.possible)))
    if edge.tree.outcome is None:
        yield Reason("tree", UNDETERMINED, str(len(edge.tree.possible)))
    if edge.fit == "misfit":
        yield Reason("misfit", MISFIT)
    if questions and questions[0]:
        yield Reason("questions", min(questions[0], MOST_FOR_QUESTIONS), str(questions[1]))


def _severities(review: Review) -> Mapping[str, Counter[str]]:
    """Count the findings about each edge by severity."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in review.findings:
        if finding.subject.kind == "edge":
            found[finding.subject.id][finding.severity] += 1
    return found


def _flows_over(review: Review) -> Mapping[str, list[tuple[str, int]]]:
    """Give, for each edge that is the first call over the limit of a flow, the flow and what its findings cost."""
    penalties: Counter[str] = Counter()
    for finding in review.findings:
        if finding.subject.kind == "flow":
            penalties[finding.subject.id] += PENALTIES[finding.severity]
    over: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for flow in review.flows:
        if flow.first_over is not None and flow.user_facing and penalties[flow.id]:
            over[flow.first_over].append((flow.id, penalties[flow.id]))
    return over


def _worth_of_questions(review: Review, catalog: Catalog) -> Mapping[str, tuple[int, int]]:
    """Give, for each edge, what the rules that wait for its open questions could cost, and how many questions."""
    # The verdicts that wait count as undetermined already.
    worth = {rule.code: PENALTIES.get(rule.severity, PENALTIES["high"]) for rule in catalog.rules}
    found: dict[str, tuple[int, int]] = {}
    for question in review.questions:
        if question.subject.kind == "edge":
            points, count = found.get(question.subject.id, (0, 0))
            gained = max((worth.get(code, 0) for code in question.waiting), default=0)
            found[question.subject.id] = (points + gained, count + 1)
    return found


def _minutes(edge: EdgeReview, found: Mapping[str, int], asked: int) -> int:
    """Three minutes to look, one for each grave finding and each two questions, two more where verdicts disagree."""
    grave = found.get("critical", 0) + found.get("high", 0)
    minutes = 3 + grave + min(asked, 8) // 2 + (2 if edge.agreement == "disagree" else 0)
    return max(LEAST_MINUTES, min(MOST_MINUTES, minutes))
