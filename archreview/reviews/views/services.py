"""The page of one service: who calls it, whom it calls, and what fails with it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from archreview.engine.model import SERVICE_FACTS
from archreview.registry.queries import history_of, services_of
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.edge_page import FactRow, pitfalls, said
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace

EdgeLine = tuple[str, str, str, str | None, int]


@require_safe
def service(request: HtmxRequest, workspace: str, service: str) -> HttpResponse:
    """Show one service."""
    found = get_workspace(request, workspace)
    row = get_object_or_404(services_of(found), slug=service)
    analysis = current_analysis(found)
    if row.slug not in analysis.services:
        raise Http404("There is no such service.")
    value, reviewed = analysis.services[row.slug], analysis.service_reviews[row.slug]
    history = history_of(row)
    facts = []
    for fact in SERVICE_FACTS:
        current = next((s for s in history.get(fact.name, []) if s.state == "current"), None)
        facts.append(
            FactRow(
                telling.label(fact.name),
                telling.fact_value(getattr(value, fact.name), fact.unit),
                fact.meaning,
                said(current) if current else "",
                (),
                fact.name in value.differing,
            )
        )
    radius = reviewed.blast_radius
    context = {
        "row": row,
        "service": value,
        "reviewed": reviewed,
        "name": value.name or value.id,
        "entry": analysis.entry_reviews.get(value.id),
        "facts": facts,
        "outgoing": edge_lines(analysis, value.id, outgoing=True),
        "incoming": edge_lines(analysis, value.id, outgoing=False),
        "pitfalls": pitfalls(analysis, analysis.findings_about("service", value.id)),
        "questions": [(telling.label(q.fact), q.waiting) for q in analysis.questions_about("service", value.id)],
        "failing": [(id_, analysis.name_of("service", id_)) for id_ in radius.services.ids],
        "failing_entries": [(id_, analysis.name_of("service", id_)) for id_ in radius.entries.ids],
        "failing_flows": [(id_, analysis.name_of("flow", id_)) for id_ in radius.flows.ids],
        "cycle": next((cycle for cycle in analysis.review.cycles if value.id in cycle), ()),
        "share": telling.percent(None if reviewed.synchronous_share is None else reviewed.synchronous_share * 100),
    }
    return render(request, "reviews/service.html", context)


def edge_lines(analysis: Analysis, service_id: str, *, outgoing: bool) -> list[EdgeLine]:
    """Give the edges out of or into a service: id, name of the other end, style, grade and number of findings."""
    lines = []
    for edge in analysis.architecture.edges:
        here, there = (edge.source, edge.target) if outgoing else (edge.target, edge.source)
        if here == service_id:
            lines.append(
                (
                    edge.id,
                    analysis.name_of("service", there),
                    telling.style_name(edge.style),
                    analysis.edge_reviews[edge.id].grade,
                    len(analysis.findings_about("edge", edge.id)),
                )
            )
    return lines
