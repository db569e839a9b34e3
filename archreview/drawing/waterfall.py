"""A flow as a waterfall, read like a trace: when each call starts, how long it works and how long it waits."""

from dataclasses import dataclass

from archreview.drawing.values import Data, Family, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallRow:
    """
    One call of a flow.

    `start_ms` is measured from the flow's start. `own_ms` is what the call itself takes, None where nobody knows;
    `total_ms` is that and everything it waits for (unknown parts count 0). `parallel` is the same text for rows
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
    parallel: str = ""
    title: str = ""
    href: str = ""
    data: Data = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """The calls in the order written, the foreground's total, and the budget where there is one."""

    title: str
    rows: tuple[WaterfallRow, ...]
    total_ms: float
    complete: bool = True
    budget_ms: float | None = None
    description: str = ""


def draw_waterfall(waterfall: Waterfall, *, standalone: bool = False) -> str:
    """Give the waterfall as SVG text."""
    raise NotImplementedError


def waterfall_table(waterfall: Waterfall) -> Table:
    """The same calls as rows: step, number, how, start, own time, with waiting, remark."""
    raise NotImplementedError
