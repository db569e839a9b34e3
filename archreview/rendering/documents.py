"""HTML to PDF, inside the child process. Nothing is fetched, whatever the HTML asks for."""

import gc
import logging
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

NOTES = re.compile(r"^::(?:footnote|note)-[a-z]+ \{.*\}$", re.MULTILINE)
MARKERS = re.compile(r"^::marker \{", re.MULTILINE)
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


class LeanDocument(HTML):  # type: ignore[misc]  # weasyprint comes without types
    """
    HTML without WeasyPrint's own rules for footnotes and notes, which our documents do not have.

    Those rules match every element, and each match is a style of its own that lives to the end: six for each element,
    a quarter of all memory. Should a release of WeasyPrint no longer ask this method, documents only take more of it.
    """

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [lean_stylesheet()]


@cache
def lean_stylesheet() -> CSS:
    """WeasyPrint's own style sheet for HTML, with rules for the marks of list items alone."""
    text = (files("weasyprint") / "css" / "html5_ua.css").read_text(encoding="utf-8")
    return CSS(string=MARKERS.sub("li::marker {", NOTES.sub("", text)))


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
        document = LeanDocument(string=html, url_fetcher=fetcher, base_url="about:blank")
        return bytes(document.write_pdf(pdf_variant=variant or None, pdf_tags=True))
    finally:
        gc.enable()
