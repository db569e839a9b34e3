"""
Markdown to HTML, and the only HTML that a person's text may become.

Two walls: raw HTML is text to the parser, and whatever comes out passes an allow-list. The parser is quadratic on
some texts, so it runs in the child process; the allow-list alone is linear and runs anywhere.
"""

import re
from xml.etree.ElementTree import Element

import nh3

TAGS = frozenset(
    {"p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "code": {"class"}}
SCHEMES = frozenset({"http", "https", "mailto"})
LANGUAGE = re.compile(r"language-[a-z0-9+#-]{1,30}")
ALIGNMENTS = frozenset({"left", "center", "right"})


def only_safe(html: str) -> str:
    """The HTML without anything that is not in the allow-list."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_checked,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )


def _checked(tag: str, name: str, value: str) -> str | None:
    """Keep no class but the language of a block of code, so that no text can dress up as a part of the page."""
    if name == "class":
        found = LANGUAGE.fullmatch(value)
        return found.group() if found else None
    if name == "align":
        return value if value in ALIGNMENTS else None
    return value


def to_html(text: str) -> str:
    """The Markdown as safe HTML. Can take very long for some texts: only for the child process."""
    # Here and not above: a page that shows stored HTML needs the allow-list and not the parser.
    from markdown import Markdown
    from markdown.extensions.fenced_code import FencedCodeExtension
    from markdown.extensions.sane_lists import SaneListExtension
    from markdown.extensions.tables import TableExtension
    from markdown.inlinepatterns import InlineProcessor
    from markdown.treeprocessors import Treeprocessor

    class Checklists(Treeprocessor):
        """Show `[ ]` and `[x]` at the beginning of an item as a box."""

        def run(self, root: Element) -> None:
            for item in root.iter("li"):
                first = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
                for mark, box in (("[ ] ", "□ "), ("[x] ", "✓ "), ("[X] ", "✓ ")):
                    if first.text and first.text.lstrip().startswith(mark):
                        first.text = box + first.text.lstrip()[len(mark) :]

    class Comments(InlineProcessor):
        """Show nothing of a comment: templates of decision records explain themselves in comments."""

        def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
            return "", m.start(0), m.end(0)

    parser = Markdown(
        extensions=[FencedCodeExtension(), SaneListExtension(), TableExtension(use_align_attribute=True)],
        output_format="html",
    )
    # Raw HTML is text but for comments, and a picture is its link: nothing is loaded from elsewhere.
    parser.preprocessors.deregister("html_block")
    for name in ("html", "image_link", "image_reference", "short_image_ref"):
        parser.inlinePatterns.deregister(name)
    # After code and escapes, so that a comment in code is shown. Bounded: one without an end costs no more than this.
    parser.inlinePatterns.register(Comments(r"<!--(?s:.{0,1000}?)-->", parser), "comments", 175)
    parser.treeprocessors.register(Checklists(parser), "checklists", 5)
    return only_safe(parser.convert(text.replace("\x00", ""))).replace("<p></p>\n", "")
