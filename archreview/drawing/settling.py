"""
Heights for what stands in columns: in the order given, with room for everything, and as level as that allows.

Lines between columns pull what they join to one height; `_spread` moves apart what would stand in each other's way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ROUNDS = 14
_DUMMY_GAP = 8.0
_STRAIGHT = 6.0
_SMALL_BEND = 14.0


@dataclass(frozen=True, slots=True)
class Item:
    """
    Something that takes room in a column: `above` and `below` are measured from the height its lines run at.

    `band` is the group it stands in; `between` instead names the groups of the two ends that it runs between.
    An item that is `passed` lets its line run straight through, as a label does. Lines that meet an item side by
    side stand at most `pitch` apart.
    """

    width: float
    above: float
    below: float
    gap: float = _DUMMY_GAP
    band: int = 0
    between: tuple[int, int] | None = None
    passed: bool = False
    pitch: float = 12.0


def settle(
    stock: Mapping[int, Item],
    columns: Sequence[Sequence[int]],
    links: Mapping[int, frozenset[int]],
    runs: Mapping[int, tuple[int, ...]],
    ports: Mapping[tuple[int, int], float],
    start: Mapping[int, float],
) -> dict[int, float]:
    """Heights near to what each item is joined to, in the order given, nothing nearer than its gap allows."""
    own = {vertex for column in columns for vertex in column}
    y = {vertex: start[vertex] for vertex in own}
    for column in columns:
        _spread(stock, column, y, y, dict.fromkeys(column, 1.0))
    whole = {runs[vertex] for vertex in own if vertex in runs}
    for round_ in range(_ROUNDS):
        level = {run[0]: sum(y[vertex] for vertex in run) / len(run) for run in whole}
        for column in columns if round_ % 2 == 0 else reversed(columns):
            wish, weight = {}, {}
            for vertex in column:
                total, pulled = 0.05, 0.05 * y[vertex]
                for other in links.get(vertex, ()):
                    if other in own:
                        bend = ports.get((other, vertex), 0.0) - ports.get((vertex, other), 0.0)
                        total, pulled = total + 1.0, pulled + y[other] + bend
                if vertex in runs:
                    total, pulled = total + _STRAIGHT, pulled + _STRAIGHT * level[runs[vertex][0]]
                wish[vertex], weight[vertex] = pulled / total, total
            _spread(stock, column, wish, y, weight)
    _straighten(stock, columns, links, ports, y)
    return y


def _straighten(
    stock: Mapping[int, Item],
    columns: Sequence[Sequence[int]],
    links: Mapping[int, frozenset[int]],
    ports: Mapping[tuple[int, int], float],
    y: dict[int, float],
) -> None:
    """Take out small bends: what a line runs through moves level with its neighbours on the line, if there is room."""
    column_at = {vertex: nth for nth, column in enumerate(columns) for vertex in column}
    for before in (True, False):
        for nth, column in enumerate(columns) if before else reversed(list(enumerate(columns))):
            for place, vertex in enumerate(column):
                if not stock[vertex].passed:
                    continue
                for other in sorted(links.get(vertex, ())):
                    if other not in y or (column_at[other] < nth) is not before:
                        continue
                    level = y[other] + ports.get((other, vertex), 0.0)
                    if abs(level - y[vertex]) <= _SMALL_BEND and _has_room(stock, column, place, level, y):
                        y[vertex] = level


def _has_room(
    stock: Mapping[int, Item], column: Sequence[int], place: int, level: float, y: Mapping[int, float]
) -> bool:
    item = stock[column[place]]
    if place:
        above = column[place - 1]
        if level - item.above - (y[above] + stock[above].below) < min(item.gap, stock[above].gap) / 2:
            return False
    if place + 1 < len(column):
        below = column[place + 1]
        if y[below] - stock[below].above - (level + item.below) < min(item.gap, stock[below].gap) / 2:
            return False
    return True


def _spread(
    stock: Mapping[int, Item],
    column: Sequence[int],
    wish: Mapping[int, float],
    y: dict[int, float],
    weight: Mapping[int, float],
) -> None:
    """Set the heights of a column to the nearest ones to `wish` (least squares) that keep order and gaps."""
    # With the room above each item taken out, the heights only have to be in order: pool what is not.
    taken = 0.0
    offsets: list[float] = []
    blocks: list[tuple[float, float, int]] = []
    for place, vertex in enumerate(column):
        if place:
            before = stock[column[place - 1]]
            taken += before.below + (before.gap + stock[vertex].gap) / 2 + stock[vertex].above
        offsets.append(taken)
        mean, total, count = wish[vertex] - taken, weight[vertex], 1
        while blocks and blocks[-1][0] > mean:
            other_mean, other_total, other_count = blocks.pop()
            mean = (mean * total + other_mean * other_total) / (total + other_total)
            total, count = total + other_total, count + other_count
        blocks.append((mean, total, count))
    place = 0
    for mean, _, count in blocks:
        for vertex in column[place : place + count]:
            y[vertex] = mean + offsets[place]
            place += 1
