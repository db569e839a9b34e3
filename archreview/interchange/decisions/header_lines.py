"""MADR 2, log4brains, and the date of adr-tools: the header is lines right below the title, often as a list."""

from __future__ import annotations

import re

from archreview.interchange.decisions.header import Header
from archreview.interchange.markdown import without_comments

# `* Status: accepted`, `- **Date**: 2020-01-02`, `Date: 2020-01-02`.
HEADER_LINE = re.compile(
    r" {0,3}(?:[*+-][ \t]+)?[*_]{0,2}([A-Za-z][A-Za-z -]{0,30}?)[*_]{0,2}[ \t]{0,3}:[*_]{0,2}(?:[ \t]+(.*)|)$"
)


def read_header_lines(lines: list[str], start: int, header: Header) -> int:
    """Read the header lines right below the title; give the line behind them, `start` if there are none."""
    end = start
    taken, left = 0, []
    for end in range(start, len(lines) + 1):
        line = lines[end] if end < len(lines) else ""
        found = HEADER_LINE.match(without_comments(line).rstrip())
        if not found:
            break
        if header.take(found[1], found[2] or "", end + 1, escaped=True):
            taken += 1
        else:
            left.append(line.strip())
    if not taken:
        return start
    for line in left:
        # `* Technical Story: …`, which MADR had until version 2: it stays, at the end.
        header.more.append(line.lstrip("*+- \t"))
    return end
