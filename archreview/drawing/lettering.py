"""
How wide words are, and how to make them fit.

Nobody knows the reader's font here, so words are measured with the advance widths of DejaVu Sans, the widest of the
usual system fonts: what fits by this measure fits in the others too.
"""

import unicodedata
from functools import lru_cache

from archreview.drawing.svg import clean

ELLIPSIS = "…"

# Advance widths of DejaVu Sans in thousandths of the font size, from the blank to the tilde.
_WIDTHS = (
    "318 401 460 838 637 951 780 275 391 391 500 838 318 361 318 337 637 637 637 637 637 637 637 637 637 637 337 "
    "337 838 838 838 531 1000 685 687 699 771 632 576 775 752 295 295 656 558 863 749 788 604 788 695 635 611 732 "
    "685 989 686 611 686 391 337 391 838 500 500 613 635 550 635 616 353 635 634 278 278 580 278 975 634 612 635 "
    "635 412 521 393 634 592 818 592 592 525 637 337 637 838"
)
_ADVANCE = {chr(32 + place): int(width) / 1000 for place, width in enumerate(_WIDTHS.split())}
_BOLD = 1.12


@lru_cache(maxsize=4096)
def width_of(words: str, *, size: float, bold: bool = False) -> float:
    """How wide the words are in pixels at this font size, rather too wide than too narrow."""
    return sum(_advance(char) for char in words) * size * (_BOLD if bold else 1)


def _advance(char: str) -> float:
    known = _ADVANCE.get(char)
    if known is not None:
        return known
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.1
    return 1.0 if ord(char) > 0x2000 else 0.8


def shorten(words: str, *, width: float, size: float, bold: bool = False) -> str:
    """The words, cut at the end with an ellipsis where they are wider than `width` pixels."""
    words = clean(words)
    if width_of(words, size=size, bold=bold) <= width:
        return words
    room = width - width_of(ELLIPSIS, size=size, bold=bold)
    kept, used = 0, 0.0
    for char in words:
        used += _advance(char) * size * (_BOLD if bold else 1)
        if used > room:
            break
        kept += 1
    return words[:kept].rstrip(" -_.,") + ELLIPSIS


def in_halves(words: str, *, size: float, bold: bool = False) -> tuple[str, ...]:
    """The words on two lines as even as blanks, hyphens, dots and the like allow; on one where nothing does."""
    words = clean(words)
    places = [place for place in range(1, len(words)) if words[place - 1] in " -_./:"]
    if not places:
        return (words,)

    def widest(place: int) -> float:
        return max(width_of(part.strip(), size=size, bold=bold) for part in (words[:place], words[place:]))

    best = min(places, key=widest)
    return words[:best].strip(), words[best:].strip()


def wrap(words: str, *, width: float, size: float, lines: int, bold: bool = False) -> tuple[str, ...]:
    """The words on at most so many lines; a word too long for a line, and what is left over, is shortened."""
    rows: list[str] = []
    rest = clean(words).split(" ")
    while rest and len(rows) < lines - 1:
        row = rest.pop(0)
        while rest and width_of(f"{row} {rest[0]}", size=size, bold=bold) <= width:
            row = f"{row} {rest.pop(0)}"
        rows.append(shorten(row, width=width, size=size, bold=bold))
    if rest:
        rows.append(shorten(" ".join(rest), width=width, size=size, bold=bold))
    return tuple(row for row in rows if row)
