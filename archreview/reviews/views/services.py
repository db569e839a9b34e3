"""The page of one service: who calls it, whom it calls, and what fails with it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from archreview.engine.fact_tables import SERVICE_FACTS
from archreview.engine.results import Subject
from archreview.registry.models import Statement
from archreview.registry.queries import history_of, services_of
from archreview.registry.words import style_name
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.asking import asked_fact, said
from archreview.reviews.edge_page import FactRow, pitfalls
from archreview.reviews.views.lists import ShownQuestion, shown_question
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Workspace

EdgeLine = tuple[str, str, str, str | None, int, bool]


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
        if fact.name == "kind":  # stands in the heading
            continue
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
    entry = analysis.entry_reviews.get(value.id)
    context = {
        "row": row,
        "service": value,
        "reviewed": reviewed,
        "name": value.name or value.id,
        "entry": entry,
        "facts": facts,
        "outgoing": edge_lines(analysis, value.id, outgoing=True),
        "incoming": edge_lines(analysis, value.id, outgoing=False),
        "pitfalls": pitfalls(analysis, analysis.findings_about("service", value.id)),
        "upcoming": pitfalls(analysis, analysis.upcoming_about("service", value.id)),
        "questions": service_questions(analysis, found, value.id, history),
        "chain": [analysis.name_of("service", id_) for id_ in entry.deepest] if entry else [],
        "failing": [(id_, analysis.name_of("service", id_)) for id_ in radius.services.ids],
        "failing_entries": [(id_, analysis.name_of("service", id_)) for id_ in radius.entries.ids],
        "failing_flows": [(id_, analysis.name_of("flow", id_)) for id_ in radius.flows.ids],
        "cycle": [
            analysis.name_of("service", id_)
            for id_ in next((cycle for cycle in analysis.review.cycles if value.id in cycle), ())
        ],
        "share": telling.percent(None if reviewed.synchronous_share is None else reviewed.synchronous_share * 100),
    }
    return render(request, "reviews/service.html", context)


def service_questions(
    analysis: Analysis, workspace: Workspace, service_id: str, history: Mapping[str, list[Statement]]
) -> list[ShownQuestion]:
    """Give the open questions about the service, to be answered in place."""
    subject = Subject("service", service_id)
    return [
        shown_question(
            analysis,
            workspace,
            asked_fact(
                analysis,
                subject,
                question.fact,
                statements=history.get(question.fact, ()),
                waiting=question.waiting,
                in_list=True,
            ),
        )
        for question in analysis.questions_about(*subject)
    ]


def edge_lines(analysis: Analysis, service_id: str, *, outgoing: bool) -> list[EdgeLine]:
    """Give the edges of a service: id, name of the other end, style, grade, number of findings, whether it counts."""
    lines = []
    for edge in analysis.architecture.edges:
        here, there = (edge.source, edge.target) if outgoing else (edge.target, edge.source)
        if here == service_id:
            lines.append(
                (
                    edge.id,
                    analysis.name_of("service", there),
                    style_name(edge.style),
                    analysis.edge_reviews[edge.id].grade,
                    len(analysis.findings_about("edge", edge.id)),
                    edge.counted,
                )
            )
    return lines
