"""
One decision record, read from Markdown in whichever form: MADR 2 to 4, adr-tools (Nygard), log4brains, or just a title.

A header is read where the form has it: front matter, a list below the title, lines such as `Date: 2026-11-02`, a
section "Status". What is read is taken out of the text; all else stays in it, letter by letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from archreview.interchange.decisions.words import (
    HEADER_KEYS,
    SUPERSEDED_BY,
    SUPERSEDES,
    FileName,
    is_a_status,
    read_day,
    read_file_name,
    read_links,
    read_status,
)
from archreview.interchange.decisions.written import (
    ACCEPTED,
    BODY_MOST,
    PEOPLE_MOST,
    PROPOSED,
    SUPERSEDED,
    TITLE_MOST,
    Link,
    WrittenDecision,
    safe_slug,
    tidy,
)
from archreview.interchange.documents import (
    Limits,
    ListNode,
    MappingNode,
    Node,
    Problem,
    Problems,
    RefusedNode,
    ScalarNode,
    decode_text,
    read_document,
    shown,
)
from archreview.interchange.markdown import from_title, lines_outside_code, plain, unescaped, without_comments

# Characters of UTF-8 take up to four bytes; the header comes on top.
MOST_BYTES = 4 * BODY_MOST + 20_000
MATTER_LIMITS = Limits(max_bytes=20_000, max_depth=6, max_nodes=500)
MATTER_LINES = 300
STATUS_WORDS_MOST = 80
# Longer ones are refused; so much is read to say how long it is.
TITLE_READ = 2_000
PEOPLE = ("decision_makers", "consulted", "informed", "tags")
LABELS = {
    "decision_makers": "the decision makers",
    "consulted": "those consulted",
    "informed": "those informed",
    "tags": "the tags",
}
# What static site generators want to know; nothing of it belongs to the decision.
OF_THE_SITE = frozenset({"parent", "nav_order", "layout", "has_children", "permalink", "grand_parent", "nav_exclude"})
# Stands where a text without a heading follows the section "Status", so that the two can be told apart again.
END_OF_STATUS = "<!-- The text begins here. -->"

NO_STATUS = "no status is stated"
NO_DATE = "no date is stated"

HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
UNDERLINE = re.compile(r" {0,3}=+[ \t]*$")
NUMBERED = re.compile(r"0*(\d{1,6})\.[ \t]+(?=\S)")
NUMBERED_OTHERWISE = re.compile(
    r"(?:ADR[- ]?0*(\d{1,6})(?:[ \t]*[:–—-]+|\.)?|0*(\d{1,6})[ \t]*[:–—-]+)[ \t]+(?=\S)", re.I
)
# `* Status: accepted`, `- **Date**: 2020-01-02`, `Date: 2020-01-02`.
HEADER_LINE = re.compile(
    r" {0,3}(?:[*+-][ \t]+)?[*_]{0,2}([A-Za-z][A-Za-z -]{0,30}?)[*_]{0,2}[ \t]{0,3}:[*_]{0,2}(?:[ \t]+(.*)|)$"
)
# `Amends [3. Title](0003-title.md)`
LINK_START = re.compile(r"(?:[*+-][ \t]+)?[A-Za-z][A-Za-z -]{0,40}?[ \t:]+\[")


@dataclass(slots=True)
class _Header:
    """What the header says so far, each with its line."""

    status: str = ""
    status_line: int = 0
    day: date | None = None
    name: FileName | None = None
    people: dict[str, str] = field(default_factory=dict)
    superseded_by: tuple[Link, ...] = ()
    supersedes: tuple[Link, ...] = ()
    more: list[str] = field(default_factory=list)


def read_decision(
    source: bytes | str, *, file: str, problems: Problems, remarks: list[Problem]
) -> WrittenDecision | None:
    """
    Read one record; None, with what is wrong in `problems`, where there is no decision to go on with.

    `remarks` is told what was assumed or left out. The file's name is taken for a path with slashes.
    """
    text = decode_text(source, file=file, problems=problems, limits=Limits(max_bytes=MOST_BYTES))
    if text is None:
        return None
    return _Reading(text, file=file, problems=problems, remarks=remarks).run()


def has_a_title(text: str) -> bool:
    """Whether the text can be read as a record at all."""
    return _title_of(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=0) is not None


class _Reading:
    """One record under way. Lines are counted from 0 here, and from 1 in what is told."""

    def __init__(self, text: str, *, file: str, problems: Problems, remarks: list[Problem]) -> None:
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._file = file
        self._problems = problems
        self._remarks = remarks
        self._header = _Header()
        self._matter_title = ""
        self._body_line = 1

    def run(self) -> WrittenDecision | None:
        start = self._front_matter()
        if start is None:
            return None
        found = _title_of(self._lines, start=start)
        if found is None and not self._matter_title:
            self._problems.add(
                self._file, 1, "", "the file has no title", "begin it with a line such as “# Use a queue for orders”"
            )
            return None
        if found is None:
            title_line, after, before = 0, start, []
            raw, title = "", plain(self._matter_title)
        else:
            title_line, raw, after = found
            before = self._lines[start:title_line]
            title = ""
        name = read_file_name(self._file)
        number = name.number
        if not title:
            raw, of_title = self._without_number(raw, name_has_number=name.is_a_record, number=number)
            number = of_title if number is None and name.day is None else number
            title = from_title(without_comments(raw[:TITLE_READ]))
        body = self._body(after)
        if any(line.strip() for line in before):
            # Badges and the like: they stay, below the title.
            body = tidy("\n".join([*before, body]))
        return self._made(title, title_line + 1, body, number=number, slug=name.slug, day=name.day)

    # --- Front matter ---

    def _front_matter(self) -> int | None:
        """Read the front matter, if there is any; give the line behind it, None where it cannot be read."""
        if self._lines[0].rstrip() != "---":
            return 0
        ends = (at for at, line in enumerate(self._lines) if at and line.rstrip() in ("---", "..."))
        end = next(ends, None)
        if end is None or end > MATTER_LINES:
            self._problems.add(
                self._file,
                1,
                "",
                "the front matter has no end"
                if end is None
                else f"the front matter has more than {MATTER_LINES} lines",
                "close it with a line of three dashes",
            )
            return None
        matter = self._lines[1:end]
        if not any(line.strip() and not line.lstrip().startswith("#") for line in matter):
            return end + 1
        before = len(self._problems)
        # The line in front keeps the count of the file.
        root = read_document(
            "\n".join(["", *matter, ""]), file=self._file, problems=self._problems, limits=MATTER_LIMITS
        )
        if root is None or len(self._problems) > before:
            return None
        if not isinstance(root, MappingNode):
            self._problems.at(root, "the front matter must be keys with values, such as “status: accepted”")
            return None
        left_out = []
        for key, node in root.entries.items():
            if key.lower() == "title":
                self._matter_title = self._words(node)
            elif not self._take(key, self._words(node), node.line, escaped=False) and key not in OF_THE_SITE:
                left_out.append(key)
        if left_out:
            self._remark(1, f"left out of the front matter: {', '.join(shown(key, quote='') for key in left_out)}")
        return end + 1

    def _words(self, node: Node) -> str:
        """A value of the front matter as a text; a list becomes words with commas."""
        if isinstance(node, ScalarNode):
            return "" if node.value is None else node.text
        if isinstance(node, ListNode):
            return ", ".join(filter(None, map(self._words, node.items)))
        if not isinstance(node, RefusedNode):
            self._problems.at(node, "must be a text or a list of texts")
        return ""

    # --- Title ---

    def _without_number(self, raw: str, *, name_has_number: bool, number: int | None) -> tuple[str, int | None]:
        """The title without the number that adr-tools writes in front of it, and that number."""
        found = NUMBERED.match(raw) or (None if self._header.status else NUMBERED_OTHERWISE.match(raw))
        if not found:
            return raw, None
        of_title = int(next(filter(None, found.groups()), "0"))
        if name_has_number and of_title != number:
            return raw, None
        return raw[found.end() :], of_title

    # --- What stands below the title ---

    def _body(self, start: int) -> str:
        lines = self._lines
        start = _skip_blank(lines, start)
        section = None
        if self._says_status:
            start = self._skip_matter_links(start)
        else:
            start = _skip_blank(lines, self._header_block(start))
            section = None if self._says_status else self._status_section(start)
        self._body_line = start + 1
        if section is None:
            return tidy("\n".join(lines[start:]))
        heading, end = section
        left = self._read_section(heading, end)
        if start == heading:
            self._body_line = _skip_blank(lines, end - len(left)) + 1
        return tidy("\n".join([*lines[start:heading], *left, *lines[end:]]))

    @property
    def _says_status(self) -> bool:
        return bool(self._header.status or self._header.superseded_by)

    def _skip_matter_links(self, start: int) -> int:
        """Pass over the sentences that say in the text what the front matter says: `Supersedes [0003 …](0003-….md).`"""
        expected = [("Supersedes", link) for link in self._header.supersedes]
        expected += [("Superseded by", link) for link in self._header.superseded_by[:1]]
        expected = [(words, link) for words, link in expected if link.file]
        lines = self._lines[start : start + len(expected)]
        if not expected or len(lines) < len(expected):
            return start
        for (words, link), line in zip(expected, lines, strict=True):
            name = link.file.rpartition("/")[2]
            if not (line.startswith(f"{words} [") and line.endswith(f"]({name}).")):
                return start
        return _skip_blank(self._lines, start + len(expected))

    def _header_block(self, start: int) -> int:
        """Read the header lines right below the title; give the line behind them, `start` if there are none."""
        end = start
        taken, left = 0, []
        for end in range(start, len(self._lines) + 1):
            line = self._lines[end] if end < len(self._lines) else ""
            found = HEADER_LINE.match(without_comments(line).rstrip())
            if not found:
                break
            if self._take(found[1], found[2] or "", end + 1, escaped=True):
                taken += 1
            else:
                left.append(line.strip())
        if not taken:
            return start
        for line in left:
            # `* Technical Story: …`, which MADR had until version 2: it stays, at the end.
            self._header.more.append(line.lstrip("*+- \t"))
        return end

    def _take(self, key: str, value: str, line: int, *, escaped: bool) -> bool:
        """Take one key of the header; false where it is none that is known."""
        known = HEADER_KEYS.get(plain(key).lower().replace(" ", "-").replace("_", "-"))
        if known is None:
            return False
        value = without_comments(value).strip() if escaped else value.strip()
        if known == "status":
            self._take_status(value, line)
        elif known == "date":
            self._header.day = read_day(value[:40])
            if value and self._header.day is None:
                self._remark(line, f"{shown(value)} is no date that is understood; write it as 2026-11-02")
                self._header.more.append(f"Date as written: {plain(value)}")
        elif known == "record":
            self._header.name = read_file_name(f"{value}.md")
        elif known in PEOPLE:
            text = unescaped(value) if escaped else plain(value)
            self._header.people[known] = ", ".join(filter(None, (self._header.people.get(known, ""), text)))
        elif known == "supersedes":
            self._header.supersedes += read_links(value, words="Supersedes", file=self._file, line=line)
        else:
            self._header.superseded_by += read_links(value, words="Superseded by", file=self._file, line=line)
        return True

    def _take_status(self, value: str, line: int) -> None:
        if not value:
            return
        self._header.status, self._header.status_line = value, line
        by = SUPERSEDED_BY.match(value)
        if by:
            self._header.superseded_by += read_links(
                value[by.end() :], words="Superseded by", file=self._file, line=line
            )

    def _status_section(self, start: int) -> tuple[int, int] | None:
        """The section "Status": the line of its heading, and the line behind it."""
        heading = None
        for at, line in lines_outside_code(self._lines[start:]):
            found = HEADING.match(line)
            if found and len(found[1]) <= 2:
                if heading is not None:
                    return heading, start + at
                if (found[2] or "").strip("#:* \t").lower() == "status":
                    heading = start + at
        return None if heading is None else (heading, len(self._lines))

    def _read_section(self, heading: int, end: int) -> list[str]:
        """Read the section, line by line; give the lines of it that are no header, which stay in the text."""
        for at in range(heading + 1, end):
            line = self._lines[at]
            if line == END_OF_STATUS:
                return self._lines[at + 1 : end]
            words = without_comments(line).strip()
            if not words:
                continue
            by, of = SUPERSEDED_BY.match(words), SUPERSEDES.match(words)
            linked = LINK_START.match(words) and "](" in words and words.rstrip(".,;").endswith(")")
            if by:
                found = read_links(words[by.end() :], words="Superseded by", file=self._file, line=at + 1)
                self._header.superseded_by += found
                if not self._header.status:
                    self._header.status, self._header.status_line = SUPERSEDED, at + 1
            elif of:
                self._header.supersedes += read_links(
                    words[of.end() :], words="Supersedes", file=self._file, line=at + 1
                )
            elif linked:
                self._header.more.append(words.lstrip("*+- \t"))
            elif not self._header.status and len(words) <= STATUS_WORDS_MOST:
                self._take_status(words.lstrip("*+- \t"), at + 1)
            else:
                return self._lines[at:end]
        return []

    # --- The whole ---

    def _made(
        self, title: str, line: int, body: str, *, number: int | None, slug: str, day: date | None
    ) -> WrittenDecision | None:
        header = self._header
        if number is None and header.name is not None and header.name.number is not None:
            # How our own log4brains layout says which decision it is.
            number, slug = header.name.number, header.name.slug
        elif not slug and not read_file_name(self._file).is_a_record:
            slug = safe_slug(title)
        fine = self._fits(title, line=line, body=body)
        status = ACCEPTED
        if header.status:
            known = read_status(header.status)
            status = known or PROPOSED
            if known is None:
                self._remark(
                    header.status_line, f"the status {shown(header.status)} is not known here: it is read as {PROPOSED}"
                )
            if not (is_a_status(header.status) or header.superseded_by):
                header.more.append(f"Status as written: {plain(header.status)}")
        elif header.superseded_by:
            status = SUPERSEDED
        else:
            self._remark(line, NO_STATUS)
        if header.day is None and day is None:
            self._remark(line, NO_DATE)
        for extra in header.superseded_by[1:]:
            header.more.append(str(extra))
            self._remark(extra.line, f"one successor is kept, the first; {shown(extra.text)} stays in the text")
        successor = header.superseded_by[0] if header.superseded_by else None
        if successor is not None and status != SUPERSEDED:
            header.more.append(str(successor))
            self._remark(successor.line, f"{status}, and superseded by {shown(successor.text)}: it is read as {status}")
            successor = None
        if not fine:
            return None
        return WrittenDecision(
            file=self._file,
            title=title,
            body=body,
            number=number,
            slug=slug,
            status=status,
            says_status=self._says_status,
            day=header.day or day,
            superseded_by=successor,
            supersedes=header.supersedes,
            more=tuple(dict.fromkeys(header.more)),
            line=line,
            body_line=self._body_line,
            **{name: header.people.get(name, "") for name in PEOPLE},
        )

    def _fits(self, title: str, *, line: int, body: str) -> bool:
        before = len(self._problems)
        if not title:
            self._problems.add(self._file, line, "", "the title is empty")
        if len(title) > TITLE_MOST:
            self._problems.add(
                self._file, line, "", f"the title has {len(title):,} characters, at most {TITLE_MOST} are kept"
            )
        if len(body) > BODY_MOST:
            self._problems.add(
                self._file, line, "", f"the text has {len(body):,} characters, at most {BODY_MOST:,} can be laid out"
            )
        for name, text in self._header.people.items():
            if len(text) > PEOPLE_MOST:
                self._problems.add(
                    self._file, 1, "", f"{LABELS[name]} take {len(text):,} characters, at most {PEOPLE_MOST:,} are kept"
                )
        return len(self._problems) == before

    def _remark(self, line: int, message: str) -> None:
        self._remarks.append(Problem(self._file, line, "", message))


def _skip_blank(lines: list[str], start: int) -> int:
    while start < len(lines) and not lines[start].strip(" \t"):
        start += 1
    return start


def _title_of(lines: list[str], *, start: int) -> tuple[int, str, int] | None:
    """The first heading of the first level: its line, what it says, and the line behind it."""
    comment = False
    last = -2
    for below, line in lines_outside_code(lines[start:]):
        at = start + below
        if comment or line.lstrip().startswith("<!--"):
            comment = "-->" not in line
            continue
        found = HEADING.match(line)
        if found and len(found[1]) == 1:
            return at, found[2] or "", at + 1
        if UNDERLINE.match(line) and last == at - 1 and lines[last].strip() and not HEADING.match(lines[last]):
            return last, lines[last].strip(), at + 1
        last = at
    return None
