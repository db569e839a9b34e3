"""The home page of a workspace."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from archreview.decisions.queries import count_by_status
from archreview.decisions.standing import BROKEN
from archreview.engine.results import GRADES, SEVERITIES
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.registry.actions import import_architecture
from archreview.registry.examples import example_choices, example_text
from archreview.registry.forms import ExampleForm
from archreview.registry.large_files import SOURCE
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.edge_page import pitfalls
from archreview.reviews.queries.sessions import next_session_of
from archreview.reviews.queries.snapshots import trend_of
from archreview.reviews.trends import shown_trends
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role

WORST = 5
# The example that is proposed to whoever begins: a chain of calls over the limit, and every sort of pitfall.
EXAMPLE = "retailflow-before"


@require_safe
def home(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Show the numbers of a workspace, each a link to the list behind it."""
    found = get_workspace(request, workspace)
    analysis = current_analysis(found)
    summary = analysis.review.summary
    if not (summary.services or summary.channels or summary.flows):
        return render(request, "reviews/home_empty.html", {"form": ExampleForm(initial={"example": EXAMPLE})})
    findings = analysis.review.findings
    known = evidence(analysis)
    flows = reverse("registry:flow_list", args=[workspace])
    flows_over = sum(flow.user_facing and flow.within_rule is False for flow in analysis.review.flows)
    flows_unknown = summary.flows_user_facing - summary.flows_within_rule - flows_over
    serious = summary.findings["critical"] + summary.findings["high"]
    decisions = count_by_status(found)
    context = {
        "summary": summary,
        "severities": [(severity, summary.findings[severity]) for severity in SEVERITIES],
        "findings_total": f"{len(findings):,}",
        "questions_total": f"{summary.questions:,}",
        "edges_total": f"{summary.edges:,}",
        "finding_parts": [
            (
                f"{serious:,} critical or high",
                f"{reverse('reviews:findings', args=[workspace])}?severity=critical&severity=high",
            )
        ],
        "grades": grades(analysis),
        "evidence": known,
        "question_list_url": reverse("reviews:questions", args=[workspace]),
        "flow_parts": [
            (f"{number} {word}", f"{flows}?for=users&within={within}")
            for number, word, within in ((flows_over, "over", "no"), (flows_unknown, "unknown", "unknown"))
            if number
        ],
        "model_parts": [
            (counted(summary.services, "service"), reverse("registry:service_list", args=[workspace])),
            (counted(summary.channels, "channel"), reverse("registry:channel_list", args=[workspace])),
        ],
        "flows_over": [
            (flow.id, analysis.name_of("flow", flow.id), flow.sync_calls, system_name(analysis, flow.id))
            for flow in analysis.review.flows
            if flow.within_rule is False
        ],
        "worst": [
            (pitfall, pitfall.finding.subject, analysis.name_of(*pitfall.finding.subject))
            for pitfall in pitfalls(analysis, findings[:WORST])
        ],
        "systems": systems(analysis),
        "decisions": [(status, count) for status, count in decisions.items() if count],
        "decisions_broken": sum(reviewed.state in BROKEN for reviewed in analysis.review.decisions),
        "not_evaluated": analysis.review.not_evaluated,
        "next_session": next_session_of(found),
    }
    context["trends"], context["trend_table"] = shown_trends(trend_of(found))
    return render(request, "reviews/home.html", context)


@require_POST
def example(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Put a worked example into the workspace, under ids of its own, and show what there is to see."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    form = ExampleForm(request.POST)
    if not form.is_valid():
        return render(request, "reviews/home_empty.html", {"form": form}, status=422)
    name = form.cleaned_data["example"]
    problems = Problems()
    architecture = read_architecture([(SOURCE, example_text(name).encode())], problems=problems)
    if architecture is None:
        raise ValueError(f"The example {name} cannot be read: {problems.all()[0]}")
    import_architecture(workspace=found, architecture=architecture, by=request.user, source=f"{name}.yaml")
    title = dict(example_choices())[name]
    messages.success(
        request,
        f"“{title}” is here: {len(architecture.services)} services, {len(architecture.edges)} edges, "
        f"{len(architecture.flows)} flow{'s'[: len(architecture.flows) != 1]}. Begin with what is over the limit.",
    )
    return redirect("reviews:home", workspace)


def grades(analysis: Analysis) -> list[tuple[str, int]]:
    """Count the edges by grade, best first, those without one last (as "none")."""
    counted = Counter(edge.grade or "none" for edge in analysis.review.edges if edge.counted)
    return [(letter, counted[letter]) for letter in (*[letter for letter, _ in GRADES], "none")]


def system_name(analysis: Analysis, flow: str) -> str:
    """Give the name of a flow's system; two systems may have a flow of one name."""
    system = analysis.system_of("flow", flow)
    return analysis.name_of("system", system) if system else ""


def evidence(analysis: Analysis) -> dict[str, int]:
    """Count the facts asked for about edges: known and unknown, in percent of all."""
    known = sum(edge.known for edge in analysis.review.edges if edge.counted)
    asked = sum(edge.asked for edge in analysis.review.edges if edge.counted)
    return {"known": known, "unknown": asked - known, "percent": round(100 * known / asked) if asked else 100}


def systems(analysis: Analysis) -> list[dict[str, object]]:
    """Give each system with its flows within the rule and its findings by severity."""
    within: Counter[str] = Counter()
    flows: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    services = Counter(service.system for service in analysis.architecture.services)
    for flow in analysis.review.flows:
        system = analysis.system_of("flow", flow.id)
        if flow.user_facing and system:
            flows[system] += 1
            within[system] += flow.within_rule is True
    for finding in analysis.review.findings:
        system = analysis.system_of(*finding.subject)
        if system:
            found[system, finding.severity] += 1
    return [
        {
            "id": value.id,
            "name": value.name or value.id,
            "services": services[value.id],
            "flows": flows[value.id],
            "within": within[value.id],
            "findings": [(severity, found[value.id, severity]) for severity in SEVERITIES],
            "total": sum(found[value.id, severity] for severity in SEVERITIES),
        }
        for value in analysis.architecture.systems
    ]


def counted(count: int, noun: str) -> str:
    """Give a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
