"""
The result of a review as JSON: every key in the order that docs/result.md gives.

Numbers are not rounded, and there is no infinity among them: a fact known to be absent is the word `none`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from archreview.engine.model import Location
from archreview.engine.results import (
    BlastRadius,
    Counted,
    EdgeReview,
    FactUse,
    Finding,
    FlowReview,
    OpenQuestion,
    Review,
    ServiceReview,
    Subject,
    Upcoming,
)

RESULT_VERSION = 1
TOOL = "archreview"


def to_dict(review: Review, *, gone: Iterable[str] = ()) -> dict[str, Any]:
    """Give the result as plain values; `gone` are the fingerprints of a baseline that are no more."""
    summary, upcoming = review.summary, review.upcoming
    return {
        "archreview": RESULT_VERSION,
        "tool": {"name": TOOL, "version": version(TOOL)},
        "catalog": {
            "version": review.catalog.version,
            "rules": review.catalog.rules,
            "hop_limit": review.catalog.hop_limit,
        },
        "sources": [{"file": file, "format": form} for file, form in review.sources],
        "summary": {
            "services": summary.services,
            "channels": summary.channels,
            "edges": summary.edges,
            "flows": summary.flows,
            "flows_user_facing": summary.flows_user_facing,
            "flows_within_rule": summary.flows_within_rule,
            "questions": summary.questions,
            "findings": dict(summary.findings),
        },
        "edges": [_edge(edge) for edge in review.edges],
        "flows": [_flow(flow) for flow in review.flows],
        "entries": [
            {
                "service": entry.service,
                "sync_depth": entry.sync_depth,
                "sync_depth_at_most": entry.sync_depth_at_most,
                "unbounded": entry.unbounded,
                "deepest": list(entry.deepest),
            }
            for entry in review.entries
        ],
        "services": [_service(service) for service in review.services],
        "channels": [
            {
                "id": channel.id,
                "producers": list(channel.producers),
                "consumers": list(channel.consumers),
                "name_is_past": channel.name_is_past,
            }
            for channel in review.channels
        ],
        "cycles": [list(cycle) for cycle in review.cycles],
        "findings": [_finding(finding) for finding in review.findings],
        "questions": [_question(question) for question in review.questions],
        "not_evaluated": [{"rule": skipped.rule, "why": skipped.why} for skipped in review.not_evaluated],
        "gone": list(gone),
        **({"upcoming": _upcoming(upcoming)} if upcoming else {}),
    }


def to_json(result: Mapping[str, Any]) -> str:
    """Give a result as text: two spaces to a level, a line break at the end."""
    return json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain_value(value: object) -> Any:
    """Give a value as JSON can hold it: whole numbers without a point, lists for tuples, `none` for infinity."""
    if isinstance(value, bool) or value is None:
        return value
    elif isinstance(value, str):
        # An enumeration's member is its text.
        return str(value)
    elif isinstance(value, int):
        return value
    elif isinstance(value, float):
        return number(value) if math.isfinite(value) else "none"
    elif isinstance(value, Mapping):
        return {str(key): plain_value(inner) for key, inner in value.items()}
    elif isinstance(value, Sequence | set | frozenset):
        return [plain_value(inner) for inner in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return str(value)


def number(value: float | None) -> int | float | None:
    """Give a number with a point only where it needs one; None for what is unknown or without an end."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _edge(edge: EdgeReview) -> dict[str, Any]:
    technology = edge.technology
    return {
        "id": edge.id,
        "from": edge.source,
        "to": edge.target,
        "style": edge.style,
        "family": edge.family,
        "counted": edge.counted,
        "matrix": {
            "verdict": edge.matrix.verdict,
            "strength": edge.matrix.strength,
            "votes": edge.matrix.votes,
            "possible": list(edge.matrix.possible),
            "facts": [_fact(fact) for fact in edge.matrix.facts],
            "next_question": edge.matrix.next_question,
        },
        "tree": {
            "outcome": edge.tree.outcome,
            "possible": list(edge.tree.possible),
            "path": [_fact(fact) for fact in edge.tree.path],
            "next_question": edge.tree.next_question,
        },
        "agreement": edge.agreement,
        "fit": edge.fit,
        "technology": technology and {"verdict": technology.verdict, "recommended": list(technology.recommended)},
        "obligations": [{"duty": duty.duty, "state": duty.state} for duty in edge.obligations],
        "hop": edge.hop
        and {
            "position": edge.hop.position,
            "over": edge.hop.over,
            "basis": edge.hop.basis,
            "flow": edge.hop.flow,
        },
        "effective_latency_ms": number(edge.effective_latency_ms),
        "score": edge.score,
        "grade": edge.grade,
        "evidence": number(edge.evidence),
    }


def _fact(fact: FactUse) -> dict[str, Any]:
    return {"question": fact.question, "answer": fact.answer, "basis": fact.basis}


def _flow(flow: FlowReview) -> dict[str, Any]:
    return {
        "id": flow.id,
        "entry": flow.entry,
        "user_facing": flow.user_facing,
        "limit": flow.limit,
        "sync_calls": flow.sync_calls,
        "sync_calls_at_most": flow.sync_calls_at_most,
        "within_rule": flow.within_rule,
        "calls": list(flow.calls),
        "first_over": flow.first_over,
        "latency_p99_ms": number(flow.latency_p99_ms),
        "latency_complete": flow.latency_complete,
        "unknown_latency_edges": list(flow.unknown_latency_edges),
        "not_at_peak_edges": list(flow.not_at_peak_edges),
        "tail_share": number(flow.tail_share),
        "over_budget": flow.over_budget,
        "worst_wait_ms": number(flow.worst_wait_ms),
        "worst_wait_at_least_ms": number(flow.worst_wait_at_least_ms),
        "waits_for_ever": flow.waits_for_ever,
        "needs": list(flow.needs),
        "availability": number(flow.availability),
        "assumed_availability": list(flow.assumed_availability),
        "below_target": flow.below_target,
        "attempts": flow.attempts,
        "unneeded_in_sequence": flow.unneeded_in_sequence,
        "repeated_calls": list(flow.repeated_calls),
        "written_services": list(flow.written_services),
        "score": flow.score,
        "grade": flow.grade,
        "evidence": number(flow.evidence),
    }


def _service(service: ServiceReview) -> dict[str, Any]:
    return {
        "id": service.id,
        "edges_in": service.edges_in,
        "edges_out": service.edges_out,
        "synchronous_share": number(service.synchronous_share),
        "blast_radius": _blast_radius(service.blast_radius),
    }


def _blast_radius(radius: BlastRadius) -> dict[str, Any]:
    return {
        "certain": radius.certain,
        "services": _counted(radius.services),
        "entries": _counted(radius.entries),
        "flows": _counted(radius.flows),
    }


def _counted(counted: Counted) -> dict[str, Any]:
    return {"count": counted.count, "ids": list(counted.ids)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "subject": _subject(finding.subject),
        "message": finding.message,
        "facts": plain_value(finding.facts),
        "fingerprint": finding.fingerprint,
        "location": _location(finding.location),
        "known": finding.known,
    }


def _question(question: OpenQuestion) -> dict[str, Any]:
    return {"subject": _subject(question.subject), "fact": question.fact, "waiting": list(question.waiting)}


def _upcoming(upcoming: Upcoming) -> dict[str, Any]:
    return {
        "rules": [{"rule": rule.rule, "until": rule.until.isoformat(), "note": rule.note} for rule in upcoming.rules],
        "findings": [_finding(finding) for finding in upcoming.findings],
        "questions": [_question(question) for question in upcoming.questions],
    }


def _subject(subject: Subject) -> dict[str, str]:
    return {"kind": subject.kind, "id": subject.id}


def _location(location: Location | None) -> dict[str, Any] | None:
    return None if location is None else {"file": location.file, "line": location.line}
