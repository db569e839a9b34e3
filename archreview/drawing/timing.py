"""What a waterfall is made from, and the arithmetic of its times."""

import math
from dataclasses import dataclass, replace

from archreview.drawing.values import WORDS, Data, Family


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallRow:
    """
    One call of a flow.

    `start_ms` is measured from the flow's start. `own_ms` is what the call itself takes, None where nobody knows;
    `total_ms` is that and everything it waits for (unknown parts count 0). `parallel` is the same number for rows
    that run side by side, `number` the place among the sequential synchronous calls.
    `title` is the arithmetic, shown on hover; empty, it is made from the numbers.
    """

    depth: int
    edge: str
    label: str
    family: Family
    start_ms: float
    own_ms: float | None
    total_ms: float
    number: int | None = None
    over: bool = False
    background: bool = False
    parallel: int | None = None
    title: str = ""
    href: str = ""
    data: Data = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """
    The calls in the order written, the foreground's total, and the budget where there is one.

    `entry` is the name of the service that receives the request; its own time `entry_ms` comes first, None where
    nobody knows it. Without a name there is no row for it. `complete` says that no part of the total is unknown.
    """

    title: str
    rows: tuple[WaterfallRow, ...]
    total_ms: float
    complete: bool = True
    entry: str = ""
    entry_ms: float | None = None
    budget_ms: float | None = None
    description: str = ""


def ms(value: float) -> str:
    """Milliseconds as people write them: 1,460 ms."""
    if math.isinf(value):
        return "for ever"
    return f"{value:,.0f} ms" if value >= 10 or value == round(value) else f"{value:,.1f} ms"


def own_words(value: float | None) -> str:
    """Own time as people write it."""
    return "unknown" if value is None else ms(value)


def verdict_of(waterfall: Waterfall) -> str:
    """How the total stands to the budget."""
    if waterfall.budget_ms is None:
        return "no budget"
    if waterfall.total_ms > waterfall.budget_ms:
        return f"over the budget of {ms(waterfall.budget_ms)}"
    if not waterfall.complete:
        return f"budget {ms(waterfall.budget_ms)}, and something is unknown"
    return f"within the budget of {ms(waterfall.budget_ms)}"


def latest_of(waterfall: Waterfall) -> float:
    """The latest moment that is known, the budget included; above 0."""
    ends = [row.start_ms + max(row.total_ms, row.own_ms or 0.0) for row in waterfall.rows]
    ends += [waterfall.total_ms, waterfall.budget_ms or 0.0]
    return max([end for end in ends if math.isfinite(end)] + [1.0])


def tick_of(longest: float) -> float:
    """The distance of the ruler's lines: 1, 2 or 5 times a power of ten, five to ten of them."""
    power = 10.0 ** math.floor(math.log10(longest / 5))
    return next(power * times for times in (1, 2, 5, 10) if longest / (power * times) <= 8)


def is_timeless(waterfall: Waterfall) -> bool:
    """Whether not a single latency is known."""
    known = [waterfall.entry_ms if waterfall.entry else None, *(row.own_ms for row in waterfall.rows)]
    return all(own is None for own in known) and waterfall.total_ms == 0


@dataclass(slots=True)
class _Level:
    """The calls of one depth so far: where the next one starts, and the group that runs side by side there."""

    next: float
    group: int | None = None
    began: float = 0.0
    waited_for: bool = True


def in_order_only(waterfall: Waterfall) -> Waterfall:
    """The waterfall with one unit of time for every call, which shows what follows what without any latency."""
    levels = [_Level(1.0 if waterfall.entry else 0.0)]
    rows = []
    for row in waterfall.rows:
        depth = min(row.depth, len(levels) - 1)
        while len(levels) > depth + 1:
            nested = levels.pop()
            if nested.waited_for:
                levels[-1].next = max(levels[-1].next, nested.next)
        level = levels[depth]
        beside = row.parallel is not None and row.parallel == level.group
        start = level.began if beside else level.next
        level.next = max(level.next, start + 1)
        level.group, level.began, level.waited_for = row.parallel, start, not row.background
        levels.append(_Level(start + 1, waited_for=False))
        rows.append(replace(row, start_ms=start, title=row.title or arithmetic_of(row, timed=False)))
    return replace(waterfall, rows=tuple(rows))


def arithmetic_of(row: WaterfallRow, *, timed: bool = True) -> str:
    """Where the times of a call come from, as one sentence; without `timed` nothing is said about its start."""
    words = f"{row.label}, {WORDS[row.family]}: " + (f"starts at {ms(row.start_ms)}, " if timed else "")
    words += f"own time {own_words(row.own_ms)}"
    waiting = row.total_ms - (row.own_ms or 0.0)
    if waiting > 0:
        least = "at least " if row.own_ms is None else ""
        words += f" + {ms(waiting)} waiting for what it calls = {least}{ms(row.total_ms)}"
    if row.number is not None:
        words += f"; call {row.number} in sequence" + (", over the limit" if row.over else "")
    return words + ("; in the background, nobody waits for it" if row.background else "")
