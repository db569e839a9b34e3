"""Writing SVG: escaped text, short numbers, and looks by class name or, standalone, by presentation attributes."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from archreview.drawing.palette import FONT, look_of
from archreview.drawing.values import Data

_DATA_NAME = re.compile(r"[a-z][a-z0-9:.-]*\Z")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_ALLOWED_SCHEMES = ("http:", "https:")
# Marks that turn the direction of text around would let one name rearrange the words beside it.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """The text without what XML forbids, control characters and direction marks; white space becomes single blanks."""
    kept = (" " if char.isspace() else char for char in text if char.isspace() or _is_printable(char))
    return " ".join("".join(kept).split())


def _is_printable(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co") and char not in _DIRECTION_MARKS


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def points(corners: Iterable[tuple[float, float]]) -> str:
    """Corners as the `points` of a polygon."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in corners)


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes elements, with classes for a page's style sheet or, standalone, with the looks filled in."""

    standalone: bool = False
    font: str = FONT

    def draw(self, tag: str, *classes: str, inside: str = "", **attributes: str | float) -> str:
        """Give one element; names of attributes are written with `_` for `-`, `inside` is XML already."""
        return self._element(tag, self._looks(classes) + _attributes(attributes), inside)

    def write(self, words: str, *classes: str, **attributes: str | float) -> str:
        """Give a text element."""
        return self.draw("text", *classes, inside=escape(clean(words)), **attributes)

    def title(self, words: str) -> str:
        """Give the text that a pointer or a screen reader finds on what it stands in; nothing for no words."""
        return f"<title>{escape(clean(words))}</title>" if words else ""

    def linked(self, inside: str, *, title: str, href: str, data: Data = (), classes: tuple[str, ...] = ()) -> str:
        """Give the group as a link where there is somewhere to go; standalone drawings have no links."""
        inside = self.title(title) + inside
        if self.standalone or not (href or data):
            return self.draw("g", *classes, inside=inside)
        attributes = f" href={quoteattr(_safe(href))}" if href else ' tabindex="0" role="button"'
        attributes += f" aria-label={quoteattr(clean(title))}"
        for name, value in data:
            if not _DATA_NAME.match(name):
                raise ValueError(f"not the name of a data attribute: {name!r}")
            attributes += f" data-{name}={quoteattr(clean(value))}"
        return self._element("a", self._looks(("d-link", *classes)) + attributes, inside)

    def picture(self, inside: str, *, width: float, height: float, title: str, description: str, links: bool) -> str:
        """
        Give the whole drawing.

        A picture with links inside is a group to a screen reader, for an image would hide them.
        """
        role = "img" if self.standalone or not links else "group"
        attributes: dict[str, str | float] = {
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": width,
            "height": height,
            "role": role,
        }
        label = f" aria-label={quoteattr(clean(title))}"
        start = ' xmlns="http://www.w3.org/2000/svg"' + _attributes(attributes) + label
        if self.standalone:
            start += f" font-family={quoteattr(self.font)}"
        else:
            start += ' class="drawing"'
        desc = f"<desc>{escape(clean(description))}</desc>" if description else ""
        return f"<svg{start}>{self.title(title)}{desc}{inside}</svg>"

    def _looks(self, classes: tuple[str, ...]) -> str:
        names = [name for name in classes if name]
        if not names:
            return ""
        if self.standalone:
            return _attributes(look_of(names))
        return f' class="{" ".join(names)}"'

    def _element(self, tag: str, attributes: str, inside: str) -> str:
        return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _attributes(attributes: dict[str, str | float]) -> str:
    return "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(value if isinstance(value, str) else number(value))}"
        for name, value in attributes.items()
    )


def _safe(href: str) -> str:
    # Browsers drop white space in addresses, and a scheme could hide behind it.
    spaced = href != clean(href).replace(" ", "")
    if spaced or (_SCHEME.match(href) and not href.lower().startswith(_ALLOWED_SCHEMES)):
        raise ValueError(f"a drawing links to pages only, not to {href[:40]!r}")
    return href
