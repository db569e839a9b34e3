"""
Texts for people: Markdown to safe HTML, and HTML to PDF.

Both happen in a child process with limits on memory, time and file size, one at a time, with nothing fetched. What
cannot be done within the limits raises `RenderingFailed`, whose text is a sentence for the person who asked.
Never render inside a transaction: it can take seconds.
"""

from archreview.rendering.bounded import Limits, RenderingFailed
from archreview.rendering.markup import only_safe
from archreview.rendering.texts import (
    MARKDOWN_LIMIT,
    html_to_pdf,
    long_html_to_pdf,
    markdown_to_html,
    markdowns_to_html,
)

__all__ = [
    "MARKDOWN_LIMIT",
    "Limits",
    "RenderingFailed",
    "html_to_pdf",
    "long_html_to_pdf",
    "markdown_to_html",
    "markdowns_to_html",
    "only_safe",
]
