"""The last touches to a text that is laid out: what Markdown has no words for."""

import re

from archreview.rendering import only_safe

BEFORE_A_UNIT = re.compile(r"(?<=\d) (?=(?:ms|%)(?![A-Za-z]))")
NO_BREAK = "\u00a0"
BOX = re.compile(r"<li>(?=\s*(?:<p>)?[□✓] )")


def finished(html: str) -> str:
    """
    Stored HTML as a page shows it: cleaned again, a number and its unit on one line, items of a checklist marked.

    The marking comes after the cleaning, so that no text can mark anything itself.
    """
    return BOX.sub('<li class="task">', BEFORE_A_UNIT.sub(NO_BREAK, only_safe(html)))
