"""HTML to PDF, inside the child process. Nothing is fetched, whatever the HTML asks for."""

import logging
from typing import Any, NoReturn

from weasyprint import HTML
from weasyprint.urls import URLFetcher


class NothingIsFetched(URLFetcher):  # type: ignore[misc]  # weasyprint comes without types
    """
    Refuses every address: http, file, data, all.

    Pictures are SVG inside the HTML and fonts come from the font settings, so a document needs nothing. Overriding
    `fetch` covers `open` and the call as well, both of which go through it; redirects cannot begin.
    """

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        raise ValueError("nothing is fetched for a document")


def to_pdf(html: str, *, variant: str) -> bytes:
    """The document as PDF with bookmarks, tags and embedded fonts; the same bytes for the same HTML."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    fetcher = NothingIsFetched()
    document = HTML(string=html, url_fetcher=fetcher, base_url="about:blank")
    return bytes(document.write_pdf(pdf_variant=variant or None, pdf_tags=True))
