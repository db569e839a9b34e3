"""Words and numbers as a decision writes them; names are made harmless as `interchange.markdown` does it."""

import math
from collections.abc import Iterable, Sequence

from archreview.interchange.markdown import escaped as escaped
from archreview.interchange.markdown import plain as plain

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


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


def all_of(count: int) -> str:
    """`both`, `all three`; for more than one."""
    return "both" if count == 2 else f"all {in_words(count)}"


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


def first_few(parts: Sequence[str], *, most: int = 5, last: str = "and") -> str:
    """The first of many, and how many more there are; never just one, which takes no more room than its name."""
    if len(parts) <= most + 1:
        return listed(parts, last=last)
    return f"{', '.join(parts[:most])} {last} {len(parts) - most:,} more"


def upper_first(text: str) -> str:
    """The sentence with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The sentence as it goes on after a colon."""
    return text[:1].lower() + text[1:]


def bullets(items: Iterable[str]) -> str:
    """A Markdown list with asterisks, as MADR has it."""
    return "\n".join(f"* {item}" for item in items)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """A Markdown table; the columns in `right` hold numbers. The cells are Markdown already."""
    rule = ["---:" if column in right else "---" for column in range(len(header))]
    lines = [header, rule, *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
