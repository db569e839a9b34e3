"""What the analysis says about accepted decisions, for their pages."""

from __future__ import annotations

from functools import partial

from archreview.decisions.standing import Standings
from archreview.registry.fields import ANSWER_PREFIX
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.workspaces.models import Workspace


def standings(workspace: Workspace) -> Standings:
    """Whether the decisions in force hold, with the names of what they are about."""
    analysis = current_analysis(workspace)
    return Standings(
        reviews=analysis.decision_reviews,
        name_of=analysis.name_of,
        value_now=partial(value_now, analysis),
        rule_names={code: rule.title for code, rule in analysis.rules.items() if rule.enabled},
        edges=frozenset(analysis.edges),
    )


def value_now(analysis: Analysis, kind: str, id_: str, fact: str) -> object:
    """The value of a fact of an edge as decisions rest on it: an answer as the verdicts use it; None where unknown."""
    if kind != "edge" or id_ not in analysis.edges:
        return None
    if fact.startswith(ANSWER_PREFIX):
        used = analysis.edge_reviews[id_].facts.get(fact.removeprefix(ANSWER_PREFIX))
        return used.answer if used is not None else None
    if fact == "effective_latency_ms":
        return analysis.edge_reviews[id_].effective_latency_ms
    return getattr(analysis.edges[id_], fact, None)
