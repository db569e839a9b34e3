"""Which paragraphs of a draft are as generated, which did people change, and which did they write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from archreview.decisions.record_templates import headings_of

# Below this likeness a paragraph in the place of another is one that somebody wrote.
LIKE = 0.35
# Longer paragraphs are not compared word by word, which would take long.
LONGEST = 4_000


class Author(StrEnum):
    """Whose a paragraph is."""

    GENERATED = "generated"
    CHANGED = "changed"
    WRITTEN = "written"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a draft; `before` is the generated one in whose place it stands. A removed one has no text."""

    author: Author
    text: str
    before: str = ""


def authorship(generated: str, body: str) -> list[Paragraph]:
    """The paragraphs of the body in order, with those of the generated text that are gone where they stood."""
    old, new = paragraphs(generated), paragraphs(body)
    found: list[Paragraph] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += (Paragraph(Author.GENERATED, text, text) for text in new[new_from:new_to])
        else:
            found += _replaced(old[old_from:old_to], new[new_from:new_to])
    return found


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Paragraphs in the place of others: each is a change of the first like it that is left."""
    left = list(old)
    for text in new:
        like = next((place for place, before in enumerate(left) if _are_alike(before, text)), None)
        if like is None:
            yield Paragraph(Author.WRITTEN, text)
            continue
        yield from (Paragraph(Author.REMOVED, "", before) for before in left[:like])
        yield Paragraph(Author.CHANGED, text, left[like])
        left = left[like + 1 :]
    yield from (Paragraph(Author.REMOVED, "", before) for before in left)


def _are_alike(before: str, after: str) -> bool:
    if before.startswith("#") != after.startswith("#"):
        return False
    if max(len(before), len(after)) > LONGEST:
        return before[:200] == after[:200]
    match = SequenceMatcher(a=before.split(), b=after.split(), autojunk=False)
    return match.real_quick_ratio() >= LIKE and match.quick_ratio() >= LIKE and match.ratio() >= LIKE


def paragraphs(text: str) -> list[str]:
    """The text in pieces, parted where a line is empty; code stays in one piece."""
    found: list[list[str]] = [[]]
    inside = False
    for line, _ in headings_of(text):
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        if line.strip() or inside:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]
