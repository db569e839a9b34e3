"""The page of one flow: a waterfall of its calls, and the arithmetic behind its numbers."""

from __future__ import annotations

import math

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from archreview.decisions.queries import decisions_about
from archreview.drawing import draw_map, draw_waterfall, map_table, waterfall_table
from archreview.drawing.reviewed import map_of, waterfall_of
from archreview.engine.results import FlowReview
from archreview.registry.queries import flows_of
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.edge_page import pitfalls
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace


@require_safe
def flow(request: HtmxRequest, workspace: str, flow: str) -> HttpResponse:
    """Show one flow."""
    found = get_workspace(request, workspace)
    row = get_object_or_404(flows_of(found), slug=flow)
    analysis = current_analysis(found)
    if row.slug not in analysis.flows:
        raise Http404("There is no such flow.")
    value, reviewed = analysis.flows[row.slug], analysis.flow_reviews[row.slug]

    def href(kind: str, id_: str) -> str:
        names = {"edge": "reviews:edge", "service": "reviews:service", "channel": "registry:channel"}
        return reverse(names[kind], args=[workspace, id_]) if kind in names else ""

    waterfall = waterfall_of(value, reviewed, analysis.architecture, href=href)
    edges = {step.edge for step in value.walk() if step.edge}
    services = {value.entry} | {end for e in edges for end in (analysis.edges[e].source, analysis.edges[e].target)}
    picture = map_of(
        analysis.architecture,
        analysis.review,
        title=f"The services of {value.name or value.id}",
        services=services,
        edges=edges,
        group_by="",
        flow=reviewed,
        href=href,
    )
    factors, product = telling.availability_sum(reviewed)
    context = {
        "flow": value,
        "reviewed": reviewed,
        "name": value.name or value.id,
        "entry_name": analysis.name_of("service", value.entry),
        "waterfall_svg": draw_waterfall(waterfall),
        "waterfall_table": waterfall_table(waterfall),
        "map_svg": draw_map(picture),
        "map_table": map_table(picture),
        "factors": [
            (value, [(href(*subject), analysis.name_of(*subject)) for subject in whose], assumed)
            for value, whose, assumed in factors
        ],
        "availability": product,
        "latency": telling.milliseconds(reviewed.latency_p99_ms),
        "budget": telling.milliseconds(value.latency_budget_ms) if value.latency_budget_ms is not None else "",
        "latency_known": "all" if reviewed.latency_complete else "part" if reviewed.latency_p99_ms else "nothing",
        "missing_latency": [(id_, analysis.name_of("edge", id_)) for id_ in reviewed.unknown_latency_edges],
        "not_at_peak": [(id_, analysis.name_of("edge", id_)) for id_ in reviewed.not_at_peak_edges],
        "tail": telling.percent(round(reviewed.tail_share * 100, 1)),
        "tail_calls": round(math.log1p(-reviewed.tail_share) / math.log(0.99)),
        "wait": telling.milliseconds(reviewed.worst_wait_ms),
        "wait_at_least": telling.milliseconds(reviewed.worst_wait_at_least_ms),
        "calls": [(n, id_, analysis.name_of("edge", id_)) for n, id_ in enumerate(reviewed.calls, start=1)],
        "first_over_name": analysis.name_of("edge", reviewed.first_over) if reviewed.first_over else "",
        "decisions": list(decisions_about(found, "flow", value.id)),
        "unknowns": unknowns(analysis, reviewed),
        "pitfalls": pitfalls(analysis, analysis.findings_about("flow", value.id)),
        "upcoming": pitfalls(analysis, analysis.upcoming_about("flow", value.id)),
        "edge_pitfalls": [
            (id_, analysis.name_of("edge", id_), analysis.findings_about("edge", id_))
            for id_ in sorted(edges)
            if analysis.findings_about("edge", id_)
        ],
    }
    return render(request, "reviews/flow.html", context)


def unknowns(analysis: Analysis, reviewed: FlowReview) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Give the open questions that rules about flows wait for: kind and id asked, its name, and the facts."""
    rules = {rule.code for rule in analysis.catalog.rules if rule.scope == "flow"}
    subjects = [("edge", place.edge) for place in reviewed.places] + [("service", id_) for id_ in reviewed.needs]
    found = []
    for kind, id_ in dict.fromkeys(subjects):
        facts = tuple(
            telling.label(question.fact)
            for question in analysis.questions_about(kind, id_)
            if rules & set(question.waiting)
        )
        if facts:
            found.append((kind, id_, analysis.name_of(kind, id_), facts))
    return found
