"""The map of a workspace or of one of its systems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from archreview.drawing import Colour, draw_legend, draw_map, map_table
from archreview.drawing.map import starts_folded
from archreview.drawing.reviewed import map_of
from archreview.drawing.values import Map
from archreview.engine.model import Architecture
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.edge_page import pitfalls
from archreview.web.answers import answer
from archreview.web.lists import chosen
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace

COLOURS = {"": Colour.NONE, "grade": Colour.GRADE, "tier": Colour.TIER}
GROUPINGS = ("system", "team", "none")
HOPS = ("1", "2")


@dataclass(frozen=True, slots=True)
class Focus:
    """What the URL asks the map to show."""

    system: str = ""
    service: str = ""
    hops: int = 1
    flow: str = ""
    colour: str = ""
    group: str = "system"
    unfolded: frozenset[str] = frozenset()

    @classmethod
    def of(cls, request: HtmxRequest, analysis: Analysis) -> Focus:
        """Read it from the URL; what does not exist is left out."""

        def one(name: str, known: Iterable[str], otherwise: str = "") -> str:
            return next(iter(chosen(request, name, tuple(known))), otherwise)

        return cls(
            system=one("system", analysis.systems),
            service=one("service", analysis.services),
            hops=int(one("hops", HOPS, "1")),
            flow=one("flow", analysis.flows),
            colour=one("colour", COLOURS),
            group=one("group", GROUPINGS, "system"),
            unfolded=frozenset(request.GET.getlist("open")),
        )


@require_safe
def map_page(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Show the map."""
    found = get_workspace(request, workspace)
    analysis = current_analysis(found)
    focus = Focus.of(request, analysis)
    if (
        not focus.system
        and not focus.service
        and not focus.flow
        and "system" not in request.GET
        and len(analysis.systems) > 1
    ):
        focus = Focus(system=next(iter(analysis.systems)), colour=focus.colour, group=focus.group)
    picture = picture_of(analysis, focus, workspace)
    folded = starts_folded(picture) and bool(picture.groups)
    context = {
        "focus": focus,
        "systems": analysis.architecture.systems,
        "flows": [
            flow
            for flow in analysis.architecture.flows
            if not focus.system or analysis.system_of("flow", flow.id) == focus.system
        ],
        "services": [
            service for service in analysis.architecture.services if not focus.system or service.system == focus.system
        ],
        "empty": not analysis.architecture.services,
        "map_svg": draw_map(picture, colour=COLOURS[focus.colour], unfolded=focus.unfolded if folded else None),
        "legend_svg": draw_legend(colour=COLOURS[focus.colour]),
        "map_table": map_table(picture),
        "folded": folded,
        "groups": [(group.id, group.name, group.id in focus.unfolded) for group in picture.groups],
        "count_services": len(picture.nodes),
        "count_edges": len(picture.edges),
        "suggested": sum(not edge.counted for edge in analysis.architecture.edges),
        "card": None,
    }
    return answer(request, page="reviews/map.html", partial="reviews/_map.html", context=context)


def picture_of(analysis: Analysis, focus: Focus, workspace: str) -> Map:
    """Give the map that the focus asks for."""
    architecture = analysis.architecture
    flow = analysis.flow_reviews.get(focus.flow)
    edges = None
    if flow is not None:
        edges = {place.edge for place in flow.places}
        shown = {flow.entry} | {
            end for id_ in edges for end in (analysis.edges[id_].source, analysis.edges[id_].target)
        }
        title = f"The flow {analysis.name_of('flow', focus.flow)}"
    elif focus.service:
        shown = within_hops(architecture, focus.service, focus.hops)
        title = f"{analysis.name_of('service', focus.service)} and what is around it"
    elif focus.system:
        shown = {service.id for service in architecture.services if service.system == focus.system}
        title = f"The system {analysis.name_of('system', focus.system)}"
    else:
        shown = {service.id for service in architecture.services}
        title = "All services"

    def href(kind: str, id_: str) -> str:
        if kind in ("service", "edge"):
            return reverse(f"reviews:{kind}_card", args=[workspace, id_])
        return reverse(f"registry:{kind}", args=[workspace, id_]) if kind in ("channel", "system", "team") else ""

    return map_of(
        architecture,
        analysis.review,
        title=title,
        services=shown,
        edges=edges,
        group_by="" if focus.group == "none" or focus.system or focus.flow else focus.group,
        flow=flow,
        emphasised=(focus.service,) if focus.service else (),
        href=href,
    )


def within_hops(architecture: Architecture, service: str, hops: int) -> set[str]:
    """Give the services at most so many edges away from one, in either direction, itself included."""
    near = {service}
    for _ in range(hops):
        near |= {
            end
            for edge in architecture.edges
            if edge.counted and (edge.source in near or edge.target in near)
            for end in (edge.source, edge.target)
        }
    return near


@require_safe
def service_card(request: HtmxRequest, workspace: str, service: str) -> HttpResponse:
    """Show a service in short, beside the map."""
    found = get_workspace(request, workspace)
    analysis = current_analysis(found)
    if service not in analysis.services:
        raise Http404("There is no such service.")
    value, reviewed = analysis.services[service], analysis.service_reviews[service]
    context = {
        "service": value,
        "name": value.name or value.id,
        "reviewed": reviewed,
        "entry": analysis.entry_reviews.get(service),
        "system_name": analysis.name_of("system", value.system) if value.system else "",
        "availability": telling.percent(value.availability),
        "pitfalls": pitfalls(analysis, analysis.findings_about("service", service)),
    }
    return answer(request, page="reviews/service_card.html", partial="reviews/_service_card.html", context=context)


@require_safe
def edge_card(request: HtmxRequest, workspace: str, edge: str) -> HttpResponse:
    """Show an edge in short, beside the map."""
    found = get_workspace(request, workspace)
    analysis = current_analysis(found)
    if edge not in analysis.edges:
        raise Http404("There is no such edge.")
    reviewed = analysis.edge_reviews[edge]
    context = {
        "edge": analysis.edges[edge],
        "name": analysis.name_of("edge", edge),
        "reviewed": reviewed,
        "verdict": telling.verdict_line(reviewed),
        "pitfalls": pitfalls(analysis, analysis.findings_about("edge", edge)),
    }
    return answer(request, page="reviews/edge_card.html", partial="reviews/_edge_card.html", context=context)
