"""A flow as a waterfall, read like a trace: when each call starts, how long it works and how long it waits."""

import math

from archreview.drawing.lettering import shorten, width_of
from archreview.drawing.palette import FONT
from archreview.drawing.svg import Pen, number
from archreview.drawing.timing import (
    Waterfall,
    WaterfallRow,
    arithmetic_of,
    in_order_only,
    is_timeless,
    latest_of,
    ms,
    own_words,
    tick_of,
    verdict_of,
)
from archreview.drawing.values import WORDS, Family, Table

_ROW = 30.0
_HEAD = 44.0
_INDENT = 16.0
_LABELS = 250.0
_FIGURES = 74.0
_CHART = _LABELS + 2 * _FIGURES + 34
_TIME = 500.0
_WIDTH = _CHART + _TIME + 18
_BEAD = 18.0
_UNKNOWN = 46.0
_DEEPEST = 8


def draw_waterfall(waterfall: Waterfall, *, standalone: bool = False, font: str = FONT) -> str:
    """Give the waterfall as SVG text."""
    pen = Pen(standalone, font)
    timeless = is_timeless(waterfall)
    if timeless:
        waterfall = in_order_only(waterfall)
    longest = _longest(waterfall, timeless=timeless)
    step = tick_of(longest)
    end = longest if timeless else max(step, math.ceil(longest / step - 1e-9) * step)
    scale = _TIME / end
    rows = len(waterfall.rows) + (1 if waterfall.entry else 0)
    foot = _HEAD + rows * _ROW + 4
    height = foot + 40
    drawn = [_columns(pen, timeless=timeless, foot=foot)]
    if not timeless:
        drawn.append(_ruler(pen, waterfall.budget_ms, step=step, end=end, scale=scale, foot=foot))
    top = _HEAD
    if waterfall.entry:
        drawn.append(_entry(pen, waterfall, top=top, scale=scale))
        top += _ROW
    deeper = 1 if waterfall.entry else 0
    for row in waterfall.rows:
        drawn.append(_row(pen, row, top=top, scale=scale, deeper=deeper))
        top += _ROW
    drawn.append(_brackets(pen, waterfall, deeper=deeper))
    drawn.append(_limit(pen, waterfall))
    if waterfall.budget_ms is not None and not timeless:
        drawn.append(_budget(pen, waterfall.budget_ms, scale=scale, foot=foot))
    drawn.append(_total(pen, waterfall, top=foot, scale=scale))
    return pen.picture(
        "".join(drawn),
        width=_WIDTH,
        height=height,
        title=waterfall.title,
        description=waterfall.description or _description(waterfall),
        links=any(row.href or row.data for row in waterfall.rows),
    )


def waterfall_table(waterfall: Waterfall) -> Table:
    """The same calls as rows: step, number, how, start, own time, with waiting, remark."""
    rows, hrefs = [], []
    if waterfall.entry:
        rows.append((waterfall.entry, "", "entry", ms(0), own_words(waterfall.entry_ms), ms(waterfall.total_ms), ""))
        hrefs.append("")
    for row in waterfall.rows:
        remarks = ["over the limit" if row.over else "", "in the background" if row.background else ""]
        remarks.append(f"side by side with group {row.parallel}" if row.parallel is not None else "")
        rows.append(
            (
                "· " * row.depth + row.label,
                "" if row.number is None else str(row.number),
                WORDS[row.family],
                ms(row.start_ms),
                own_words(row.own_ms),
                ms(row.total_ms),
                ", ".join(remark for remark in remarks if remark),
            )
        )
        hrefs.append(row.href)
    rows.append(("Total, an estimate", "", "", "", "", total_words(waterfall), verdict_of(waterfall)))
    hrefs.append("")
    return Table(("Step", "Call", "How", "Starts", "Own time", "With waiting", "Remark"), tuple(rows), tuple(hrefs))


def _longest(waterfall: Waterfall, *, timeless: bool) -> float:
    """The latest moment that the picture has to show."""
    if timeless:
        return max([row.start_ms + 1 for row in waterfall.rows], default=1.0)
    # An open bar has no length in milliseconds, but it takes its room.
    opened = [row.start_ms * _TIME / (_TIME - _UNKNOWN) for row in waterfall.rows if row.own_ms is None]
    return max([latest_of(waterfall), *(end for end in opened if math.isfinite(end))])


def _columns(pen: Pen, *, timeless: bool, foot: float) -> str:
    """The words above the figures and the line where time begins."""
    drawn = pen.write("own", "d-note", "d-end", x=_LABELS + _FIGURES, y=_HEAD - 14)
    drawn += pen.write("with waiting", "d-note", "d-end", x=_LABELS + 2 * _FIGURES + 4, y=_HEAD - 14)
    drawn += pen.draw("path", "d-axis", d=f"M{number(_CHART)} {number(_HEAD - 8)}V{number(foot)}")
    if timeless:
        drawn += pen.write("no latency is known: the order only, not to scale", "d-note", x=_CHART, y=_HEAD - 14)
    return drawn


def _ruler(pen: Pen, budget: float | None, *, step: float, end: float, scale: float, foot: float) -> str:
    drawn = ""
    for nth in range(round(end / step) + 1):
        x = _CHART + nth * step * scale
        if nth:
            drawn += pen.draw("path", "d-ruler", d=f"M{number(x)} {number(_HEAD - 8)}V{number(foot)}")
        if budget is not None and nth and abs(x - _CHART - budget * scale) < 26:
            continue  # The line of the budget runs there and has its own words.
        words = f"{nth * step:,.0f}" if step >= 1 else f"{nth * step:,.1f}"
        drawn += pen.write(words + (" ms" if nth == 0 else ""), "d-note", "d-middle", x=x, y=_HEAD - 14)
    return drawn


def _budget(pen: Pen, budget: float, *, scale: float, foot: float) -> str:
    x = _CHART + budget * scale
    line = pen.draw("path", "d-budget", d=f"M{number(x)} {number(17.0)}V{number(foot)}")
    words = f"budget {ms(budget)}"
    half = width_of(words, size=11.0, bold=True) / 2
    middle = min(max(x, _CHART + half), _WIDTH - half - 2)
    return line + pen.write(words, "d-budget-word", "d-middle", x=middle, y=12.0)


def _entry(pen: Pen, waterfall: Waterfall, *, top: float, scale: float) -> str:
    middle = top + _ROW / 2
    title = (
        f"{waterfall.entry}: own time {own_words(waterfall.entry_ms)}, {ms(waterfall.total_ms)} with all it waits for"
    )
    drawn = pen.write(
        shorten(waterfall.entry, width=_LABELS - 8, size=12.0, bold=True), "d-heading", x=2.0, y=middle + 4
    )
    drawn += _numbers(pen, waterfall.entry_ms, waterfall.total_ms, middle=middle, quiet=False)
    drawn += _bar(
        pen, 0.0, waterfall.entry_ms, waterfall.total_ms, middle=middle, scale=scale, family=Family.SYNCHRONOUS
    )
    return pen.linked(drawn, title=title, href="")


def _row(pen: Pen, row: WaterfallRow, *, top: float, scale: float, deeper: int) -> str:
    middle = top + _ROW / 2
    left = 2 + _indent(row.depth + deeper)
    drawn = ""
    if not pen.standalone and (row.href or row.data):
        drawn += pen.draw("rect", "d-row", x=0.0, y=top + 1, width=_WIDTH, height=_ROW - 2, rx=4.0)
    if row.number is not None:
        filled, word = ("d-over-bead", "d-white-word") if row.over else ("", "")
        drawn += pen.draw("circle", "d-bead", filled, cx=left + _BEAD / 2, cy=middle, r=_BEAD / 2 - 1)
        drawn += pen.write(str(row.number), "d-small", "d-middle", word, x=left + _BEAD / 2, y=middle + 3.7)
    else:
        drawn += _family_mark(pen, row, left=left, middle=middle)
    look = "d-over-word" if row.over else "d-quiet-word" if row.background else ""
    x = left + _BEAD + 6
    drawn += pen.write(
        shorten(row.label, width=_LABELS - x, size=12.0, bold=row.over), "d-text", look, x=x, y=middle + 4
    )
    drawn += _numbers(pen, row.own_ms, row.total_ms, middle=middle, quiet=row.background)
    drawn += _bar(
        pen,
        row.start_ms,
        row.own_ms,
        row.total_ms,
        middle=middle,
        scale=scale,
        family=row.family,
        over=row.over,
        background=row.background,
    )
    return pen.linked(drawn, title=row.title or arithmetic_of(row), href=row.href, data=row.data)


def _family_mark(pen: Pen, row: WaterfallRow, *, left: float, middle: float) -> str:
    """A short piece of the line that the call has on the map, for calls that have no number."""
    look = {Family.ASYNCHRONOUS: "d-async", Family.IN_PROCESS: "d-inside", Family.UNKNOWN: "d-unknown"}.get(
        row.family, ""
    )
    quiet = "d-quiet" if row.background else ""
    path = f"M{number(left)} {number(middle)}H{number(left + _BEAD - 2)}"
    return pen.draw("path", "d-line", look, quiet, d=path)


def _indent(depth: int) -> float:
    return min(depth, _DEEPEST) * _INDENT


def _numbers(pen: Pen, own: float | None, total: float, *, middle: float, quiet: bool) -> str:
    look = "d-quiet-word" if quiet or own is None else ""
    words = "?" if own is None else ms(own)
    drawn = pen.write(words, "d-figure", "d-end", look, x=_LABELS + _FIGURES, y=middle + 4)
    if total != own:
        known = ms(total) if own is not None else f"≥ {ms(total)}" if total else "?"
        look = "d-quiet-word" if quiet else ""
        drawn += pen.write(known, "d-figure", "d-end", look, x=_LABELS + 2 * _FIGURES + 4, y=middle + 4)
    return drawn


def _bar(
    pen: Pen,
    start: float,
    own: float | None,
    total: float,
    *,
    middle: float,
    scale: float,
    family: Family,
    over: bool = False,
    background: bool = False,
) -> str:
    """Own time as a full bar, waiting as a lighter and lower one behind; what nobody knows stays open and hatched."""
    tall = 8.0 if background else 14.0
    left = _CHART + start * scale
    room = _WIDTH - 14 - left
    state = "-over" if over else "-background" if background else ""
    drawn = ""
    if total > (own or 0.0):
        wide = min(total * scale, room)
        low = tall - 4
        drawn += pen.draw("rect", f"d-wait{state}", x=left, y=middle - low / 2, width=wide, height=low, rx=2.0)
    if own is None:
        return drawn + _open_bar(pen, min(left, _WIDTH - 14 - _UNKNOWN), middle=middle, tall=tall)
    dashed = family is Family.ASYNCHRONOUS and not over
    wide = max(7.0 if dashed else 2.0, min(own * scale, room))
    look = ("d-own-async",) if dashed else (f"d-own{state}",)
    return drawn + pen.draw("rect", *look, x=left, y=middle - tall / 2, width=wide, height=tall, rx=2.0)


def _open_bar(pen: Pen, left: float, *, middle: float, tall: float) -> str:
    """A bar without an end: hatched, with a question mark."""
    top, bottom = middle - tall / 2, middle + tall / 2
    right = left + _UNKNOWN
    path = f"M{number(right)} {number(top)}H{number(left)}V{number(bottom)}H{number(right)}"
    for nth in range(1, 10):
        # Slanted lines from the foot up to the head, cut off at the open end; the middle is left to the mark.
        x = left + nth * 5.0
        if x > right or abs(x - tall / 2 - (left + right) / 2) < 8:
            continue
        path += f"M{number(max(left, x - tall))} {number(min(bottom, top + x - left))}L{number(x)} {number(top)}"
    mark = pen.write("?", "d-small", "d-middle", x=(left + right) / 2, y=middle + 3.7)
    return pen.draw("path", "d-hatch", d=path) + mark


def _brackets(pen: Pen, waterfall: Waterfall, *, deeper: int) -> str:
    """A bracket at the left of each group of steps that run side by side, down to the last of what they call."""
    first = _HEAD + (_ROW if waterfall.entry else 0.0)
    spans: dict[tuple[int, int], list[int]] = {}
    open_group: tuple[int, int] | None = None
    for nth, row in enumerate(waterfall.rows):
        if row.parallel is not None:
            key = (row.parallel, row.depth)
            open_group = key if open_group is None or row.depth <= open_group[1] or key not in spans else open_group
            spans.setdefault(key, [nth, nth])[1] = nth
        for (_, depth), span in spans.items():
            # What is nested under the last of the group still belongs to it.
            if row.depth > depth and span[1] == nth - 1:
                span[1] = nth
    drawn = ""
    for (_, depth), (top_row, bottom_row) in sorted(spans.items()):
        if top_row == bottom_row:
            continue
        x = 2 + _indent(depth + deeper) - 5
        top, bottom = first + top_row * _ROW + 6, first + (bottom_row + 1) * _ROW - 6
        drawn += pen.draw(
            "path", "d-bracket", d=f"M{number(x + 4)} {number(top)}H{number(x)}V{number(bottom)}H{number(x + 4)}"
        )
    return drawn


def _limit(pen: Pen, waterfall: Waterfall) -> str:
    """A line above the first call that is over the limit."""
    over = next((nth for nth, row in enumerate(waterfall.rows) if row.over), None)
    if over is None:
        return ""
    y = number(_HEAD + (over + (1 if waterfall.entry else 0)) * _ROW)
    return pen.draw("path", "d-limit", d=f"M0 {y}H{number(_CHART - 12)}")


def _total(pen: Pen, waterfall: Waterfall, *, top: float, scale: float) -> str:
    drawn = pen.draw("path", "d-axis", d=f"M0 {number(top)}H{number(_WIDTH)}")
    middle = top + 18
    over = waterfall.budget_ms is not None and waterfall.total_ms > waterfall.budget_ms
    look = "d-over-word" if over else ""
    drawn += pen.write("Total, an estimate", "d-heading", x=2.0, y=middle + 4)
    words = ("" if waterfall.complete else "≥ ") + ms(waterfall.total_ms)
    if not waterfall.complete and not waterfall.total_ms:
        words = "?"
    drawn += pen.write(words, "d-figure", "d-end", look, x=_LABELS + 2 * _FIGURES + 4, y=middle + 4)
    right = _CHART + max(14.0, min(waterfall.total_ms * scale, _TIME))
    ends = "" if waterfall.complete else f"M{number(right - 5)} {number(middle - 4)}L{number(right)} {number(middle)}"
    if not waterfall.complete:
        ends += f"L{number(right - 5)} {number(middle + 4)}"
    else:
        ends = f"M{number(right)} {number(middle - 5)}V{number(middle + 5)}"
    path = (
        f"M{number(_CHART)} {number(middle - 5)}V{number(middle + 5)}M{number(_CHART)} {number(middle)}H{number(right)}"
    )
    drawn += pen.draw("path", "d-total", "d-over-total" if over else "", d=path + ends)
    return drawn


def total_words(waterfall: Waterfall) -> str:
    """Give the total with what is missing in it; where nothing is known, that is what it says."""
    if waterfall.complete:
        return ms(waterfall.total_ms)
    return f"at least {ms(waterfall.total_ms)}" if waterfall.total_ms else "unknown"


def _description(waterfall: Waterfall) -> str:
    counted = sum(row.number is not None for row in waterfall.rows)
    unknown = sum(row.own_ms is None for row in waterfall.rows)
    words = f"{len(waterfall.rows)} steps, {counted} sequential synchronous calls, "
    words += f"{total_words(waterfall)}, {verdict_of(waterfall)}"
    return words + (f", {unknown} of unknown latency." if unknown else ".")
