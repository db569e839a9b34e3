"""The chapters of a report as their templates show them, each bounded, each saying what it leaves out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from archreview.decisions.export import FONT_OF_A_PICTURE, status_words
from archreview.decisions.layout import for_paper
from archreview.decisions.models import Decision, Status
from archreview.decisions.prose import counted, first_few
from archreview.drawing import Colour, draw_legend, draw_map, draw_waterfall, map_table, waterfall_table
from archreview.drawing.map import starts_folded
from archreview.drawing.reviewed import map_of, waterfall_of
from archreview.engine.results import SEVERITIES, Finding, FlowReview, Subject
from archreview.reviews import telling
from archreview.reviews.edge_page import Pitfall
from archreview.reviews.report.pictures import Pictures
from archreview.reviews.report.scope import Scope
from archreview.reviews.report.summary import asked_alike

# What a report shows at most. A reader of more than this wants a search, and finds it in the application.
MOST_FLOWS = 60
MOST_HITS = 40
MOST_DECISIONS = 60
MOST_MAPS = 24
MOST_ROWS = 200

HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter that the contents name: its anchor and its title."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """
    A chapter: what it is called, its template, what that shows, and the sections that the contents name.

    `is_lying` turns its pages, for wide drawings.
    """

    name: str
    title: str
    template: str
    context: Mapping[str, Any]
    sections: Sequence[Section] = field(default_factory=tuple)
    is_lying: bool = False


# --- Flows -----------------------------------------------------------------------------------------------------------


def flows_chapter(scope: Scope, pictures: Pictures) -> Chapter:
    """Every flow in a table, then each with its waterfall and its arithmetic."""
    shown = scope.flows[:MOST_FLOWS]
    parts = [_flow(scope, flow, pictures) for flow in shown]
    return Chapter(
        "flows",
        "Flows",
        "reviews/report/_flows.html",
        {
            "rows": [_flow_row(scope, flow, shown=number < MOST_FLOWS) for number, flow in enumerate(scope.flows)][
                :MOST_ROWS
            ],
            "flows": parts,
            "limit": scope.analysis.review.catalog.hop_limit,
            "left_out": len(scope.flows) - len(shown),
        },
        [Section(part["anchor"], part["name"]) for part in parts],
    )


def _flow_row(scope: Scope, flow: FlowReview, *, shown: bool) -> dict[str, Any]:
    value = scope.flow(flow.id)
    return {
        "name": scope.analysis.name_of("flow", flow.id),
        "anchor": f"flow-{flow.id}" if shown else "",
        "calls": _calls(flow),
        "rule": rule_words(flow),
        "tone": {True: "good", False: "bad", None: "warn"}[flow.within_rule] if flow.user_facing else "",
        "latency": latency_words(flow),
        "budget": telling.milliseconds(value.latency_budget_ms) if value.latency_budget_ms is not None else "–",
        "availability": telling.percent(flow.availability),
        "grade": flow.grade or "?",
    }


def _calls(flow: FlowReview) -> str:
    most = flow.sync_calls_at_most
    return str(flow.sync_calls) if most == flow.sync_calls else f"{flow.sync_calls} to {most}"


def rule_words(flow: FlowReview) -> str:
    """Say how a flow stands to the two-hop rule."""
    if not flow.user_facing:
        return "does not apply"
    return {True: "within", False: "over the limit", None: "unknown"}[flow.within_rule]


def latency_words(flow: FlowReview) -> str:
    """Give the estimated latency of a flow, as far as it is known."""
    if flow.latency_complete:
        return telling.milliseconds(flow.latency_p99_ms)
    return f"at least {telling.milliseconds(flow.latency_p99_ms)}" if flow.latency_p99_ms else "unknown"


def _flow(scope: Scope, flow: FlowReview, pictures: Pictures) -> dict[str, Any]:
    analysis = scope.analysis
    value = scope.flow(flow.id)
    waterfall = waterfall_of(value, flow, analysis.architecture)
    factors, product = telling.availability_sum(flow)
    return {
        "anchor": f"flow-{flow.id}",
        "name": analysis.name_of("flow", flow.id),
        "description": value.description,
        "entry": analysis.name_of("service", value.entry),
        "user_facing": value.user_facing,
        "reviewed": flow,
        "rule": rule_words(flow),
        "calls": _calls(flow),
        "first_over": analysis.name_of("edge", flow.first_over) if flow.first_over else "",
        "picture": pictures.add(draw_waterfall(waterfall, standalone=True, font=FONT_OF_A_PICTURE)),
        "alt": waterfall.title,
        "table": waterfall_table(waterfall),
        "latency": latency_words(flow),
        "budget": telling.milliseconds(value.latency_budget_ms) if value.latency_budget_ms is not None else "",
        "missing": first_few([analysis.name_of("edge", id_) for id_ in flow.unknown_latency_edges], most=12),
        "not_at_peak": first_few([analysis.name_of("edge", id_) for id_ in flow.not_at_peak_edges], most=12),
        "tail": telling.percent(round(flow.tail_share * 100, 1)) if flow.tail_share else "",
        "tail_calls": round(math.log1p(-flow.tail_share) / math.log(0.99)),
        "wait": wait_words(flow),
        "product": product,
        "factors": [(number, assumed) for number, _, assumed in factors],
        "promises": _promises(scope, factors),
        "is_timed": flow.latency_complete or flow.latency_p99_ms > 0,
        "promise": {True: "below what is promised", False: "keeps what is promised", None: ""}[flow.below_target],
        "findings": analysis.findings_about("flow", flow.id),
    }


def _promises(
    scope: Scope, factors: Sequence[tuple[str, Sequence[Subject], bool]]
) -> list[tuple[str, bool, Sequence[str]]]:
    """Give the factors of an availability with whose they are; those of like value together, what is promised first."""
    alike: dict[tuple[bool, str], list[str]] = {}
    for number, whose, assumed in factors:
        names = " with ".join(scope.analysis.name_of(*subject) for subject in whose)
        alike.setdefault((assumed, number), []).append(names)
    return [(number, assumed, first_few(names, most=30)) for (assumed, number), names in sorted(alike.items())]


def wait_words(flow: FlowReview) -> str:
    """Say how long a user waits at worst, when what is called hangs."""
    if flow.waits_for_ever is True:
        return "for ever: at least one call has no timeout"
    if flow.waits_for_ever is False:
        return telling.milliseconds(flow.worst_wait_ms)
    least = flow.worst_wait_at_least_ms
    return f"at least {telling.milliseconds(least)}; some timeouts are not known" if least else "unknown"


# --- Findings --------------------------------------------------------------------------------------------------------


def findings_chapter(scope: Scope) -> Chapter:
    """The findings by severity and rule: why it matters, what to do, and where it was found."""
    groups = []
    for severity in SEVERITIES:
        of_severity = sorted(
            (finding for finding in scope.findings if finding.severity == severity), key=lambda finding: finding.rule
        )
        rules = [_rule(scope, list(hits)) for _, hits in groupby(of_severity, key=lambda finding: finding.rule)]
        # The most frequent first; the order of the codes says nothing to a reader.
        rules.sort(key=lambda rule: -rule["count"])
        if rules:
            groups.append({"name": severity, "count": len(of_severity), "rules": rules})
    return Chapter(
        "findings",
        "Findings",
        "reviews/report/_findings.html",
        {"groups": groups, "not_evaluated": scope.analysis.review.not_evaluated},
        [Section(f"findings-{group['name']}", f"{str(group['name']).capitalize()}") for group in groups],
    )


def _rule(scope: Scope, hits: Sequence[Finding]) -> dict[str, Any]:
    analysis = scope.analysis
    pitfall = Pitfall(hits[0], analysis.rules[hits[0].rule])
    return {
        "code": pitfall.rule.code,
        "title": pitfall.rule.title,
        "why": pitfall.rule.why,
        "remedies": pitfall.remedies,
        "count": len(hits),
        "hits": [(analysis.name_of(*hit.subject), hit.subject.kind, hit.message) for hit in hits[:MOST_HITS]],
        "left_out": max(0, len(hits) - MOST_HITS),
    }


# --- Questions and decisions -----------------------------------------------------------------------------------------


def questions_chapter(scope: Scope) -> Chapter:
    """What nobody has answered, first that on which most hangs."""
    rows = [asked_alike(scope, questions) for questions in scope.alike_questions]
    context = {
        "rows": rows[:MOST_ROWS],
        "left_out": sum(row.count for row in rows[MOST_ROWS:]),
        "total": len(scope.questions),
    }
    return Chapter("questions", "Open questions", "reviews/report/_questions.html", context)


def decisions_chapter(decisions: Sequence[Decision]) -> Chapter:
    """The decisions: all in a table, the proposed and the accepted ones with their texts."""
    live = [decision for decision in decisions if decision.status in (Status.ACCEPTED, Status.PROPOSED)]
    texts = [
        {
            "anchor": f"decision-{decision.number}",
            "decision": decision,
            "status": status_words(decision),
            "html": _lowered(for_paper(decision.rendered)),
        }
        for decision in live[:MOST_DECISIONS]
    ]
    told = {text["anchor"] for text in texts}
    rows = [
        {
            "decision": decision,
            "status": status_words(decision),
            "anchor": f"decision-{decision.number}" if f"decision-{decision.number}" in told else "",
        }
        for decision in decisions[:MOST_ROWS]
    ]
    return Chapter(
        "decisions",
        "Decisions",
        "reviews/report/_decisions.html",
        {"rows": rows, "texts": texts, "left_out": len(live) - len(texts)},
        [Section(f"decision-{d.number}", f"{d.label} {d.title}") for d in live[:MOST_DECISIONS]],
    )


def _lowered(html: str) -> SafeString:
    """Cleaned HTML with its headings two levels further down, below those of the report."""
    lowered = HEADING.sub(lambda found: f"{found[1]}{min(6, int(found[2]) + 2)}", html)
    return mark_safe(lowered)  # noqa: S308 - nothing but what the allow-list lets through


# --- Map -------------------------------------------------------------------------------------------------------------


def map_chapter(scope: Scope, pictures: Pictures) -> Chapter:
    """The whole, folded where it is large, then each system."""
    maps = list(_maps(scope, pictures))
    context = {
        "maps": maps,
        "legend": pictures.add(draw_legend(colour=Colour.GRADE, columns=3, standalone=True, font=FONT_OF_A_PICTURE)),
        "left_out": max(0, len(scope.systems) - MOST_MAPS),
    }
    sections = [Section(one["anchor"], one["title"]) for one in maps] if len(maps) > 1 else []
    lying = any(one["picture"].look == "lying" for one in maps)
    return Chapter("map", "Map", "reviews/report/_map.html", context, sections, is_lying=lying)


def _maps(scope: Scope, pictures: Pictures) -> Iterator[dict[str, Any]]:
    services = {service.id for service in scope.services}
    whole = not scope.system
    systems = [system.id for system in scope.systems[:MOST_MAPS]] if whole else []
    if len(services) > 0 and (len(systems) != 1 or len(services) != len(_of_system(scope, systems[0]))):
        title = "All services" if whole else f"The system {scope.analysis.name_of('system', scope.system)}"
        yield _map(scope, pictures, services, title=title, anchor="map-all", group_by="system" if whole else "")
    for system in systems:
        yield _map(
            scope,
            pictures,
            _of_system(scope, system),
            title=scope.analysis.name_of("system", system),
            anchor=f"map-{system}",
            group_by="",
        )


def _of_system(scope: Scope, system: str) -> set[str]:
    return {service.id for service in scope.services if service.system == system}


def _map(
    scope: Scope, pictures: Pictures, services: set[str], *, title: str, anchor: str, group_by: str
) -> dict[str, Any]:
    analysis = scope.analysis
    picture = map_of(analysis.architecture, analysis.review, title=title, services=services, group_by=group_by)
    folded = starts_folded(picture)
    table = map_table(picture)
    return {
        "anchor": anchor,
        "title": title,
        "picture": pictures.add(
            draw_map(picture, colour=Colour.GRADE, standalone=True, font=FONT_OF_A_PICTURE), wide=True
        ),
        "alt": f"{title}: {counted(len(picture.nodes), 'service')}, {counted(len(picture.edges), 'edge')}",
        "folded": folded,
        "table": table if len(table.rows) <= MOST_ROWS else None,
        "rows": len(table.rows),
    }
