"""Score, grade and evidence of edges and flows."""

from __future__ import annotations

from collections.abc import Iterable

from archreview.engine.edges import Judged
from archreview.engine.flows import PASSING, foreground
from archreview.engine.index import Index
from archreview.engine.model import ANSWERS, CHANNEL_FACTS, EDGE_FACTS, HAND_OFF, SERVICE_FACTS, SYNCHRONOUS
from archreview.engine.requests import Request
from archreview.engine.results import GRADES, PENALTIES, Finding

ENOUGH_EVIDENCE = 0.5

_REGISTERED = {
    **{f"edge.{fact.name}": fact.name for fact in EDGE_FACTS},
    **{f"edge.has_{fact.name}": fact.name for fact in EDGE_FACTS if fact.none},
    **{f"edge.answers.{key}": f"answers.{key}" for key in ANSWERS},
    **{f"channel.{fact.name}": f"channel.{fact.name}" for fact in CHANNEL_FACTS},
    **{f"channel.has_{fact.name}": f"channel.{fact.name}" for fact in CHANNEL_FACTS if fact.none},
    **{f"{end}.{fact.name}": f"{end}.{fact.name}" for end in ("source", "target") for fact in SERVICE_FACTS},
}


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


def edge_evidence(
    judged: Judged, findings: Iterable[Finding], open_facts: Iterable[str]
) -> tuple[int, int, tuple[str, ...]]:
    """
    Count the facts asked for about an edge, each once: give known, asked and the names of the unknown ones.

    Asked: the matrix's facts, the tree's on the path, those of the edge's findings and questions.
    """
    unknown = [f"answers.{use.question}" for use in judged.matrix.facts if use.answer is None]
    known = {f"answers.{use.question}" for use in judged.matrix.facts if use.answer is not None}
    for use in judged.tree.path:
        if use.answer is None:
            unknown.append(f"answers.{use.question}")
        else:
            known.add(f"answers.{use.question}")
    for finding in findings:
        for name in finding.facts:
            registered = _REGISTERED.get(name)
            if registered is not None:
                known.add(registered)
    unknown.extend(open_facts)
    missing = tuple(dict.fromkeys(unknown))
    known.difference_update(missing)
    return len(known), len(known) + len(missing), missing


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
