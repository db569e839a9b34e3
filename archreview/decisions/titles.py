"""Titles of decisions: one line, no longer than a decision's title may be."""

from archreview.decisions.models import TITLE_LENGTH
from archreview.decisions.prose import plain


def shortened(title: str) -> str:
    """The title on one line, cut where it is too long."""
    title = plain(title)
    return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
