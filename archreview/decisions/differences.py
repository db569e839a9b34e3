"""Two texts side by side: which lines went, which came."""

from difflib import SequenceMatcher
from typing import NamedTuple

MOST_LINES = 3_000
AROUND = 2


class Line(NamedTuple):
    """A line: `sign` is "+" where it came, "-" where it went, "" where it stayed, "…" in place of lines left out."""

    sign: str
    text: str


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
                lines += (Line("-", line) for line in before[old_from:old_to])
                lines += (Line("+", line) for line in after[new_from:new_to])
    return lines
