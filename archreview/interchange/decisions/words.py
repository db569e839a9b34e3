"""What the header of a decision record says, in the words of MADR, adr-tools, log4brains and of people."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from archreview.interchange.decisions.written import (
    ACCEPTED,
    DEPRECATED,
    PROPOSED,
    REJECTED,
    SUPERSEDED,
    Link,
    safe_slug,
)
from archreview.interchange.markdown import path_from, plain, unescaped

# What else the tools and their users write for each status.
STATUS_WORDS = {
    "proposed": PROPOSED,
    "proposal": PROPOSED,
    "draft": PROPOSED,
    "pending": PROPOSED,
    "in progress": PROPOSED,
    "in review": PROPOSED,
    "under review": PROPOSED,
    "open": PROPOSED,
    "accepted": ACCEPTED,
    "approved": ACCEPTED,
    "adopted": ACCEPTED,
    "agreed": ACCEPTED,
    "decided": ACCEPTED,
    "done": ACCEPTED,
    "implemented": ACCEPTED,
    "rejected": REJECTED,
    "declined": REJECTED,
    "deprecated": DEPRECATED,
    "obsolete": DEPRECATED,
    "retired": DEPRECATED,
    "superseded": SUPERSEDED,
    "superceded": SUPERSEDED,
    "replaced": SUPERSEDED,
}
HEADER_KEYS = {
    "status": "status",
    "date": "date",
    "record": "record",
    "deciders": "decision_makers",
    "decider": "decision_makers",
    "decision-makers": "decision_makers",
    "decision-maker": "decision_makers",
    "decided-by": "decision_makers",
    "consulted": "consulted",
    "informed": "informed",
    "tags": "tags",
    "supersedes": "supersedes",
    "supercedes": "supersedes",
    "superseded-by": "superseded_by",
    "superceded-by": "superseded_by",
}
DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%Y%m%d")

FIRST_WORDS = re.compile(r"[\s*_`\"'“]*([A-Za-z]+(?:[ -][A-Za-z]+)?)")
SUPERSEDED_BY = re.compile(r"[\s*_`\"']*(?:superseded|superceded|replaced)[ -]by\b[\s:*_`]*", re.IGNORECASE)
SUPERSEDES = re.compile(r"[\s*_`\"']*(?:supersedes|supercedes|replaces)\b[\s:*_`]*", re.IGNORECASE)
MARKDOWN_LINK = re.compile(r"\[((?:\\.|[^\[\]\\\n]){0,999})\]\(<?([^()\s<>]{1,999})>?\)")
BARE_NUMBER = re.compile(r"(?:ADR[- ]?|#)?0*(\d{1,6})(?:\.md)?(?![\w-])", re.IGNORECASE)
BARE_FILE = re.compile(r"[\w./-]+")
NUMBER_AND_NAME = re.compile(r"(?:adr[-_ ]?)?(\d{1,6})(?:[-_. ]+(.*))?\Z", re.IGNORECASE | re.DOTALL)
# A number of four digits and a year look alike; nobody counted to 1900 before decisions were recorded.
DAY_AND_NAME = re.compile(r"((?:19|20|21)\d\d)-?(\d\d)-?(\d\d)(?:[-_. ]+(.*))?\Z", re.DOTALL)


class FileName(NamedTuple):
    """What the name of a file says: `0007-use-kafka.md`, `20201103-use-kafka.md`."""

    number: int | None
    day: date | None
    slug: str

    @property
    def is_a_record(self) -> bool:
        """Whether the name has the form that the tools give to records."""
        return self.number is not None or self.day is not None


def read_file_name(path: str) -> FileName:
    """Read the last part of a path."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    dated = DAY_AND_NAME.match(stem)
    if dated:
        day = _day(int(dated[1]), int(dated[2]), int(dated[3]))
        if day is not None:
            return FileName(None, day, safe_slug(dated[4] or ""))
    numbered = NUMBER_AND_NAME.match(stem)
    if numbered:
        return FileName(int(numbered[1]), None, safe_slug(numbered[2] or ""))
    return FileName(None, None, safe_slug(stem))


def file_order(path: str) -> tuple[str, float, str]:
    """The order of a log: by folder, number, and name without its ending, so that `a` comes before `a-2`."""
    folder, _, name = path.rpartition("/")
    number = read_file_name(path).number
    return folder, math.inf if number is None else number, name.rpartition(".")[0] or name


def read_status(text: str) -> str | None:
    """The status that the words mean, or None where they mean none that is known."""
    words = FIRST_WORDS.match(text)
    if not words:
        return None
    pair = words[1].lower().replace("-", " ")
    return STATUS_WORDS.get(pair) or STATUS_WORDS.get(pair.split()[0])


def is_a_status(text: str) -> bool:
    """Whether the words are a status and nothing more."""
    return plain(text).strip("*_`\"'. ").lower().replace("-", " ") in STATUS_WORDS


def read_day(text: str) -> date | None:
    """The day that the words name; None where they name none, or where day and month could be meant either way."""
    text = plain(text).strip("*_` ")
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    for form in DAY_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def read_links(text: str, *, words: str, file: str, line: int) -> tuple[Link, ...]:
    """The decisions that a line names, in its order: as links, else as file names, else as numbers."""
    return tuple(_links(text, words=words, file=file, line=line))


def _links(text: str, *, words: str, file: str, line: int) -> Iterator[Link]:
    linked = list(MARKDOWN_LINK.finditer(text))
    if linked:
        for found in linked:
            path = path_from(file, found[2])
            yield Link(words, unescaped(found[1]), file=path, number=read_file_name(path).number, line=line)
        return
    named = [name for name in BARE_FILE.findall(text) if name.endswith(".md")]
    if named:
        for name in named:
            path = path_from(file, name)
            yield Link(words, name, file=path, number=read_file_name(path).number, line=line)
        return
    for found in BARE_NUMBER.finditer(text):
        yield Link(words, found[0], number=int(found[1]), line=line)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
