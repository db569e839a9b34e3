"""A number over time as a small line: where it began, where it is, and which way it went."""

from collections.abc import Sequence
from dataclasses import dataclass

from archreview.drawing.palette import FONT
from archreview.drawing.svg import Pen, points
from archreview.drawing.values import Table

_WIDTH, _HEIGHT, _MARGIN = 220.0, 56.0, 6.0


@dataclass(frozen=True, slots=True)
class Trend:
    """What is counted, and (when, how many) in the order of time; None where nothing was known."""

    title: str
    points: tuple[tuple[str, float | None], ...]


def draw_trend(trend: Trend, *, standalone: bool = False, font: str = FONT) -> str:
    """Give the line as SVG text: the points evenly apart, the lowest value at the bottom, a dot at the last one."""
    pen = Pen(standalone, font)
    known = [(place, value) for place, (_, value) in enumerate(trend.points) if value is not None]
    spots = list(_spots(known, len(trend.points)))
    drawn = ""
    if len(spots) > 1:
        drawn += pen.draw("path", "d-strong", d=f"M{points(spots).replace(' ', ' L')}", fill="none")
    for x, y in spots[-1:]:
        drawn += pen.draw("circle", "d-own", cx=x, cy=y, r=3.5)
    return pen.picture(
        drawn, width=_WIDTH, height=_HEIGHT, title=trend.title, description=_description(trend), links=False
    )


def trend_table(trends: Sequence[Trend]) -> Table:
    """Give several trends over the same times as one table, the latest first."""
    rows = zip(*(trend.points for trend in trends), strict=True)
    return Table(
        ("Snapshot", *(trend.title for trend in trends)),
        tuple((row[0][0], *(_written(value) for _, value in row)) for row in reversed(list(rows))),
    )


def _spots(known: Sequence[tuple[int, float]], count: int) -> list[tuple[float, float]]:
    values = [value for _, value in known]
    if not values:
        return []
    low, high = min(values), max(values)
    step = (_WIDTH - 2 * _MARGIN) / max(1, count - 1)
    height = _HEIGHT - 2 * _MARGIN

    def y(value: float) -> float:
        # A line that never moved runs through the middle.
        return _HEIGHT / 2 if high == low else _MARGIN + height * (high - value) / (high - low)

    return [(_MARGIN + place * step, y(value)) for place, value in known]


def _description(trend: Trend) -> str:
    known = [(when, value) for when, value in trend.points if value is not None]
    if not known:
        return ""
    (first, was), (last, is_now) = known[0], known[-1]
    return f"{_written(was)} at {first}, {_written(is_now)} at {last}"


def _written(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.1f}".removesuffix(".0")
