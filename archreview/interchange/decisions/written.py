"""A decision as a file holds it, and a log of them. Plain values: reading makes them, writing takes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from archreview.interchange.problems import Problem

PROPOSED, ACCEPTED, REJECTED, DEPRECATED, SUPERSEDED = STATUSES = (
    "proposed",
    "accepted",
    "rejected",
    "deprecated",
    "superseded",
)

TITLE_MOST = 200
PEOPLE_MOST = 1_000
BODY_MOST = 50_000
SLUG_MOST = 80
NUMBER_MOST = 999_999

UNSAFE = re.compile(r"[^a-z0-9_]+")
# What may not stand in a text file; see documents.py, which refuses it.
UNREADABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Link:
    """
    One decision names another: `Supersedes [3. Use REST](0003-use-rest.md)`.

    `file` is the path of the other file, or empty where only a number is given; `found` says whether it is in the log.
    """

    words: str
    text: str
    file: str = ""
    number: int | None = None
    line: int = 1
    found: bool = False

    def __str__(self) -> str:
        """Give the link as it was written."""
        return f"{self.words} [{self.text}]({self.file})" if self.file else f"{self.words} {self.text}"


@dataclass(frozen=True, slots=True)
class WrittenDecision:
    """
    A decision record. `body` is Markdown below the title, without what the other fields hold.

    `number` is None where neither file name nor title has one, `day` where no date is stated; `says_status` is false
    where the file states none. `more` are sentences that no field holds and that the body shall not lose. `line` is
    that of the title, `body_line` the first one of the body.
    """

    file: str
    title: str
    body: str
    number: int | None = None
    slug: str = ""
    status: str = ACCEPTED
    says_status: bool = True
    day: date | None = None
    decision_makers: str = ""
    consulted: str = ""
    informed: str = ""
    tags: str = ""
    superseded_by: Link | None = None
    supersedes: tuple[Link, ...] = ()
    more: tuple[str, ...] = ()
    line: int = 1
    body_line: int = 1


@dataclass(frozen=True, slots=True)
class Log:
    """
    The decisions of some files, by their paths.

    `faults` is what is wrong in the log though it can be read (a link that leads nowhere, a number twice), `remarks`
    what was assumed or left out, `passed_over` the files that are no records.
    """

    decisions: tuple[WrittenDecision, ...]
    faults: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    passed_over: tuple[str, ...] = ()


def canonical_name(number: int, slug: str) -> str:
    """`0007-publish-order-placed-on-kafka.md`"""
    return f"{number:04d}-{slug}.md" if slug else f"{number:04d}.md"


def safe_slug(text: str) -> str:
    """A part of a file name that every system takes: lower case letters, digits, dashes, underscores."""
    return UNSAFE.sub("-", text.lower())[:SLUG_MOST].strip("-_")


def tidy(body: str) -> str:
    """The text as files hold it: Unix line ends, nothing unreadable, no blank lines around it."""
    body = UNREADABLE.sub("", body.replace("\r\n", "\n").replace("\r", "\n"))
    return BLANK_LINES.sub("", body).rstrip()


def with_more(body: str, sentences: tuple[str, ...]) -> str:
    """The text with the sentences as a list under "More Information", which is its last part."""
    if not sentences:
        return body
    items = "\n".join(f"* {sentence}" for sentence in sentences)
    headings = re.findall(r"^## +(\S.*)$", body, flags=re.MULTILINE)
    heading = "" if headings and headings[-1].strip() == "More Information" else "## More Information\n\n"
    return f"{body}\n\n{heading}{items}".lstrip("\n")
