"""What each rule found, for the pages of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from archreview.engine.catalog import Catalog
from archreview.engine.results import Upcoming
from archreview.reviews.analyses import analysis_with, current_analysis
from archreview.reviews.views.lists import subject_url
from archreview.rules.hits import Found, Hit
from archreview.workspaces.models import Workspace

NOTHING_UPCOMING = Upcoming((), (), ())


def findings_by_rule(workspace: Workspace, catalog: Catalog | None = None) -> Mapping[str, Found]:
    """Give what each rule of the catalog in force, or of another one, says about the workspace as it stands."""
    analysis = analysis_with(workspace, catalog) if catalog else current_analysis(workspace)
    upcoming = analysis.review.upcoming or NOTHING_UPCOMING
    hits: dict[str, list[Hit]] = {}
    for finding in (*analysis.review.findings, *upcoming.findings):
        kind, id_ = finding.subject
        url = subject_url(workspace.slug, kind, id_)
        hits.setdefault(finding.rule, []).append(
            Hit(finding.severity, finding.message, kind, analysis.name_of(kind, id_), url)
        )
    asked = (*analysis.review.questions, *upcoming.questions)
    questions = Counter(code for question in asked for code in question.waiting)
    later = {rule.rule for rule in upcoming.rules}
    silent = {rule.rule: rule.why for rule in analysis.review.not_evaluated}
    return {
        code: Found(tuple(hits.get(code, ())), questions[code], silent.get(code, ""), code in later)
        for code in analysis.rules
    }
