"""The lines of a map: a call is one line, what travels over a channel one from each producer and to each consumer."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from archreview.drawing.lettering import shorten, width_of
from archreview.drawing.notation import LABEL_SIZE, beads_of
from archreview.drawing.values import Channel, Colour, Edge, Family, Map


@dataclass(frozen=True, slots=True)
class Leg:
    """A line to be drawn between two vertices; a call has a place for its label, and so has what is `apart`."""

    start: int
    end: int
    edges: tuple[Edge, ...]
    part: str
    apart: bool = False
    label: str = ""
    beads: tuple[tuple[str, str], ...] = ()


def channels_of(picture: Map, edges: Sequence[Edge]) -> tuple[list[Channel], dict[str, str]]:
    """The channel boxes to be drawn, and over which of them each asynchronous edge travels."""
    named = {channel.id: channel for channel in picture.channels}
    drawn: dict[str, Channel] = {}
    travels = {}
    for edge in edges:
        if edge.channel is not None:
            drawn[edge.channel] = named[edge.channel]
            travels[edge.id] = edge.channel
        elif edge.family is Family.ASYNCHRONOUS:
            # A blank cannot stand in an id, so this is nobody's.
            own = f"{edge.id} channel"
            drawn[own] = Channel(id=own, name=edge.name or "channel?", href=edge.href, emphasis=edge.emphasis)
            travels[edge.id] = own
    return [drawn[key] for key in sorted(drawn)], travels


def _room_for_labels(edges: int) -> float:
    """How wide a label may be: in a large map labels give way to lines, their words stand in the title."""
    return 150.0 if edges <= 30 else 96.0 if edges <= 60 else 0.0


def legs_of(
    edges: Sequence[Edge],
    travels: Mapping[str, str],
    vertex: Mapping[tuple[str, str], int],
    colour: Colour,
) -> list[Leg]:
    """Give the lines between the numbered services and channels."""
    room = _room_for_labels(len(edges))
    legs: list[Leg] = []
    publish: dict[tuple[int, int], list[Edge]] = {}
    consume: dict[tuple[int, int], list[Edge]] = {}
    for edge in edges:
        source, target = vertex["node", edge.source], vertex["node", edge.target]
        if edge.id in travels:
            channel = vertex["channel", travels[edge.id]]
            publish.setdefault((source, channel), []).append(edge)
            consume.setdefault((channel, target), []).append(edge)
        else:
            label = shorten(edge.name, width=room, size=LABEL_SIZE, bold=edge.over) if room else ""
            legs.append(Leg(source, target, (edge,), "call", label=label, beads=beads_of((edge,), colour)))
    for (source, channel), found in publish.items():
        legs.append(Leg(source, channel, tuple(found), "publish"))
    for (channel, target), found in consume.items():
        # A service on both sides of a channel needs a second way to it.
        apart = (target, channel) in publish
        legs.append(Leg(channel, target, tuple(found), "consume", apart=apart, beads=beads_of(found, colour)))
    return legs


def meeting_of(legs: Sequence[Leg], backward: Set[int]) -> dict[int, int]:
    """How many lines meet each vertex on its busier side; those that run back meet the other sides."""
    right: dict[int, int] = {}
    left: dict[int, int] = {}
    for nth, leg in enumerate(legs):
        first, last = (leg.end, leg.start) if nth in backward else (leg.start, leg.end)
        right[first] = right.get(first, 0) + 1
        left[last] = left.get(last, 0) + 1
    return {vertex: max(right.get(vertex, 0), left.get(vertex, 0)) for vertex in {*right, *left}}


def label_width(leg: Leg) -> float:
    """How wide the words on the line are."""
    return width_of(leg.label, size=LABEL_SIZE, bold=leg.edges[0].over)
