"""Two texts side by side: which lines went, which came, and within a line that changed which words."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_LINES = 3_000
AROUND = 2


# Comparing the words of two lines takes the product of their lengths.
MOST_WORDS = 400
ALIKE = 0.4
WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Line(NamedTuple):
    """
    A line: `sign` is "+" where it came, "-" where it went, "" where it stayed, "…" in place of lines left out.

    Of a line that changed, `parts` are its pieces in their order, each with whether it is what changed.
    """

    sign: str
    text: str
    parts: tuple[tuple[bool, str], ...] = ()


def differences(old: str, new: str) -> list[Line]:
    """
    The lines of both texts that differ, with two lines around each; empty where the texts are the same.

    Beyond some thousand lines the comparison would take long: then the old text went and the new one came.
    """
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return []
    if len(before) + len(after) > MOST_LINES:
        return [*(Line("-", line) for line in before), *(Line("+", line) for line in after)]
    lines: list[Line] = []
    for group in SequenceMatcher(a=before, b=after, autojunk=False).get_grouped_opcodes(AROUND):
        if lines or group[0][1] > 0:
            lines.append(Line("…", ""))
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                lines += (Line("", line) for line in before[old_from:old_to])
            else:
                lines += _changed(before[old_from:old_to], after[new_from:new_to])
    return lines


def _changed(went: list[str], came: list[str]) -> list[Line]:
    """Lines that took the place of others: in pairs where there are as many, so that the words can be compared."""
    if len(went) != len(came):
        return [*(Line("-", line) for line in went), *(Line("+", line) for line in came)]
    pairs = [_words(old, new) for old, new in zip(went, came, strict=True)]
    return [*(old for old, _ in pairs), *(new for _, new in pairs)]


def _words(old: str, new: str) -> tuple[Line, Line]:
    before, after = WORDS.findall(old), WORDS.findall(new)
    if len(before) > MOST_WORDS or len(after) > MOST_WORDS:
        return Line("-", old), Line("+", new)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    # Two lines that have little in common are two lines, not one that changed.
    if matcher.ratio() < ALIKE:
        return Line("-", old), Line("+", new)
    went, came = [], []
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        differs = kind != "equal"
        if old_to > old_from:
            went.append((differs, "".join(before[old_from:old_to])))
        if new_to > new_from:
            came.append((differs, "".join(after[new_from:new_to])))
    return Line("-", old, tuple(went)), Line("+", new, tuple(came))
