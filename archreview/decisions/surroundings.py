"""The two services and what is around them, as a value that can be drawn."""

from __future__ import annotations

from collections.abc import Collection

from archreview.decisions.ground import Ground
from archreview.decisions.rewiring import Rewired
from archreview.decisions.situation import Situation
from archreview.drawing import Channel, Edge, Kind, Map, Node
from archreview.drawing.reviewed import FAMILIES, calls_of, map_of
from archreview.engine.index import family_of
from archreview.engine.model import Edge as EngineEdge
from archreview.engine.model import Flow
from archreview.engine.results import FlowReview, Review

MOST_EDGES = 10
MOST_EDGES_OF_A_FLOW = 14


def surroundings(
    situation: Situation,
    edge: EngineEdge,
    flow: FlowReview | None,
    *,
    change: Rewired | None = None,
    beside: Collection[str] = (),
) -> Map:
    """
    The calls that the two services make, with `edge` in the place of today's, and all of the change where there is one.

    `flow` gives the numbers of the calls; `beside` names calls that are shown too, whoever makes them.
    """
    calls = calls_of(flow.places) if flow else {}
    new = {changed.id: changed for changed in (*(change.edges if change else ()), edge)}
    shown = []
    for candidate in _near(situation, beside):
        model = new.get(candidate.id, candidate)
        own = calls.get(model.id, ())
        family = family_of(model, situation.services[model.source], situation.services[model.target])
        shown.append(
            Edge(
                id=model.id,
                source=model.source,
                target=model.target,
                name="" if model.name == model.id else model.name,
                family=FAMILIES[family],
                channel=model.channel,
                calls=own,
                over=any(call.over for call in own),
            )
        )
    met = {end for found in shown for end in (found.source, found.target)}
    travelled = {found.channel for found in shown}
    return Map(
        title=f"{situation.source.name or situation.source.id} and {situation.target.name or situation.target.id}",
        nodes=tuple(
            Node(
                id=service.id,
                name=service.name or service.id,
                kind=Kind(service.kind),
                entry_point=bool(service.entry_point),
                tier=service.tier,
            )
            for service in situation.architecture.services
            if service.id in met
        ),
        edges=tuple(shown),
        channels=tuple(
            Channel(id=channel.id, name=channel.name or channel.id, technology=channel.technology or "")
            for channel in situation.architecture.channels
            if channel.id in travelled
        ),
    )


def flow_map(
    ground: Ground, review: Review, flow: Flow, reviewed: FlowReview, *, change: Rewired | None = None
) -> Map | None:
    """The services and calls of a flow, with the change in place of today's; None where they are too many to read."""
    used = {step.edge for step in flow.walk() if step.edge is not None}
    if len(used) > MOST_EDGES_OF_A_FLOW:
        return None
    model = ground.with_edges(change.edges if change else (), change.flows if change else ())
    ends = {end for edge in model.edges if edge.id in used for end in (edge.source, edge.target)}
    return map_of(
        model,
        review,
        title=f"The services of {flow.name or flow.id}",
        services={flow.entry} | ends,
        edges=used,
        group_by="",
        flow=reviewed,
    )


def _near(situation: Situation, beside: Collection[str]) -> list[EngineEdge]:
    """
    The edge, and what its two services call themselves; those of the flow first, at most so many.

    Who calls them is left out: a picture of three columns can be read on paper.
    """
    ends = {situation.edge.source, situation.edge.target}
    in_flow = {step.edge for step in situation.flow.walk()} if situation.flow else set()

    def far(edge: EngineEdge) -> tuple[bool, bool, str]:
        return (edge.id != situation.edge.id, edge.id not in in_flow, edge.id)

    near = [
        edge for edge in situation.architecture.edges if edge.counted and (edge.source in ends or edge.id in beside)
    ]
    if situation.edge not in near:
        near.append(situation.edge)
    return sorted(sorted(near, key=far)[:MOST_EDGES], key=lambda edge: edge.id)
