"""What each rule found, for the pages of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from archreview.reviews.analyses import current_analysis
from archreview.reviews.views.lists import subject_url
from archreview.rules.hits import Found, Hit
from archreview.workspaces.models import Workspace


def findings_by_rule(workspace: Workspace) -> Mapping[str, Found]:
    """Give what each rule of the catalog says about the workspace as it stands."""
    analysis = current_analysis(workspace)
    hits: dict[str, list[Hit]] = {}
    for finding in analysis.review.findings:
        kind, id_ = finding.subject
        url = subject_url(workspace.slug, kind, id_)
        hits.setdefault(finding.rule, []).append(
            Hit(finding.severity, finding.message, kind, analysis.name_of(kind, id_), url)
        )
    questions = Counter(code for question in analysis.review.questions for code in question.waiting)
    silent = {rule.rule: rule.why for rule in analysis.review.not_evaluated}
    return {code: Found(tuple(hits.get(code, ())), questions[code], silent.get(code, "")) for code in analysis.rules}
