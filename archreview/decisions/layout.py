"""The last touches to a text that is laid out: what Markdown has no words for."""

import re

from archreview.rendering import only_safe

BEFORE_A_UNIT = re.compile(r"(?<=\d) (?=(?:ms|%)(?![A-Za-z]))")
NO_BREAK = "\u00a0"
BOX = re.compile(r"<li>(?=\s*(?:<p>)?[□✓] )")


CELL = re.compile(r"<t[dh](?: align=\"[a-z]+\")?>.*?</t[dh]>", re.DOTALL)
TEXT = re.compile(r">[^<]+")
LONG_WORD = re.compile(r"[^\s<>&;]{25}(?=[^\s<>&;])")
MAY_BREAK = "\u200b"


def for_paper(html: str) -> str:
    """The finished HTML with places to break in the long words of tables: nobody scrolls paper sideways."""
    return CELL.sub(lambda cell: TEXT.sub(_with_breaks, cell.group()), finished(html))


def _with_breaks(text: re.Match[str]) -> str:
    return LONG_WORD.sub(lambda word: word.group() + MAY_BREAK, text.group())


def finished(html: str) -> str:
    """
    Stored HTML as a page shows it: cleaned again, a number and its unit on one line, items of a checklist marked.

    The marking comes after the cleaning, so that no text can mark anything itself.
    """
    return BOX.sub('<li class="task">', BEFORE_A_UNIT.sub(NO_BREAK, only_safe(html)))
