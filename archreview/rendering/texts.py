"""What the rest of the product asks for: a text as HTML, a document as PDF."""

import json
from collections.abc import Mapping, Sequence
from html import escape

from archreview.rendering.bounded import ROOT, Follow, Limits, Line, RenderingFailed, run

MARKDOWN_LIMIT = 50_000
HTML_LIMIT = 5_000_000
LONG_HTML_LIMIT = 20_000_000

MARKDOWN_LIMITS = Limits(memory=512 * 2**20, cpu_seconds=4, file_size=5 * 2**20, wall_seconds=8.0, wait_seconds=10.0)
PDF_LIMITS = Limits(memory=2**30, cpu_seconds=10, file_size=50 * 2**20, wall_seconds=40.0, wait_seconds=20.0)

LONG_LIMITS = Limits(memory=2**30, cpu_seconds=240, file_size=50 * 2**20, wall_seconds=600.0, wait_seconds=600.0)

# One of each at a time: a preview does not wait behind a PDF, no PDF behind a report, and no two add up their memory.
_markdown_line = Line()
_pdf_line = Line()
_long_line = Line()

PDF_VARIANT = "pdf/ua-1"


def markdown_to_html(text: str, *, limits: Limits = MARKDOWN_LIMITS) -> str:
    """The Markdown as safe HTML; raw HTML in it is shown as text. Raises RenderingFailed."""
    return markdowns_to_html((text,), limits=limits)[0]


def markdowns_to_html(texts: Sequence[str], *, limits: Limits = MARKDOWN_LIMITS) -> list[str]:
    """Several texts at the price of one child process, and under the limits of one. Raises RenderingFailed."""
    longest = max(map(len, texts), default=0)
    if longest > MARKDOWN_LIMIT:
        raise RenderingFailed(
            f"This text has {longest:,} characters; at most {MARKDOWN_LIMIT:,} can be laid out. Shorten or split it."
        )
    if not any(text.strip() for text in texts):
        return ["" for _ in texts]
    answer = run(
        {"what": "markdown", "texts": list(texts)},
        limits=limits,
        line=_markdown_line,
        busy="Another text is being laid out, and it takes long. Try again in a moment.",
        failed="This text takes too long to lay out: it repeats marks such as brackets too often. Simplify it.",
    )
    pages: list[str] = json.loads(answer)
    return pages


def html_to_pdf(
    *,
    title: str,
    body: str,
    css: tuple[str, ...] = (),
    subject: str = "",
    author: str = "",
    keywords: tuple[str, ...] = (),
    limits: Limits = PDF_LIMITS,
) -> bytes:
    """
    A PDF of the body, which is HTML made by our own templates.

    `title`, `subject`, `author` and `keywords` are plain texts for the file's properties; `css` comes after the style
    that all our PDFs share. Raises RenderingFailed.
    """
    html = _document(title=title, body=body, css=css, subject=subject, author=author, keywords=keywords)
    too_much = "This document is too large or too deeply nested for a PDF. The Markdown export holds the same text."
    if len(html) > HTML_LIMIT:
        raise RenderingFailed(too_much)
    return run(
        {"what": "pdf", "html": html, "variant": PDF_VARIANT, "pictures": {}},
        limits=limits,
        line=_pdf_line,
        busy="Another PDF is being made. Try again in a moment, or take the Markdown export.",
        failed=too_much,
    )


def long_html_to_pdf(
    *,
    title: str,
    body: str,
    pictures: Mapping[str, str],
    css: tuple[str, ...] = (),
    subject: str = "",
    author: str = "",
    keywords: tuple[str, ...] = (),
    limits: Limits = LONG_LIMITS,
    too_much: str = "This report is too large for one PDF. Leave parts out, or take one system.",
    follow: Follow | None = None,
) -> bytes:
    """
    A PDF of hundreds of pages, for a worker: never in a line with the short ones.

    `pictures` are SVG texts of our own by the address (`picture:7`) under which the body shows them as images, which
    takes a quarter of the time that SVG within the HTML takes. `too_much` is told where it goes over the limits.
    `follow` is called with the number of pages so far, and what it raises ends the making. Otherwise as `html_to_pdf`.
    """
    html = _document(title=title, body=body, css=css, subject=subject, author=author, keywords=keywords)
    if len(html) + sum(map(len, pictures.values())) > LONG_HTML_LIMIT:
        raise RenderingFailed(too_much)
    return run(
        {"what": "pdf", "html": html, "variant": PDF_VARIANT, "pictures": dict(pictures)},
        limits=limits,
        line=_long_line,
        busy="Other long documents are being made, and it takes long. Try again in a few minutes.",
        failed=too_much,
        follow=follow,
    )


def _document(
    *, title: str, body: str, css: tuple[str, ...], subject: str, author: str, keywords: tuple[str, ...]
) -> str:
    shared = (ROOT / "static" / "css" / "pdf.css").read_text(encoding="utf-8")
    properties = {"description": subject, "author": author, "keywords": ", ".join(keywords)}
    metas = "".join(f'<meta name="{name}" content="{escape(text)}">' for name, text in properties.items() if text)
    style = "\n".join((shared, *css))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{metas}'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )
