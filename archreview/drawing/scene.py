"""
The geometry of a map, before it is written as SVG: where every box, line, label and bead is.

A call runs from service to service through a place of its own for its label, so that labels have room; what travels
over a channel runs from each producer to the channel's box and from there to each consumer:

    cart --[Reserve stock]--> inventory            orders - - -> ( OrderPlaced ) - - -> mailer
                                                                               \\- - -> search
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archreview.drawing.layered import closing_edges
from archreview.drawing.legs import Leg, channels_of, label_width, legs_of, meeting_of
from archreview.drawing.lettering import width_of
from archreview.drawing.notation import (
    BEAD,
    CHIP,
    LABEL_SIZE,
    NAME_LINE,
    NAME_SIZE,
    NOTE_SIZE,
    chip_of,
    name_lines,
    note_of,
    together,
)
from archreview.drawing.placing import Frame, Placement, place
from archreview.drawing.settling import Item
from archreview.drawing.values import Channel, Colour, Edge, Emphasis, Family, Group, Kind, Map, Node

_PADDING = 12.0
_LABEL_RISE = 4.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Bead:
    """A small circle or chip on a line; `look` is number, over, unknown, grade or sign."""

    text: str
    look: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A level piece of a line, from where it enters a column to where it leaves it."""

    start: float
    end: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of the drawing and the edges that it stands for.

    `part` is call, publish or consume. `stretches` are joined by curves in the corridors between the columns.
    """

    edges: tuple[Edge, ...]
    part: str
    emphasis: Emphasis
    stretches: tuple[Stretch, ...]
    label: str = ""
    label_box: Box | None = None
    beads: tuple[Bead, ...] = ()

    @property
    def family(self) -> Family:
        return self.edges[0].family

    @property
    def over(self) -> bool:
        return any(edge.over for edge in self.edges)

    @property
    def rightward(self) -> bool:
        return self.stretches[-1].end >= self.stretches[0].start

    @property
    def start(self) -> tuple[float, float]:
        return self.stretches[0].start, self.stretches[0].y

    @property
    def end(self) -> tuple[float, float]:
        return self.stretches[-1].end, self.stretches[-1].y


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything in its place, in pixels."""

    width: float
    height: float
    nodes: tuple[tuple[Node, Box], ...]
    channels: tuple[tuple[Channel, Box], ...]
    groups: tuple[tuple[Group, Frame], ...]
    lines: tuple[Line, ...]


def arrange(picture: Map, *, colour: Colour = Colour.NONE, grid: int = 4) -> Scene:
    """
    Lay the map out; ValueError where an edge names a service or channel that is not in it.

    Services without edges stand in rows of `grid`.
    """
    # Entry points come first, for what closes a cycle is found in a walk that begins with them.
    nodes = sorted(picture.nodes, key=lambda node: (not node.entry_point, node.id))
    edges = sorted(picture.edges, key=lambda edge: edge.id)
    _check(nodes, edges, picture)
    channels, travels = channels_of(picture, edges)
    bands = _Bands(picture, nodes)
    vertex = {("node", node.id): nth for nth, node in enumerate(nodes)}
    vertex.update({("channel", channel.id): len(nodes) + nth for nth, channel in enumerate(channels)})
    legs = legs_of(edges, travels, vertex, colour)

    backward = closing_edges(len(vertex), [(leg.start, leg.end) for leg in legs])
    meeting = meeting_of(legs, backward)

    items = _node_items(nodes, meeting, bands, colour)
    items += _channel_items(channels, legs, meeting, bands, first=len(nodes))
    joins: list[tuple[int, int]] = []
    routed: list[tuple[Leg, tuple[int, ...], bool]] = []
    for nth, leg in enumerate(legs):
        # An edge that closes a cycle runs back to the left, with all its parts.
        turned = nth in backward
        start, end = (leg.end, leg.start) if turned else (leg.start, leg.end)
        by = -1
        if leg.part == "call" or leg.apart:
            by = len(items)
            items.append(_label_item(leg, bands, leg.edges[0]))
        routed.append((leg, (len(joins),) if by < 0 else (len(joins), len(joins) + 1), turned))
        joins += [(start, end)] if by < 0 else [(start, by), (by, end)]

    wished = sorted(routed, key=lambda found: (found[0].edges[0].calls, found[0].edges[0].id))
    order = [joined for _, joined, turned in wished if not turned]
    placement = place(items, joins, framed=frozenset(bands.framed), grid=grid, order=order)
    boxes = [_box(placement, nth, item) for nth, item in enumerate(items[: len(nodes) + len(channels)])]
    for nth in range(len(nodes), len(boxes)):
        boxes[nth] = _without_strips(boxes[nth], _strips(legs, nth))
    lines = tuple(_line(leg, joined, turned, placement, boxes, items) for leg, joined, turned in routed)
    groups = {group.id: group for group in picture.groups}
    return Scene(
        width=placement.width,
        height=placement.height,
        nodes=tuple(zip(nodes, boxes[: len(nodes)], strict=True)),
        channels=tuple(zip(channels, boxes[len(nodes) :], strict=True)),
        groups=tuple((groups[bands.name[band]], frame) for band, frame in sorted(placement.frames.items())),
        lines=lines,
    )


def _check(nodes: Sequence[Node], edges: Sequence[Edge], picture: Map) -> None:
    known = {node.id for node in nodes}
    for what, ids in (
        ("service", [node.id for node in nodes]),
        ("edge", [edge.id for edge in edges]),
        ("channel", [channel.id for channel in picture.channels]),
    ):
        if len(set(ids)) != len(ids):
            raise ValueError(f"two of the map's {what}s have one id")
    channels = {channel.id for channel in picture.channels}
    for edge in edges:
        if edge.source not in known or edge.target not in known:
            raise ValueError(f"edge {edge.id!r} joins a service that is not in the map")
        if edge.source == edge.target:
            raise ValueError(f"edge {edge.id!r} leads back to where it starts")
        if edge.channel is not None and edge.channel not in channels:
            raise ValueError(f"edge {edge.id!r} travels over a channel that is not in the map")


class _Bands:
    """Which band each service stands in: one for each group, one for all services without a group."""

    def __init__(self, picture: Map, nodes: Sequence[Node]) -> None:
        known = {group.id for group in picture.groups}
        used = sorted({node.group for node in nodes if node.group is not None and node.group in known})
        self.name = {nth + 1: group for nth, group in enumerate(used)}
        self.framed = set(self.name)
        number = {group: band for band, group in self.name.items()}
        self.of = {node.id: number.get(node.group or "", 0) for node in nodes}

    def room(self, edges: Sequence[Edge]) -> tuple[int, tuple[int, int] | None]:
        """The one band that all ends of the edges stand in, or the two that they run between."""
        sources = [self.of[edge.source] for edge in edges]
        targets = [self.of[edge.target] for edge in edges]
        if len({*sources, *targets}) == 1:
            return sources[0], None
        away = [band for band in [*targets, *sources] if band != sources[0]]
        return sources[0], (sources[0], away[0])


def _node_items(nodes: Sequence[Node], meeting: Mapping[int, int], bands: _Bands, colour: Colour) -> list[Item]:
    """All services in boxes of one width; a box grows in height with the lines that meet it."""
    width = 84.0
    for node in nodes:
        room = _PADDING * 2 + (CHIP + 6 if chip_of(node, colour) else 0)
        words = [width_of(line, size=NAME_SIZE, bold=True) for line in name_lines(node)]
        width = max(width, room + max(*words, width_of(note_of(node), size=NOTE_SIZE)))
    width = min(width, 216.0)
    lines = max((len(name_lines(node)) + bool(note_of(node)) for node in nodes), default=1)
    plain = 20.0 + NAME_LINE * lines
    items = []
    for nth, node in enumerate(nodes):
        height = max(plain, min(112.0, 16 + 7.0 * (meeting.get(nth, 1) - 1)))
        lid = 4.0 if node.kind is Kind.DATASTORE else 0.0
        half = height / 2 + lid
        items.append(Item(width, half, half, gap=18.0, band=bands.of[node.id]))
    return items


def _channel_items(
    channels: Sequence[Channel], legs: Sequence[Leg], meeting: Mapping[int, int], bands: _Bands, *, first: int
) -> list[Item]:
    items = []
    for nth, channel in enumerate(channels):
        own = [edge for leg in legs if leg.end == first + nth and leg.part == "publish" for edge in leg.edges]
        band, between = bands.room(own)
        words = width_of(channel.name, size=LABEL_SIZE, bold=True)
        width = max(words, width_of(channel.technology, size=10.0)) + 2 * 9
        strips = _strips(legs, first + nth)
        pitch = BEAD + 3 if strips else 12.0
        plain = 36.0 if channel.technology else 26.0
        height = max(plain, 16 + pitch * (meeting[first + nth] - 1))
        items.append(
            Item(
                min(width, 150.0) + 2 * strips,
                height / 2,
                height / 2,
                gap=16.0,
                band=band,
                between=between,
                pitch=pitch,
            )
        )
    return items


def _strips(legs: Sequence[Leg], channel: int) -> float:
    """The room on both sides of a channel's box for what is written on its lines."""
    longest = max((len(leg.beads) for leg in legs if leg.start == channel and not leg.apart), default=0)
    return longest * (BEAD + 3) + 4 if longest else 0.0


def _without_strips(box: Box, strips: float) -> Box:
    return Box(box.left + strips, box.top, box.width - 2 * strips, box.height)


def _label_item(leg: Leg, bands: _Bands, edge: Edge) -> Item:
    band, between = bands.room((edge,))
    beads = len(leg.beads) * (BEAD + 3)
    words = label_width(leg) + 4 if leg.label else 0.0
    above = max(_LABEL_RISE + LABEL_SIZE if leg.label else 2.0, BEAD / 2 if beads else 2.0)
    below = BEAD / 2 if beads else 2.0
    width = max(beads + words, 10.0)
    return Item(width, above, below, gap=8.0, band=band, between=between, passed=True)


def _box(placement: Placement, vertex: int, item: Item) -> Box:
    column = placement.columns[placement.column_of[vertex]]
    left = (column.left + column.right - item.width) / 2
    top = placement.y[vertex] - item.above
    return Box(left, top, item.width, item.above + item.below)


def _line(
    leg: Leg,
    joined: tuple[int, ...],
    turned: bool,
    placement: Placement,
    boxes: Sequence[Box],
    items: Sequence[Item],
) -> Line:
    """Follow the leg through the columns, from border to border, and put what is written on it in its place."""
    chain: tuple[int, ...] = placement.chains[joined[0]]
    by = -1
    if len(joined) == 2:
        by = chain[-1]
        chain += placement.chains[joined[1]][1:]
    if turned:
        chain = chain[::-1]
    rightward = placement.column_of[chain[1]] > placement.column_of[chain[0]]
    stretches = []
    for nth, vertex in enumerate(chain):
        column = placement.columns[placement.column_of[vertex]]
        enter, leave = (column.left, column.right) if rightward else (column.right, column.left)
        y = placement.y[vertex]
        if nth == 0:
            y += placement.port.get((vertex, chain[1]), 0.0)
            enter = boxes[vertex].right if rightward else boxes[vertex].left
        elif nth == len(chain) - 1:
            y += placement.port.get((vertex, chain[-2]), 0.0)
            leave = boxes[vertex].left if rightward else boxes[vertex].right
        stretches.append(Stretch(enter, leave, y))
    emphasis = together(leg.edges)
    label_box, beads = None, []
    if by >= 0:
        y = placement.y[by]
        left = placement.columns[placement.column_of[by]].left
        for text, look in leg.beads:
            beads.append(Bead(text, look, left + BEAD / 2, y))
            left += BEAD + 3
        if leg.label:
            left += 2
            label_box = Box(left, y - _LABEL_RISE - LABEL_SIZE, label_width(leg), LABEL_SIZE)
    elif leg.beads:
        away = 4.0 + BEAD / 2
        for text, look in leg.beads:
            x = stretches[0].start + (away if rightward else -away)
            beads.append(Bead(text, look, x, stretches[0].y))
            away += BEAD + 3
    return Line(leg.edges, leg.part, emphasis, tuple(stretches), leg.label, label_box, tuple(beads))
