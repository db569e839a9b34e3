"""The editor of a flow's steps: an indented list, each change one POST, the same with htmx and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from archreview.engine.model import Step
from archreview.registry import actions
from archreview.registry.arranging import MOVES, CannotArrange, add, below, possible
from archreview.registry.models import Edge, Flow
from archreview.registry.queries import edges_of, flows_of
from archreview.registry.rows import steps_of
from archreview.web.answers import announce, answer, wants_partial
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

CHANGED = "Somebody else has changed the steps meanwhile; this is how they are now. Make your change again."


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the editor; `calls` are the edges that a step below it can be made over, `below` counts the steps."""

    path: str
    depth: int
    below: int
    edge: Edge | None
    moves: frozenset[str]
    calls: list[Edge]
    member: bool

    @property
    def name(self) -> str:
        """What the buttons speak of."""
        return self.edge.name if self.edge is not None else "the group"


@require_http_methods(["GET", "HEAD", "POST"])
def flow_steps(request: HtmxRequest, workspace: str, flow: str) -> HttpResponse:
    """Show the steps; a POST changes one thing: `move` names it, `path` the place, `edge` the call to add."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(flows_of(space), slug=flow)
    row.workspace = space
    if request.method != "POST":
        return _answer(request, space, row)
    try:
        changed = _changed(request, steps_of(row))
        actions.edit_flow(flow=row, values={"steps": changed}, version=_version(request), by=request.user)
    except CannotArrange as refusal:
        return _answer(request, space, row, refusal=str(refusal), status=422)
    except ValidationError as refusal:
        return _answer(request, space, row, refusal=" ".join(refusal.messages), status=422)
    except ChangedMeanwhile:
        row = get_object_or_404(flows_of(space), slug=flow)
        return _answer(request, space, row, refusal=CHANGED, status=409)
    if wants_partial(request):
        fresh = get_object_or_404(flows_of(space), slug=flow)
        return announce(_answer(request, space, fresh, focus=_place_after(request)), "The steps are changed.")
    return redirect("registry:flow_steps", space.slug, row.slug)


def _changed(request: HtmxRequest, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    move, path = request.POST.get("move", ""), request.POST.get("path", "")
    if move == "add":
        edge = request.POST.get("edge", "")
        if not edge:
            raise CannotArrange("Choose the call to add.")
        return add(steps, path, edge)
    if move not in MOVES:
        raise CannotArrange("There is no such change.")
    return MOVES[move](steps, path)


def _place_after(request: HtmxRequest) -> str:
    """Where the step that was changed stands now, so that the keyboard stays with it; empty where it is gone."""
    parent, dot, index = request.POST.get("path", "").rpartition(".")
    by = {"up": -1, "down": 1, "remove": None, "add": 0, "together": 0, "apart": 0}.get(request.POST.get("move", ""))
    return f"{parent}{dot}{int(index) + by}" if by is not None and index else ""


def _version(request: HtmxRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _answer(
    request: HtmxRequest,
    space: Workspace,
    flow: Flow,
    *,
    refusal: str = "",
    focus: str | None = None,
    status: int = 200,
) -> HttpResponse:
    steps = steps_of(flow)
    edges = _edges(space, flow, steps)
    by_source: dict[str, list[Edge]] = {}
    for edge in edges.values():
        by_source.setdefault(edge.source.slug, []).append(edge)
    context: dict[str, Any] = {
        "flow": flow,
        "lines": list(_places(steps, steps, flow.entry.slug, edges=edges, by_source=by_source)),
        "calls": by_source.get(flow.entry.slug, []),
        "refusal": refusal,
        "focus": focus,
    }
    return answer(
        request, page="registry/flow_steps.html", partial="registry/_steps.html", context=context, status=status
    )


def _edges(space: Workspace, flow: Flow, steps: tuple[Step, ...]) -> dict[str, Edge]:
    """The edges that leave any service that the flow passes, by id. Two queries."""
    used = {step.edge for top in steps for step in top.walk() if step.edge is not None}
    passed = {flow.entry_id, *edges_of(space).filter(slug__in=used).values_list("target_id", flat=True)}
    rows = edges_of(space).filter(source__in=passed).order_by("target__name", "name", "slug")
    return {edge.slug: edge for edge in rows}


def _places(
    whole: tuple[Step, ...],
    steps: tuple[Step, ...],
    start: str,
    *,
    edges: dict[str, Edge],
    by_source: dict[str, list[Edge]],
    prefix: str = "",
    member: bool = False,
) -> Any:
    for index, step in enumerate(steps):
        path = f"{prefix}{index}"
        edge = edges[step.edge] if step.edge is not None else None
        there = edge.target.slug if edge is not None else start
        is_end = edge is not None and edge.target.kind == "datastore"
        yield Place(
            path=path,
            depth=path.count("."),
            below=sum(1 for _ in step.walk()) - 1,
            edge=edge,
            moves=possible(whole, path),
            calls=[] if is_end else by_source.get(there, []),
            member=member,
        )
        yield from _places(
            whole, below(step), there, edges=edges, by_source=by_source, prefix=f"{path}.", member=edge is None
        )
