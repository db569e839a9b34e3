"""The map: services as boxes, communication as lines, grouped by system or team."""

import math
from collections.abc import Set
from dataclasses import replace

from archreview.drawing.folding import fold
from archreview.drawing.layered import LARGEST
from archreview.drawing.lettering import shorten
from archreview.drawing.palette import FONT
from archreview.drawing.scene import Line, Scene, arrange
from archreview.drawing.shapes import channel_shape, line_shape, node_shape, path_of
from archreview.drawing.svg import Pen
from archreview.drawing.values import WORDS, Channel, Colour, Edge, Kind, Map, Node, Table

FOLD_ABOVE = 80
"""With more services than this a map starts folded: one box per group."""

_MOST_BOXES = 400


def draw_map(
    picture: Map,
    *,
    colour: Colour = Colour.NONE,
    unfolded: Set[str] | None = None,
    standalone: bool = False,
    font: str = FONT,
) -> str:
    """
    Give the map as SVG text.

    `unfolded` names the groups that are drawn open; all others are one box each. None leaves it to the size: all
    open up to FOLD_ABOVE services, all folded above. `standalone` fills in light colours and the `font` for files and
    PDFs, and leaves links out. A map too large for lines shows its boxes and says so.
    """
    if unfolded is not None or starts_folded(picture):
        picture = fold(picture, unfolded=unfolded or frozenset())
    notice = ""
    if len(picture.nodes) + 3 * len(picture.edges) > LARGEST:
        nodes = sorted(picture.nodes, key=lambda node: node.id)
        left_out = len(nodes) - _MOST_BOXES
        notice = f"{len(picture.edges):,} edges are too many to draw"
        notice += f", and {left_out:,} services with them" if left_out > 0 else ""
        notice += ": narrow the map to a system, a flow or a service."
        picture = replace(picture, nodes=tuple(nodes[:_MOST_BOXES]), edges=(), channels=())
    grid = max(4, math.isqrt(len(picture.nodes))) if not picture.edges else 4
    return draw_scene(
        arrange(picture, colour=colour, grid=grid), picture, Pen(standalone, font), colour=colour, notice=notice
    )


def draw_scene(
    scene: Scene, picture: Map, pen: Pen, *, colour: Colour, notice: str = "", size: tuple[float, float] | None = None
) -> str:
    """Write a laid out map as SVG; `size` makes the picture larger than it needs to be."""
    drawn = []
    names = {node.id: node.name for node in picture.nodes}
    for group, frame in scene.groups:
        rectangle = pen.draw(
            "rect",
            "d-frame",
            x=frame.left,
            y=frame.top,
            width=frame.right - frame.left,
            height=frame.bottom - frame.top,
            rx=8.0,
        )
        words = shorten(group.name, width=frame.heading_width, size=12.0, bold=True)
        heading = pen.write(words, "d-group", x=frame.heading_left, y=frame.top + 20)
        title = group.title or group.name
        drawn.append(rectangle + pen.linked(heading, title=title, href=group.href, data=group.data))
    for line in sorted(scene.lines, key=_importance):
        drawn.append(_draw_line(pen, line, names, colour))
    for channel, box in scene.channels:
        inside = channel_shape(pen, channel, box)
        drawn.append(pen.linked(inside, title=_channel_title(channel), href=channel.href, data=channel.data))
    for node, box in scene.nodes:
        inside = node_shape(pen, node, box, colour=colour)
        drawn.append(pen.linked(inside, title=node_title(node), href=node.href, data=node.data))
    width, height = size or (scene.width, scene.height)
    inside = "".join(drawn)
    if notice:
        width = max(width, 560.0)
        inside = pen.write(notice, "d-text", x=2.0, y=14.0) + pen.draw("g", inside=inside, transform="translate(0 26)")
        height += 26
    width, height = max(width, 40.0), max(height, 24.0)
    links = any(
        bool(thing.href or thing.data)
        for things in (picture.nodes, picture.edges, picture.channels, picture.groups)
        for thing in things
    )
    description = picture.description or _description(picture)
    return pen.picture(inside, width=width, height=height, title=picture.title, description=description, links=links)


def starts_folded(picture: Map) -> bool:
    """Whether the map is too large to start with every service drawn, and has groups to fold it by."""
    known = {group.id for group in picture.groups}
    return len(picture.nodes) > FOLD_ABOVE and any(node.group in known for node in picture.nodes)


def map_table(picture: Map) -> Table:
    """The same edges as rows: from, to, name, how, over what, place among the calls, grade."""
    names = {node.id: node.name for node in picture.nodes}
    channels = {channel.id: channel for channel in picture.channels}
    rows, hrefs = [], []
    for edge in sorted(picture.edges, key=lambda edge: (names[edge.source], names[edge.target], edge.id)):
        channel = channels.get(edge.channel or "")
        over = channel.name + (f" ({channel.technology})" if channel.technology else "") if channel else ""
        rows.append(
            (
                names[edge.source],
                names[edge.target],
                edge.name,
                WORDS[edge.family],
                over,
                _place_of(edge),
                edge.grade or "",
            )
        )
        hrefs.append(edge.href)
    header = ("From", "To", "Name", "How", "Channel", "Call", "Grade")
    return Table(header, tuple(rows), tuple(hrefs))


def _place_of(edge: Edge) -> str:
    """The numbers of the edge's calls, and whether it is over the limit: "1, 3, over the limit"."""
    return ", ".join([*(str(call.number) for call in edge.calls), *(["over the limit"] if edge.over else [])])


def _importance(line: Line) -> tuple[int, str, str]:
    """What stands out is drawn last, over what stands back."""
    order = {"quiet": 0, "normal": 1}
    return order.get(line.emphasis.value, 2) + (3 if line.over else 0), line.edges[0].id, line.part


def _draw_line(pen: Pen, line: Line, names: dict[str, str], colour: Colour) -> str:
    first = line.edges[0]
    href, data = (first.href, first.data) if len(line.edges) == 1 else ("", ())
    title = "; ".join(edge_title(edge, names) for edge in line.edges[:12])
    if len(line.edges) > 12:
        title += f"; and {len(line.edges) - 12} more"
    inside = line_shape(pen, line, colour=colour)
    if (href or data) and not pen.standalone:
        inside = pen.draw("path", "d-hit", d=path_of(line.stretches)) + inside
    return pen.linked(inside, title=title, href=href, data=data)


def edge_title(edge: Edge, names: dict[str, str]) -> str:
    """The whole text of an edge: its ends, its name, how, and its place against the limit."""
    if edge.title:
        return edge.title
    words = f"{names[edge.source]} to {names[edge.target]}"
    words += f": {edge.name}" if edge.name else ""
    words += f", {WORDS[edge.family]}"
    if place := _place_of(edge):
        words += f", call {place}" if edge.calls else f", {place}"
    words += f", grade {edge.grade}" if edge.grade else ""
    return words


def node_title(node: Node) -> str:
    """The whole text of a service."""
    if node.title:
        return node.title
    words = [node.name, "" if node.kind is Kind.SERVICE else node.kind.value, node.note]
    words += ["entry point" if node.entry_point else "", f"tier {node.tier}" if node.tier is not None else ""]
    words += [f"grade {node.grade}" if node.grade else ""]
    return ", ".join(word for word in words if word)


def _channel_title(channel: Channel) -> str:
    return channel.title or f"Channel {channel.name}" + (f", {channel.technology}" if channel.technology else "")


def _description(picture: Map) -> str:
    services, edges = len(picture.nodes), len(picture.edges)
    over = sum(edge.over for edge in picture.edges)
    words = f"{services} {'box' if services == 1 else 'boxes'} joined by {edges} {'line' if edges == 1 else 'lines'}"
    return words + (f", {over} of them over the limit." if over else ".")
