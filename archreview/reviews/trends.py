"""The snapshots of a workspace as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format

from archreview.drawing import Table, Trend, draw_trend, trend_table
from archreview.reviews.models import Snapshot


@dataclass(frozen=True, slots=True)
class ShownTrend:
    """One line with its latest value and how that differs from the one before, both in words."""

    title: str
    svg: str
    latest: str
    change: str


def shown_trends(snapshots: Sequence[Snapshot]) -> tuple[list[ShownTrend], Table | None]:
    """Give the lines over the snapshots, oldest first, and their table; nothing where one alone makes no line."""
    if len(snapshots) < 2:
        return [], None
    trends = [
        _trend("Findings", snapshots, [sum(snapshot.numbers["findings"].values()) for snapshot in snapshots]),
        _trend("Flows over the limit or unknown", snapshots, [_not_within(snapshot) for snapshot in snapshots]),
        _trend("Open questions", snapshots, [snapshot.numbers["questions"] for snapshot in snapshots]),
        _trend("Mean score of the edges", snapshots, [snapshot.numbers["score"] for snapshot in snapshots]),
    ]
    return [_shown(trend) for trend in trends], trend_table(trends)


def _not_within(snapshot: Snapshot) -> int:
    return int(snapshot.numbers["flows_user_facing"]) - int(snapshot.numbers["flows_within_rule"])


def _trend(title: str, snapshots: Sequence[Snapshot], values: Sequence[float | None]) -> Trend:
    times = [date_format(snapshot.taken_at, "j M Y, H:i") for snapshot in snapshots]
    return Trend(title, tuple(zip(times, values, strict=True)))


def _shown(trend: Trend) -> ShownTrend:
    known = [value for _, value in trend.points if value is not None]
    latest = f"{known[-1]:,}" if known else "unknown"
    change = ""
    if len(known) > 1:
        by = round(known[-1] - known[-2], 1)
        change = f"{by:+,} since the snapshot before" if by else "as in the snapshot before"
    return ShownTrend(trend.title, draw_trend(trend), latest, change)
