"""Decision logs made up by hypothesis: titles, people, texts and links as nasty as people and programs write them."""

from datetime import date

from hypothesis import strategies as st

from archreview.interchange.decisions.writing import normal
from archreview.interchange.decisions.written import (
    STATUSES,
    SUPERSEDED,
    Link,
    WrittenDecision,
    canonical_name,
    safe_slug,
)

HOSTILE = [
    "# 7. A title",
    "---",
    "status: rejected",
    "* Status: rejected",
    "- Status: superseded by [x](0001-x.md)",
    "Date: 1999-01-01",
    "## Status",
    "Accepted",
    "Supersedes [0001 x](0001-x.md).",
    "Superseded by [0002 x](0002-x.md).",
    "Supercedes [1. x](0001-x.md)",
    "<!-- The text begins here. -->",
    "<!-- a comment",
    "-->",
    "```",
    "~~~",
    "    code",
    "## Context",
    "# Another title",
    "Title\n=====",
    "[a](0001-x.md) `[b](0001-x.md)` [c](./0002.md#part)",
    "[d]: 0002.md",
    "ADR-0001: x",
    "12. x",
    "a\r\nb\rc",
    "\ufeff",
    "\x00\x07\x0b\x0c\u2028\u200b",
    "<script>alert(1)</script> & &amp; &lt;",
    "| a | b |",
    "=HYPERLINK()",
    "\\",
    "x #",
    "##",
    "日本語 OrderPlaced",
]
lines = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
bodies = st.lists(lines, max_size=8).flatmap(
    lambda parts: st.sampled_from(["\n", "\n\n", "\r\n"]).map(lambda end: end.join(parts))
)
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
titles = words.filter(lambda text: normal(WrittenDecision("", title=text, body="")).title != "")
slugs = st.one_of(st.just(""), st.just("x"), st.text(max_size=20).map(safe_slug))
# A file named 2020-01-02-x.md is one of that day, not the decision 2020; before 1900 nobody recorded any.
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
MOST_NUMBER = 1_899


@st.composite
def logs(draw) -> list[WrittenDecision]:
    """Up to five decisions, by their numbers; those that are superseded name one that comes later."""
    numbers = sorted(draw(st.sets(st.integers(min_value=0, max_value=MOST_NUMBER), min_size=1, max_size=5)))
    slug_of = {number: draw(slugs) for number in numbers}
    names = {number: canonical_name(number, slug_of[number]) for number in numbers}
    successors: dict[int, int] = {}
    for at, number in enumerate(numbers[:-1]):
        if draw(st.booleans()):
            successors[number] = draw(st.sampled_from(numbers[at + 1 :]))
    made = []
    for number in numbers:
        after = successors.get(number)
        supersedes = [old for old in numbers if successors.get(old) == number]
        made.append(
            WrittenDecision(
                file=names[number],
                title=draw(titles),
                body=draw(bodies),
                number=number,
                slug=slug_of[number],
                status=SUPERSEDED if after is not None else draw(st.sampled_from(STATUSES[:-1])),
                day=draw(days),
                decision_makers=draw(words),
                consulted=draw(words),
                informed=draw(words),
                tags=draw(words),
                superseded_by=None if after is None else Link("Superseded by", "", file=names[after], number=after),
                supersedes=tuple(Link("Supersedes", "", file=names[old], number=old) for old in supersedes),
            )
        )
    return made
