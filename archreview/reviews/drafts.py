"""A draft of a decision about something in a workspace, from its analysis and from who said what."""

from __future__ import annotations

import datetime

from archreview.decisions.draft import Draft, People
from archreview.decisions.drafting import draft_for
from archreview.decisions.matter import About, Matter
from archreview.registry.queries import said_of_edges
from archreview.reviews.analyses import Analysis
from archreview.workspaces.models import Workspace


def draft_about(
    workspace: Workspace, analysis: Analysis, matter: Matter, *, people: People, today: datetime.date
) -> Draft:
    """The draft about the matter; raises what `draft_for` raises. One query beside those of the analysis."""
    return draft_for(
        analysis.architecture,
        analysis.review,
        analysis.catalog,
        matter,
        statements=said_of_edges(workspace, _edges_of(analysis, matter)),
        today=today,
        people=people,
        decisions=analysis.decisions,
    )


def _edges_of(analysis: Analysis, matter: Matter) -> set[str]:
    """The edges whose statements a text about the matter may name."""
    if matter.about == About.EDGE:
        return {matter.id}
    flows = {matter.id} if matter.about == About.FLOW else set()
    edges = set()
    wanted = set(matter.findings)
    for finding in analysis.review.findings:
        kind, id_ = finding.subject
        if finding.fingerprint in wanted and kind == "flow":
            flows.add(id_)
        elif finding.fingerprint in wanted and kind == "edge":
            edges.add(id_)
    steps = (step for id_ in flows if id_ in analysis.flows for step in analysis.flows[id_].walk())
    return edges | {step.edge for step in steps if step.edge is not None}
