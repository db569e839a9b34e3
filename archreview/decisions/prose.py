"""Words and numbers as a decision writes them, and names made harmless for Markdown."""

import math
import re
from collections.abc import Iterable, Sequence

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
SPACES = re.compile(r"\s+")
MARKS = re.compile(r"([\\`*\[\]|])|(?<![A-Za-z0-9])(_)|(_)(?![A-Za-z0-9])")
BLOCK_START = re.compile(r"^(?:([#+-])|(\d{1,9})([.)]))")


def plain(text: str) -> str:
    """The text on one line, without what cannot be seen."""
    return SPACES.sub(" ", UNPRINTABLE.sub("", text)).strip()


def escaped(text: str) -> str:
    """
    Somebody's text as a part of a sentence, list item, heading or table cell of Markdown: it reads the same.

    Marks get a backslash, and the signs of HTML become entities, because other tools do read raw HTML.
    """
    text = plain(text)
    text = MARKS.sub(lambda found: f"\\{found.group()}", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("~", "&#126;")
    return BLOCK_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text)


def quoted(text: str) -> str:
    """Somebody's words in quotation marks."""
    return f"“{escaped(text).rstrip('.')}”"


def number(value: float, *, digits: int = 2) -> str:
    """1460.0 as 1,460, 0.25 as 0.25, 99.50 as 99.5; at most so many digits behind the point."""
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def milliseconds(value: float) -> str:
    """`1,460 ms`; for ever where it is endless."""
    return "for ever" if math.isinf(value) else f"{number(value, digits=1)} ms"


def percent(value: float) -> str:
    """`99.5 %`, with as many digits as tell it from 100."""
    digits = 2 if value < 99.9 or value == 100 else 4
    text = number(value, digits=digits)
    return f"{text} %"


def counted(count: int, singular: str, plural: str = "") -> str:
    """`one call`, `three calls`, `14 calls`."""
    noun = singular if count == 1 else plural or f"{singular}s"
    return f"{in_words(count) if count else 'no'} {noun}"


def in_words(count: int) -> str:
    """`two`, `14`."""
    return NUMBER_WORDS[count] if 0 < count < len(NUMBER_WORDS) else f"{count:,}"


def ordinal(count: int) -> str:
    """`third`, `14th`."""
    if 1 <= count <= len(ORDINALS):
        return ORDINALS[count - 1]
    ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count:,}{ending}"


def listed(parts: Iterable[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def clauses(parts: Iterable[str]) -> str:
    """Clauses in one sentence; semicolons part them where one holds a comma of its own."""
    items = list(parts)
    if len(items) < 2 or (len(items) == 2 and not any("," in item for item in items)):
        return listed(items)
    mark = ";" if any("," in item for item in items) else ","
    return f"{f'{mark} '.join(items[:-1])}{mark} and {items[-1]}"


def first_few(parts: Sequence[str], *, most: int = 5) -> str:
    """The first of many, and how many more there are."""
    if len(parts) <= most:
        return listed(parts)
    return f"{', '.join(parts[:most])} and {len(parts) - most:,} more"


def upper_first(text: str) -> str:
    """The sentence with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def bullets(items: Iterable[str]) -> str:
    """A Markdown list with asterisks, as MADR has it."""
    return "\n".join(f"* {item}" for item in items)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """A Markdown table; the columns in `right` hold numbers. The cells are Markdown already."""
    rule = ["---:" if column in right else "---" for column in range(len(header))]
    lines = [header, rule, *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
