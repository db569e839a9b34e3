"""The page of one edge: its verdicts, its questions answered in place, its pitfalls."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from archreview.decisions.queries import decisions_about
from archreview.decisions.standing import STATE_NAMES
from archreview.engine.results import Subject
from archreview.registry.models import Edge
from archreview.registry.queries import edges_of, history_of
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.asking import Asked, around, doubts_about
from archreview.reviews.edge_page import EdgePage, Refusal
from archreview.reviews.views.stating import take_statement
from archreview.web.answers import announce, answer
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

PAGE, PARTIAL = "reviews/edge.html", "reviews/_edge_analysis.html"


@require_safe
def edge(request: HtmxRequest, workspace: str, edge: str) -> HttpResponse:
    """Show one edge."""
    found = get_workspace(request, workspace)
    row = get_object_or_404(edges_of(found), slug=edge)
    return _render(request, row, _analysis_of(found, row))


@require_POST
def edge_answer(request: HtmxRequest, workspace: str, edge: str) -> HttpResponse:
    """Take what the person states about the edge or what is beside it, and show what follows from it."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(edges_of(found), slug=edge)
    analysis = _analysis_of(found, row)
    subject = Subject(request.POST.get("kind", "edge"), request.POST.get("id", row.slug))
    if subject != ("edge", row.slug) and subject not in around(analysis.edges[row.slug]):
        raise Http404("This is not beside the edge.")
    own = row if subject == ("edge", row.slug) else None
    _, form, error = take_statement(request, found, analysis, subject, row=own)
    if error:
        return _render(request, row, analysis, refusal=Refusal(subject, form, error), status=422)
    if not request.htmx:
        asked = Asked(subject, form.fact, "", "")
        return redirect(f"{reverse('reviews:edge', args=[workspace, edge])}#question-{asked.name}", permanent=False)
    after = _analysis_of(found, row)
    changed = telling.what_changed(analysis.edge_reviews[row.slug], after.edge_reviews[row.slug])
    return announce(_render(request, row, after), f"Saved. {changed}")


def _analysis_of(workspace: Workspace, row: Edge) -> Analysis:
    """Give the analysis that knows the edge; 404 where somebody has just deleted it."""
    analysis = current_analysis(workspace)
    if row.slug not in analysis.edges:
        raise Http404("There is no such edge.")
    return analysis


def _render(
    request: HtmxRequest, row: Edge, analysis: Analysis, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    workspace = row.workspace
    page = EdgePage(
        analysis,
        row.slug,
        workspace=workspace.slug,
        history=history_of(row),
        doubts=doubts_about(workspace, around(analysis.edges[row.slug])),
        refusal=refusal,
    )
    context = {"error": page.unplaced_error(), **page.context()}
    if not request.htmx:
        context |= page.neighbourhood()
        context |= {
            "facts": page.facts(),
            "decisions": [
                (decision, reviewed.state if reviewed else "", STATE_NAMES[reviewed.state] if reviewed else "")
                for decision in decisions_about(workspace, "edge", row.slug)
                for reviewed in [analysis.decision_reviews.get(decision.label)]
            ],
        }
    return answer(request, page=PAGE, partial=PARTIAL, context=context, status=status)
