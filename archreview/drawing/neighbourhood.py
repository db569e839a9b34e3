"""One edge with what is around it, and the same surroundings before and after a change."""

from collections.abc import Mapping
from dataclasses import replace

from archreview.drawing.map import draw_scene
from archreview.drawing.palette import FONT
from archreview.drawing.scene import arrange
from archreview.drawing.svg import Pen
from archreview.drawing.values import Channel, Colour, Edge, Emphasis, Map, Node

_MOST_NEIGHBOURS = 24


def draw_neighbourhood(picture: Map, *, edge: str, standalone: bool = False, font: str = FONT) -> str:
    """
    Give the edge with that id, its two services and every edge that touches one of them.

    Of many such edges the most telling ones are drawn, and the picture says how many are not. KeyError where there
    is no such edge.
    """
    centre = {found.id: found for found in picture.edges}[edge]
    near = around(picture, services=frozenset((centre.source, centre.target)))
    others = sorted(
        (found for found in near.edges if found.id != edge),
        key=lambda found: (not found.over, not found.calls, found.calls, found.id),
    )
    left_out = len(others) - _MOST_NEIGHBOURS
    shown = [replace(found, emphasis=Emphasis.QUIET) for found in others[:_MOST_NEIGHBOURS]]
    ends = {centre.source, centre.target}
    met = {end for found in (*shown, centre) for end in (found.source, found.target)}
    travelled = {found.channel for found in (*shown, centre)}
    narrowed = replace(
        picture,
        nodes=tuple(
            replace(node, group=None, emphasis=Emphasis.STRONG if node.id in ends else Emphasis.QUIET)
            for node in near.nodes
            if node.id in met
        ),
        edges=(replace(centre, emphasis=Emphasis.STRONG), *shown),
        channels=tuple(
            replace(channel, emphasis=Emphasis.STRONG if channel.id == centre.channel else Emphasis.QUIET)
            for channel in near.channels
            if channel.id in travelled
        ),
        groups=(),
    )
    notice = f"{left_out} more edges of these two services are not drawn." if left_out > 0 else ""
    return draw_scene(arrange(narrowed), narrowed, Pen(standalone, font), colour=Colour.NONE, notice=notice)


def draw_before_and_after(
    before: Map, after: Map, *, near: frozenset[str] = frozenset(), standalone: bool = False, font: str = FONT
) -> tuple[str, str]:
    """
    Give two pictures of one size and scale, in which only what differs is coloured.

    `near` narrows both to these services and their direct neighbours; without it everything is drawn.
    """
    if near:
        before, after = around(before, services=near), around(after, services=near)
    before, after = (
        _compared(before, after, Emphasis.REMOVED),
        _compared(after, before, Emphasis.ADDED),
    )
    scenes = arrange(before), arrange(after)
    size = max(scene.width for scene in scenes), max(scene.height for scene in scenes)
    pen = Pen(standalone, font)
    first, second = (
        draw_scene(scene, picture, pen, colour=Colour.NONE, size=size)
        for scene, picture in zip(scenes, (before, after), strict=True)
    )
    return first, second


def around(picture: Map, *, services: frozenset[str], hops: int = 1) -> Map:
    """The part of the map within so many edges, either way, of the services; groups left empty fall away."""
    joined: dict[str, set[str]] = {}
    for edge in picture.edges:
        joined.setdefault(edge.source, set()).add(edge.target)
        joined.setdefault(edge.target, set()).add(edge.source)
    inner: set[str] = set()
    reached = set(services)
    for _ in range(hops):
        inner = set(reached)
        reached |= {other for service in inner for other in joined.get(service, ())}
    nodes = tuple(node for node in picture.nodes if node.id in reached)
    edges = tuple(edge for edge in picture.edges if edge.source in inner or edge.target in inner)
    travelled = {edge.channel for edge in edges}
    homes = {node.group for node in nodes}
    return replace(
        picture,
        nodes=nodes,
        edges=edges,
        channels=tuple(channel for channel in picture.channels if channel.id in travelled),
        groups=tuple(group for group in picture.groups if group.id in homes),
    )


def _compared(picture: Map, other: Map, alone: Emphasis) -> Map:
    """The map with what the other lacks marked as `alone`, and edges that differ there as changed."""
    edges = {edge.id: edge for edge in other.edges}
    return replace(
        picture,
        nodes=tuple(_marked(node, {node.id for node in other.nodes}, alone) for node in picture.nodes),
        channels=tuple(
            _marked_channel(channel, {channel.id for channel in other.channels}, alone) for channel in picture.channels
        ),
        edges=tuple(replace(edge, emphasis=_difference(edge, edges, alone)) for edge in picture.edges),
    )


def _marked(node: Node, there: set[str], alone: Emphasis) -> Node:
    return replace(node, emphasis=Emphasis.NORMAL if node.id in there else alone)


def _marked_channel(channel: Channel, there: set[str], alone: Emphasis) -> Channel:
    return replace(channel, emphasis=Emphasis.NORMAL if channel.id in there else alone)


def _difference(edge: Edge, there: Mapping[str, Edge], alone: Emphasis) -> Emphasis:
    other = there.get(edge.id)
    if other is None:
        return alone
    same = (edge.source, edge.target, edge.family, edge.channel) == (
        other.source,
        other.target,
        other.family,
        other.channel,
    )
    return Emphasis.NORMAL if same else Emphasis.CHANGED
