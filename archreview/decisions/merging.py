"""Three texts into one: what was generated, what people made of it, and what would be generated today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archreview.decisions.sections import SECTIONS, Content

# Beyond so many lines in one section the comparison would take long, and people choose for themselves.
MOST_LINES = 1_500


@dataclass(frozen=True, slots=True)
class MergedSection:
    """
    One section of three texts. `text` is both changes together; None where they contradict and somebody must choose.
    """

    section: str
    mine: str
    theirs: str
    text: str | None

    @property
    def heading(self) -> str:
        return SECTIONS[self.section]

    @property
    def is_contradictory(self) -> bool:
        return self.text is None


def merged_sections(base: Content, mine: Content, theirs: Content) -> list[MergedSection]:
    """Each section that one of the three has: `mine` is what people wrote, `theirs` what is generated today."""
    found = []
    for section in SECTIONS:
        texts = [content.get(section, "") for content in (base, mine, theirs)]
        if any(texts):
            found.append(MergedSection(section, texts[1], texts[2], merged(*texts)))
    return found


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Both changes in one text; None where they change the same lines differently."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    lines = [text.split("\n") for text in (base, mine, theirs)]
    if sum(map(len, lines)) > MOST_LINES:
        return None
    found = _merged_lines(*lines)
    return "\n".join(found) if found is not None else None


def _merged_lines(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    in_mine, in_theirs = _places(base, mine), _places(base, theirs)
    anchors = [line for line in range(len(base)) if line in in_mine and line in in_theirs and base[line].strip()]
    found: list[str] = []
    start = (0, 0, 0)
    for line in (*anchors, None):
        end = (len(base), len(mine), len(theirs)) if line is None else (line, in_mine[line], in_theirs[line])
        before, ours, others = (text[a:b] for text, a, b in zip((base, mine, theirs), start, end, strict=True))
        if ours == before:
            found += others
        elif others in (before, ours):
            found += ours
        else:
            return None
        if line is not None:
            found.append(base[line])
            start = (end[0] + 1, end[1] + 1, end[2] + 1)
    return found


def _places(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Where each line of the first text that stayed stands in the second."""
    blocks = SequenceMatcher(a=base, b=other, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}
