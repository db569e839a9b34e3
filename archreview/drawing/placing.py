"""
From layers to pixels: columns as wide as their widest item, items as high as they are, groups in bands of their own.

The layered layout knows points only. Here each item gets its room: within a column the order of the layout is kept and
items are moved apart, as near as possible to what they are joined to. With groups, each group is a band across all
columns, and what runs between groups runs in the gutters between the bands:

        gutter 0
    +---------- band of one group ----------+
    |  column 0   corridor   column 1  ...  |
    +----------------------------------------+
        gutter 1
    +---------- band of the next -----------+
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archreview.drawing.layered import Layers, Spot, lay_in_layers
from archreview.drawing.settling import Item, settle

HEADER = 24.0
FRAME_PADDING = 12.0
BAND_GAP = 18.0


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column of items begins and ends."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle of a group's band, and how wide its heading may be without meeting a line."""

    left: float
    top: float
    right: float
    bottom: float
    heading_left: float
    heading_width: float


@dataclass(slots=True)
class Placement:
    """
    Where everything stands.

    `y` is the height of each vertex, dummies included; `port` how far from it the piece of a line between two
    vertices meets the first of them; `chains` are the vertices that each edge passes.
    """

    columns: dict[int, Column]
    column_of: dict[int, int]
    y: dict[int, float]
    chains: tuple[tuple[int, ...], ...]
    frames: dict[int, Frame]
    width: float
    height: float
    port: dict[tuple[int, int], float] = field(default_factory=dict)


@dataclass(slots=True)
class _Unit:
    """The items of one connected part in one band, by column, each column from the top down."""

    columns: list[list[int]]


def place(
    items: Sequence[Item],
    edges: Sequence[tuple[int, int]],
    *,
    framed: frozenset[int] = frozenset(),
    corridor: float = 26.0,
    grid: int = 4,
    order: Sequence[tuple[int, ...]] = (),
) -> Placement:
    """
    Give every item its place; `edges` join items by their positions in the sequence, none to itself.

    `order` lists lines, each by its edges in turn, in the order in which one would like to read them from the top
    where the layout has no reason for another. `framed` are the bands that get a frame. Items without edges fill
    rows of `grid` at the foot of their band.
    """
    layers = lay_in_layers(len(items), edges)
    _put_in_order(layers, edges, order)
    stock = _with_dummies(items, edges, layers.chains)
    lonely = [place for place in range(len(items)) if place not in layers.spots]
    bands = _bands(stock, layers.spots)
    units = _units(stock, layers.spots, bands)
    links = _links(layers.chains)
    column_of = {vertex: spot.column for vertex, spot in layers.spots.items()}
    column_of.update(_grid(lonely, items, column_of, grid))
    for band, lonely_rows in _lonely_rows(lonely, items, bands, column_of).items():
        units.setdefault(band, []).extend(lonely_rows)

    start = dict.fromkeys(stock, 0.0)
    runs = _runs(stock, bands, layers.chains)
    ports: dict[tuple[int, int], float] = {}
    y = _stack(stock, units, links, runs, ports, start, framed, bands)
    ports = _ports(stock, links, column_of, y)
    y = _stack(stock, units, links, runs, ports, y, framed, bands)

    columns, width = _columns(stock, links, column_of, y, corridor, margin=FRAME_PADDING + 2 if framed else 6.0)
    frames = _frames(stock, links, columns, column_of, y, framed)
    lowest = max((y[vertex] + stock[vertex].below for vertex in y), default=0.0)
    lowest = max([lowest, *(frame.bottom for frame in frames.values())])
    return Placement(columns, column_of, y, layers.chains, frames, width, lowest + 6, ports)


def _put_in_order(layers: Layers, edges: Sequence[tuple[int, int]], order: Sequence[tuple[int, ...]]) -> None:
    """Lines from one item that end where nothing else is joined change places freely: put them in the order wished."""
    joined: dict[int, int] = {}
    for start, end in edges:
        joined[start] = joined.get(start, 0) + 1
        joined[end] = joined.get(end, 0) + 1
    alike: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for line in order:
        chain = layers.chains[line[0]]
        for edge in line[1:]:
            chain += layers.chains[edge][1:]
        if joined[chain[-1]] == 1:
            key = (chain[0], *(layers.spots[vertex].column for vertex in chain))
            alike.setdefault(key, []).append(chain[1:])
    for chains in alike.values():
        # All chains are of one length, so the spots at each step are dealt out again from the top.
        for vertices in zip(*chains, strict=True):
            spots = sorted((layers.spots[vertex] for vertex in vertices), key=lambda spot: spot.down)
            layers.spots.update(zip(vertices, spots, strict=True))


def _with_dummies(
    items: Sequence[Item], edges: Sequence[tuple[int, int]], chains: Iterable[tuple[int, ...]]
) -> dict[int, Item]:
    """All items by number, those of the dummies in the band, or between the bands, of their edge's ends."""
    stock = dict(enumerate(items))
    for (start, end), chain in zip(edges, chains, strict=True):
        one, other = items[start], items[end]
        between = one.between or other.between or ((one.band, other.band) if one.band != other.band else None)
        for vertex in chain[1:-1]:
            stock[vertex] = Item(0.0, 1.0, 1.0, band=one.band, between=between, passed=True)
    return stock


def _bands(stock: Mapping[int, Item], spots: Mapping[int, Spot]) -> dict[int, int]:
    """
    The band of each vertex from the top: groups have odd numbers, the gutters between them even ones.

    Groups stand in the order in which the layered layout has their items on average, what calls above what is called.
    """
    standing: dict[int, list[tuple[float, float]]] = {}
    for vertex, item in stock.items():
        if item.between is None and not item.passed:
            spot = spots.get(vertex)
            place = (float(spot.column), spot.part * 1000 + spot.down) if spot else (math.inf, 0.0)
            standing.setdefault(item.band, []).append(place)
    order = sorted(standing, key=lambda band: (*_mean(standing[band]), band))
    rank = {band: place for place, band in enumerate(order)}
    placed = {}
    for vertex, item in stock.items():
        if item.between is None:
            placed[vertex] = 2 * rank[item.band] + 1
        else:
            one, other = rank[item.between[0]], rank[item.between[1]]
            placed[vertex] = 2 * one + (2 if other > one else 0)
    return placed


def _mean(places: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The middle of the places that are joined to something; after all others where none is."""
    joined = [place for place in places if place[0] < math.inf]
    if not joined:
        return math.inf, 0.0
    return sum(column for column, _ in joined) / len(joined), sum(down for _, down in joined) / len(joined)


def _units(stock: Mapping[int, Item], spots: Mapping[int, Spot], bands: Mapping[int, int]) -> dict[int, list[_Unit]]:
    found: dict[int, dict[int, dict[int, list[int]]]] = {}
    for vertex in sorted(stock):
        if vertex in spots:
            spot = spots[vertex]
            found.setdefault(bands[vertex], {}).setdefault(spot.part, {}).setdefault(spot.column, []).append(vertex)
    return {
        band: [
            _Unit([sorted(columns[column], key=lambda vertex: spots[vertex].down) for column in sorted(columns)])
            for _, columns in sorted(parts.items())
        ]
        for band, parts in found.items()
    }


def _links(chains: Iterable[tuple[int, ...]]) -> dict[int, frozenset[int]]:
    """What each vertex is joined to."""
    links: dict[int, set[int]] = {}
    for chain in chains:
        for one, other in zip(chain, chain[1:], strict=False):
            links.setdefault(one, set()).add(other)
            links.setdefault(other, set()).add(one)
    return {vertex: frozenset(joined) for vertex, joined in links.items()}


def _runs(
    stock: Mapping[int, Item], bands: Mapping[int, int], chains: Iterable[tuple[int, ...]]
) -> dict[int, tuple[int, ...]]:
    """What a line runs through one after the other within a band, which would best stand level, by each of them."""
    following: dict[int, int] = {}
    before: set[int] = set()
    for chain in chains:
        for one, other in zip(chain, chain[1:], strict=False):
            if stock[one].passed and stock[other].passed and bands[one] == bands[other]:
                following[one] = other
                before.add(other)
    runs: dict[int, tuple[int, ...]] = {}
    for first in sorted(set(following) - before):
        run = [first]
        while run[-1] in following:
            run.append(following[run[-1]])
        runs.update(dict.fromkeys(run, tuple(run)))
    return runs


def _grid(lonely: Sequence[int], items: Sequence[Item], column_of: Mapping[int, int], grid: int) -> dict[int, int]:
    """Columns for items without edges: those that hold boxes already, or the first ones."""
    boxes = sorted({column for vertex, column in column_of.items() if vertex < len(items) and not items[vertex].passed})
    boxes = sorted({column for column in boxes if column % 2 == 0})[:grid] or [0]
    while len(boxes) < min(grid, len(lonely)):
        boxes.append(boxes[-1] + 2)
    counted: dict[int, int] = {}
    columns = {}
    for vertex in lonely:
        place = counted.get(items[vertex].band, 0)
        counted[items[vertex].band] = place + 1
        columns[vertex] = boxes[place % len(boxes)]
    return columns


def _lonely_rows(
    lonely: Sequence[int], items: Sequence[Item], bands: Mapping[int, int], column_of: Mapping[int, int]
) -> dict[int, list[_Unit]]:
    columns: dict[int, dict[int, list[int]]] = {}
    for vertex in lonely:
        columns.setdefault(bands[vertex], {}).setdefault(column_of[vertex], []).append(vertex)
    return {band: [_Unit([found[column] for column in sorted(found)])] for band, found in columns.items()}


def _stack(
    stock: Mapping[int, Item],
    units: Mapping[int, list[_Unit]],
    links: Mapping[int, frozenset[int]],
    runs: Mapping[int, tuple[int, ...]],
    ports: Mapping[tuple[int, int], float],
    start: Mapping[int, float],
    framed: frozenset[int],
    bands: Mapping[int, int],
) -> dict[int, float]:
    """Settle each unit for itself and put them one below the other."""
    y: dict[int, float] = {}
    framed_bands = {bands[vertex] for vertex, item in stock.items() if item.between is None and item.band in framed}
    top = 2.0
    for place, band in enumerate(sorted(units)):
        top += BAND_GAP if place and framed else 0.0
        top += HEADER + FRAME_PADDING / 2 if band in framed_bands else 0.0
        for nth, unit in enumerate(units[band]):
            settled = settle(stock, unit.columns, links, runs, ports, start)
            highest = min(settled[vertex] - stock[vertex].above for vertex in settled)
            top += BAND_GAP if nth else 0.0
            for vertex, height in settled.items():
                y[vertex] = height - highest + top
            top = max(y[vertex] + stock[vertex].below for vertex in settled)
        top += FRAME_PADDING if band in framed_bands else 0.0
    return y


def _ports(
    stock: Mapping[int, Item],
    links: Mapping[int, frozenset[int]],
    column_of: Mapping[int, int],
    y: Mapping[int, float],
) -> dict[tuple[int, int], float]:
    """How far from the middle of a box each of its lines meets it, so that they neither meet nor cross there."""
    ports: dict[tuple[int, int], float] = {}
    for vertex, joined in links.items():
        if stock[vertex].passed:
            continue
        room = min(stock[vertex].above, stock[vertex].below) * 2 - 16
        for right in (False, True):
            side = [other for other in joined if (column_of[other] > column_of[vertex]) is right]
            side.sort(key=lambda other: (y[other], other))
            pitch = min(stock[vertex].pitch, room / max(1, len(side) - 1))
            for place, other in enumerate(side):
                ports[vertex, other] = (place - (len(side) - 1) / 2) * pitch
    return ports


def _columns(
    stock: Mapping[int, Item],
    links: Mapping[int, frozenset[int]],
    column_of: Mapping[int, int],
    y: Mapping[int, float],
    corridor: float,
    margin: float,
) -> tuple[dict[int, Column], float]:
    """Columns from left to right; the corridor after one is the wider the steeper its lines would be."""
    widest: dict[int, float] = {}
    steepest: dict[int, float] = {}
    for vertex, column in column_of.items():
        widest[column] = max(widest.get(column, 0.0), stock[vertex].width)
        for other in links.get(vertex, ()):
            if column_of[other] == column + 1:
                steepest[column] = max(steepest.get(column, 0.0), abs(y[other] - y[vertex]))
    columns: dict[int, Column] = {}
    left = margin
    for column in range(max(widest, default=-1) + 1):
        right = left + widest.get(column, 0.0)
        columns[column] = Column(left, right)
        left = right + (corridor + min(46.0, 0.16 * steepest[column]) if column in steepest else corridor / 2)
    width = max((column.right for column in columns.values()), default=0.0) + margin
    return columns, width


def _frames(
    stock: Mapping[int, Item],
    links: Mapping[int, frozenset[int]],
    columns: Mapping[int, Column],
    column_of: Mapping[int, int],
    y: Mapping[int, float],
    framed: frozenset[int],
) -> dict[int, Frame]:
    frames = {}
    for band in sorted(framed):
        inside = [vertex for vertex, item in stock.items() if item.between is None and item.band == band]
        boxes = [vertex for vertex in inside if not stock[vertex].passed]
        if not boxes:
            continue
        first = columns[min(column_of[vertex] for vertex in boxes)]
        last = columns[max(column_of[vertex] for vertex in boxes)]
        top = min(y[vertex] - stock[vertex].above for vertex in inside) - HEADER - FRAME_PADDING / 2
        frames[band] = Frame(
            left=first.left - FRAME_PADDING,
            top=top,
            right=last.right + FRAME_PADDING,
            bottom=max(y[vertex] + stock[vertex].below for vertex in inside) + FRAME_PADDING,
            heading_left=first.left,
            heading_width=_free(links, columns, column_of, y, top + 4, top + HEADER, first, last) - first.left,
        )
    return frames


def _free(
    links: Mapping[int, frozenset[int]],
    columns: Mapping[int, Column],
    column_of: Mapping[int, int],
    y: Mapping[int, float],
    top: float,
    bottom: float,
    first: Column,
    last: Column,
) -> float:
    """How far to the right nothing crosses a heading: lines change their height in the corridors only."""
    crossed = {
        column_of[one]
        for one, joined in links.items()
        for other in joined
        if column_of[other] == column_of[one] + 1 and min(y[one], y[other]) < bottom and max(y[one], y[other]) > top
    }
    right = first.right
    for column in sorted(columns):
        if first.right <= columns[column].right <= last.right:
            right = columns[column].right
            if column in crossed:
                break
    return right
