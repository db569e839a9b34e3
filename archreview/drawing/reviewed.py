"""From an architecture and its review to what the drawings take: the one place where the two vocabularies meet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from archreview.drawing.timing import Waterfall, WaterfallRow
from archreview.drawing.tree_path import TreePath, TreeQuestion
from archreview.drawing.values import Call, Channel, Edge, Emphasis, Family, Group, Kind, Map, Node
from archreview.engine import model as engine
from archreview.engine.questions import QUESTION_BY_KEY
from archreview.engine.results import EdgeReview, FlowReview, Review, StepReview, TreeResult
from archreview.engine.tree import OUTCOMES, TREE, Branch, outcomes_below

Href = Callable[[str, str], str]
"""Gives the address of a thing by its kind (service, edge, channel, system, team) and id."""

FAMILIES: Mapping[str | None, Family] = {
    engine.SYNCHRONOUS: Family.SYNCHRONOUS,
    engine.HAND_OFF: Family.HAND_OFF,
    engine.ASYNCHRONOUS: Family.ASYNCHRONOUS,
    engine.IN_PROCESS: Family.IN_PROCESS,
    None: Family.UNKNOWN,
}
OUTCOME_NAMES: Mapping[str, str] = {outcome: outcome.replace("_", " ") for outcome in OUTCOMES}


def no_href(kind: str, id_: str) -> str:
    """Link nothing."""
    return ""


def map_of(
    architecture: engine.Architecture,
    review: Review,
    *,
    title: str,
    services: Collection[str] | None = None,
    edges: Collection[str] | None = None,
    group_by: str = "system",
    flow: FlowReview | None = None,
    emphasised: Collection[str] = (),
    href: Href = no_href,
) -> Map:
    """
    Give the map of the services (all, or those named) and the counted edges between them (or those named).

    `group_by` is system, team or "" for none. With a flow, the numbers on the edges are its own and edges outside it
    stand back; without one no edge has a number, for it would be that of another flow on each, and those are marked
    that are over the limit in some request.
    """
    shown = {service.id for service in architecture.services} if services is None else set(services)
    reviews = {reviewed.id: reviewed for reviewed in review.edges}
    drawn = [
        edge
        for edge in architecture.edges
        if edge.counted and edge.source in shown and edge.target in shown and (edges is None or edge.id in edges)
    ]
    entries = {entry.service for entry in review.entries}
    used = {edge.channel for edge in drawn if edge.channel}
    groups, group_of = _groups(architecture, group_by, shown, href)
    calls = calls_of(flow.places) if flow else None
    return Map(
        title=title,
        nodes=tuple(
            Node(
                id=service.id,
                name=service.name or service.id,
                kind=Kind(service.kind),
                entry_point=service.id in entries,
                group=group_of.get(service.id),
                tier=service.tier,
                href=href("service", service.id),
                emphasis=Emphasis.STRONG if service.id in emphasised else Emphasis.NORMAL,
            )
            for service in architecture.services
            if service.id in shown
        ),
        edges=tuple(_edge(edge, reviews[edge.id], calls, emphasised, href) for edge in drawn),
        channels=tuple(
            Channel(
                id=channel.id,
                name=channel.name or channel.id,
                technology=(channel.technology or "").replace("_", " "),
                href=href("channel", channel.id),
            )
            for channel in architecture.channels
            if channel.id in used
        ),
        groups=groups,
    )


def _groups(
    architecture: engine.Architecture, group_by: str, shown: Collection[str], href: Href
) -> tuple[tuple[Group, ...], dict[str, str]]:
    if group_by not in ("system", "team"):
        return (), {}
    things: Iterable[engine.System | engine.Team] = architecture.systems if group_by == "system" else architecture.teams
    group_of = {
        service.id: group
        for service in architecture.services
        if service.id in shown and (group := service.system if group_by == "system" else service.team)
    }
    used = set(group_of.values())
    groups = [Group(id=t.id, name=t.name or t.id, href=href(group_by, t.id)) for t in things if t.id in used]
    return tuple(groups), group_of


def calls_of(places: Iterable[StepReview]) -> dict[str, tuple[Call, ...]]:
    """Give each edge of a flow its places among the calls, by number; none where it does not count as one."""
    calls: dict[str, set[Call]] = {}
    for place in places:
        found = calls.setdefault(place.edge, set())
        if place.number is not None:
            found.add(Call(place.number, place.over))
    return {edge: tuple(sorted(found)) for edge, found in calls.items()}


def _edge(
    edge: engine.Edge,
    reviewed: EdgeReview,
    calls: Mapping[str, tuple[Call, ...]] | None,
    emphasised: Collection[str],
    href: Href,
) -> Edge:
    emphasis = Emphasis.STRONG if edge.id in emphasised else Emphasis.NORMAL
    own: tuple[Call, ...] = ()
    if calls is None:
        over = reviewed.hop is not None and reviewed.hop.over
    else:
        own = calls.get(edge.id, ())
        over = any(call.over for call in own)
        if edge.id not in calls:
            emphasis = Emphasis.QUIET
    return Edge(
        id=edge.id,
        source=edge.source,
        target=edge.target,
        name=edge.name if edge.name != edge.id else "",
        family=FAMILIES[reviewed.family],
        channel=edge.channel if reviewed.family == engine.ASYNCHRONOUS else None,
        calls=own,
        over=over,
        grade=reviewed.grade,
        href=href("edge", edge.id),
        emphasis=emphasis,
    )


def tree_path_of(
    result: TreeResult,
    *,
    title: str,
    reason: Callable[[str], str] = lambda key: "",
    href: Callable[[str], str] = lambda key: "",
) -> TreePath:
    """
    Give the path that an edge took through the decision tree.

    `reason` says for a question's key where its answer comes from, `href` gives the question's address.
    """
    branches = {branch.question: branch for branch in _branches(TREE)}
    questions = []
    for use in result.path:
        branch = branches[use.question]
        questions.append(
            TreeQuestion(
                key=use.question,
                text=QUESTION_BY_KEY[use.question].text,
                answer=use.answer,
                basis=use.basis or "",
                reason=reason(use.question),
                behind_yes=tuple(OUTCOME_NAMES[o] for o in outcomes_below(branch.yes)),
                behind_no=tuple(OUTCOME_NAMES[o] for o in outcomes_below(branch.no)),
                href=href(use.question),
            )
        )
    return TreePath(
        title=title,
        questions=tuple(questions),
        outcome=OUTCOME_NAMES[result.outcome] if result.outcome else "",
        outcome_note=OUTCOMES[result.outcome] if result.outcome else "",
        possible=tuple(OUTCOME_NAMES[outcome] for outcome in result.possible),
    )


def _branches(branch: Branch | str) -> Iterable[Branch]:
    if isinstance(branch, Branch):
        yield branch
        yield from _branches(branch.yes)
        yield from _branches(branch.no)


def waterfall_of(
    flow: engine.Flow, reviewed: FlowReview, architecture: engine.Architecture, *, href: Href = no_href
) -> Waterfall:
    """Give the waterfall of a flow: its calls in the order written, with the numbers of the review."""
    names = {service.id: service.name or service.id for service in architecture.services}
    edges = {edge.id: edge for edge in architecture.edges}
    return Waterfall(
        title=f"{flow.name or flow.id}: calls in order",
        rows=tuple(
            WaterfallRow(
                depth=place.depth,
                edge=place.edge,
                label=_label(edges[place.edge], names),
                family=FAMILIES[place.family],
                start_ms=place.start_ms,
                own_ms=place.own_ms,
                total_ms=place.total_ms,
                number=place.number,
                over=place.over,
                background=not place.foreground,
                parallel=place.parallel,
                href=href("edge", place.edge),
            )
            for place in reviewed.places
        ),
        total_ms=reviewed.latency_p99_ms,
        complete=reviewed.latency_complete,
        entry=names[flow.entry],
        entry_ms=reviewed.entry_latency_ms,
        budget_ms=flow.latency_budget_ms,
    )


def _label(edge: engine.Edge, names: Mapping[str, str]) -> str:
    name = edge.name if edge.name and edge.name != edge.id else ""
    return f"{names[edge.target]}: {name}" if name else names[edge.target]
