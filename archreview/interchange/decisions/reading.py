"""
One decision record, read from Markdown in whichever form: MADR 2 to 4, adr-tools (Nygard), log4brains, or just a title.

A header is read where the form has it: front matter, a list below the title, lines such as `Date: 2026-11-02`, a
section "Status", each by a file of its own. What is read is taken out of the text; all else stays in it, letter by
letter.
"""

from __future__ import annotations

import re
from datetime import date

from archreview.interchange.decisions.front_matter import pass_over_links, read_front_matter
from archreview.interchange.decisions.header import PEOPLE, Header
from archreview.interchange.decisions.header_lines import read_header_lines
from archreview.interchange.decisions.status_section import find_status_section, read_status_section
from archreview.interchange.decisions.words import is_a_status, read_file_name, read_status
from archreview.interchange.decisions.written import (
    ACCEPTED,
    BODY_MOST,
    PEOPLE_MOST,
    PROPOSED,
    SUPERSEDED,
    TITLE_MOST,
    WrittenDecision,
    safe_slug,
    tidy,
)
from archreview.interchange.documents import Limits, Problem, Problems, decode_text, shown
from archreview.interchange.markdown import HEADING, from_title, lines_outside_code, plain, without_comments

# Characters of UTF-8 take up to four bytes; the header comes on top.
MOST_BYTES = 4 * BODY_MOST + 20_000
# Longer ones are refused; so much is read to say how long it is.
TITLE_READ = 2_000
LABELS = {
    "decision_makers": "the decision makers",
    "consulted": "those consulted",
    "informed": "those informed",
    "tags": "the tags",
}

NO_STATUS = "no status is stated"
NO_DATE = "no date is stated"

UNDERLINE = re.compile(r" {0,3}=+[ \t]*$")
NUMBERED = re.compile(r"0*(\d{1,6})\.[ \t]+(?=\S)")
NUMBERED_OTHERWISE = re.compile(
    r"(?:ADR[- ]?0*(\d{1,6})(?:[ \t]*[:–—-]+|\.)?|0*(\d{1,6})[ \t]*[:–—-]+)[ \t]+(?=\S)", re.I
)


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
        self._header = Header(file, problems, remarks)
        self._body_line = 1

    def run(self) -> WrittenDecision | None:
        start = read_front_matter(self._lines, self._header)
        if start is None:
            return None
        found = _title_of(self._lines, start=start)
        if found is None and not self._header.title:
            self._problems.add(
                self._file, 1, "", "the file has no title", "begin it with a line such as “# Use a queue for orders”"
            )
            return None
        if found is None:
            title_line, after, before = 0, start, []
            raw, title = "", plain(self._header.title)
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
        lines, header = self._lines, self._header
        start = _skip_blank(lines, start)
        section = None
        if header.says_status:
            start = _skip_blank(lines, pass_over_links(lines, start, header))
        else:
            start = _skip_blank(lines, read_header_lines(lines, start, header))
            section = None if header.says_status else find_status_section(lines, start)
        self._body_line = start + 1
        if section is None:
            return tidy("\n".join(lines[start:]))
        heading, end = section
        left = read_status_section(lines, heading, end, header)
        if start == heading:
            self._body_line = _skip_blank(lines, end - len(left)) + 1
        return tidy("\n".join([*lines[start:heading], *left, *lines[end:]]))

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
                header.remark(
                    header.status_line, f"the status {shown(header.status)} is not known here: it is read as {PROPOSED}"
                )
            if not (is_a_status(header.status) or header.superseded_by):
                header.more.append(f"Status as written: {plain(header.status)}")
        elif header.superseded_by:
            status = SUPERSEDED
        else:
            header.remark(line, NO_STATUS)
        if header.day is None and day is None:
            header.remark(line, NO_DATE)
        for extra in header.superseded_by[1:]:
            header.more.append(str(extra))
            header.remark(extra.line, f"one successor is kept, the first; {shown(extra.text)} stays in the text")
        successor = header.superseded_by[0] if header.superseded_by else None
        if successor is not None and status != SUPERSEDED:
            header.more.append(str(successor))
            header.remark(
                successor.line, f"{status}, and superseded by {shown(successor.text)}: it is read as {status}"
            )
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
            says_status=header.says_status,
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
