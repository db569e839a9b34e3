"""Score, grade and evidence of edges and flows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archreview.engine.edges import Judged
from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS
from archreview.engine.flows import PASSING, foreground
from archreview.engine.index import Index
from archreview.engine.model import HAND_OFF, SYNCHRONOUS
from archreview.engine.questions import ANSWERS
from archreview.engine.requests import Request
from archreview.engine.results import GRADES, PENALTIES, Finding, OpenQuestion

ENOUGH_EVIDENCE = 0.5

_REGISTERED = {
    **{f"edge.{fact.name}": fact.name for fact in EDGE_FACTS},
    **{f"edge.has_{fact.name}": fact.name for fact in EDGE_FACTS if fact.none},
    **{f"edge.answers.{key}": f"answers.{key}" for key in ANSWERS},
    **{f"channel.{fact.name}": f"channel.{fact.name}" for fact in CHANNEL_FACTS},
    **{f"channel.has_{fact.name}": f"channel.{fact.name}" for fact in CHANNEL_FACTS if fact.none},
    **{f"{end}.{fact.name}": f"{end}.{fact.name}" for end in ("source", "target") for fact in SERVICE_FACTS},
}


_ANSWER_NAMES = {key: f"answers.{key}" for key in ANSWERS}


def score(findings: Iterable[Finding]) -> int:
    """Give 100 less what the findings cost, not below 0."""
    return max(0, 100 - sum(PENALTIES[finding.severity] for finding in findings))


def grade(points: int, evidence: float) -> str | None:
    """Give the letter for a score, or None where under half of what was asked is known."""
    if evidence < ENOUGH_EVIDENCE:
        return None
    return next(letter for letter, least in GRADES if points >= least)


def share(known: int, asked: int) -> float:
    """Give known / asked; nothing asked is all known."""
    return known / asked if asked else 1.0


class EdgeEvidence:
    """
    Counts the facts asked for about edges, each once.

    Asked: the matrix's facts, the tree's on the path, those of the edge's findings and questions.
    """

    def __init__(self) -> None:
        self._of_names: dict[tuple[str, ...], frozenset[str]] = {}

    def __call__(
        self, judged: Judged, findings: Sequence[Finding], questions: Sequence[OpenQuestion]
    ) -> tuple[int, int, tuple[str, ...]]:
        """Give how many are known, how many asked, and the names of the unknown ones."""
        known: set[str] = set()
        unknown: dict[str, None] = {}
        for key, answer, _ in (*judged.matrix.facts, *judged.tree.path):
            if answer is None:
                unknown[_ANSWER_NAMES[key]] = None
            else:
                known.add(_ANSWER_NAMES[key])
        for _, fact, _ in questions:
            unknown[fact] = None
        for finding in findings:
            known |= self._registered(tuple(finding.facts))
        if not known.isdisjoint(unknown):
            known.difference_update(unknown)
        return len(known), len(known) + len(unknown), tuple(unknown)

    def _registered(self, names: tuple[str, ...]) -> frozenset[str]:
        """Give the registered facts among the names of a condition."""
        found = self._of_names.get(names)
        if found is None:
            found = self._of_names[names] = frozenset(_REGISTERED[name] for name in names if name in _REGISTERED)
        return found


def flow_evidence(request: Request, index: Index) -> tuple[int, int]:
    """Count latencies, timeouts, fallbacks and availabilities of the foreground: give known and asked."""
    entry = index.services[index.number[request.flow.entry]]
    facts: dict[tuple[str, str], bool] = {
        (entry.id, "availability"): entry.availability is not None,
        (entry.id, "latency_p99_ms"): entry.latency_p99_ms is not None,
    }
    for arc in foreground(request.places):
        edge = arc.edge
        if arc.chain is None:
            facts[edge.id, "style"] = False
            continue
        if arc.chain in PASSING:
            facts[edge.id, "latency"] = arc.own_ms is not None
        elif arc.chain == HAND_OFF:
            facts[edge.id, "latency"] = edge.handover_p99_ms is not None
        else:
            continue
        if arc.chain in (SYNCHRONOUS, HAND_OFF):
            facts[edge.id, "timeout"] = edge.timeout_ms is not None
        facts[edge.id, "fallback"] = edge.fallback is not None
        callee = index.services[arc.target]
        facts[callee.id, "availability"] = callee.availability is not None
    return sum(facts.values()), len(facts)
