"""How the making of a document is followed: page by page, on the bar of its job."""

from __future__ import annotations

from collections.abc import Callable

from archreview.jobs.kinds import Progress

# Of the progress in percent: what comes before the pages are laid out. Writing the file is the last part.
PREPARED = 20
LAID_OUT = 65


def following_pages(progress: Progress, *, expected: int) -> Callable[[int], None]:
    """Begin the laying out of about so many pages, and give what is to be told their number as it grows."""
    progress.step("Laying out the pages", PREPARED, 100)
    told = 0

    def follow(pages: int) -> None:
        nonlocal told
        # Some pages are laid out again once the numbers of all pages are known.
        if pages <= told:
            progress.alive()
            return
        told = pages
        share = min(1.0, pages / max(1, expected))
        progress.step(f"Page {pages:,} is laid out", PREPARED + round(LAID_OUT * share), 100)

    return follow
