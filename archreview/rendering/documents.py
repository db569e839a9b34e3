"""HTML to PDF, inside the child process. Nothing is fetched, whatever the HTML asks for."""

import gc
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

LAID_OUT = re.compile(r"Creating layout - Page (\d+)$")


class NothingIsFetched(URLFetcher):  # type: ignore[misc]  # weasyprint comes without types
    """
    Refuses every address: http, file, data, all, but the names of the pictures that came with the document.

    Those are our own drawings, held in memory; fonts come from the font settings. Overriding `fetch` covers `open` and
    the call as well, both of which go through it; redirects cannot begin.
    """

    def __init__(self, pictures: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._pictures = pictures or {}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        picture = self._pictures.get(url)
        if picture is None:
            raise ValueError("nothing is fetched for a document")
        return URLFetcherResponse(url, picture.encode(), {"Content-Type": "image/svg+xml"})


class PageCounter(logging.Handler):
    """Tells how many pages are laid out; the maker says so nowhere but in its log."""

    def __init__(self, laid_out: Callable[[int], None]) -> None:
        super().__init__()
        self._laid_out = laid_out

    def emit(self, record: logging.LogRecord) -> None:
        found = LAID_OUT.search(record.getMessage())
        if found:
            self._laid_out(int(found[1]))


def to_pdf(
    html: str,
    *,
    variant: str,
    pictures: Mapping[str, str] | None = None,
    laid_out: Callable[[int], None] | None = None,
) -> bytes:
    """
    The document as PDF with bookmarks, tags and embedded fonts; the same bytes for the same HTML.

    `pictures` are SVG texts by the address under which the HTML shows them; `laid_out` is told each page's number.
    """
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    if laid_out is not None:
        progress = logging.getLogger("weasyprint.progress")
        progress.setLevel(logging.INFO)
        progress.propagate = False
        progress.addHandler(PageCounter(laid_out))
    # Boxes refer to each other and live until the end: looking for garbage among them takes a third of the time.
    gc.disable()
    try:
        fetcher = NothingIsFetched(pictures)
        document = HTML(string=html, url_fetcher=fetcher, base_url="about:blank")
        return bytes(document.write_pdf(pdf_variant=variant or None, pdf_tags=True))
    finally:
        gc.enable()
