"""What calls for action, for the navigation."""

from __future__ import annotations

from collections.abc import Mapping

from archreview.reviews.analyses import kept_analysis
from archreview.workspaces.models import Workspace


def count_open(workspace: Workspace) -> Mapping[str, int]:
    """Give the critical and high findings and the open questions, where the analysis is at hand already."""
    analysis = kept_analysis(workspace)
    if analysis is None:
        return {}
    summary = analysis.review.summary
    return {
        "Findings": summary.findings.get("critical", 0) + summary.findings.get("high", 0),
        "Questions": summary.questions,
    }
