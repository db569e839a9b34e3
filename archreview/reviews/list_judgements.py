"""What the analysis says about the entries of the registry's lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from archreview.registry.judgements import Judgement
from archreview.reviews.analyses import current_analysis
from archreview.workspaces.models import Workspace


def judgements(workspace: Workspace, kind: str) -> Mapping[str, Judgement]:
    """What is said about all services, edges or flows, by id."""
    analysis = current_analysis(workspace)
    findings = Counter(finding.subject.id for finding in analysis.review.findings if finding.subject.kind == kind)
    if kind == "edge":
        return {
            edge.id: Judgement(grade=edge.grade, findings=findings[edge.id])
            for edge in analysis.review.edges
            if edge.counted
        }
    if kind == "flow":
        return {
            flow.id: Judgement(
                grade=flow.grade, within=flow.within_rule if flow.user_facing else None, findings=findings[flow.id]
            )
            for flow in analysis.review.flows
        }
    return {service.id: Judgement(findings=findings[service.id]) for service in analysis.architecture.services}
