"""adr-tools (Nygard): the status stands in a section "Status", with links to other records below it."""

from __future__ import annotations

import re

from archreview.interchange.decisions.header import Header
from archreview.interchange.decisions.words import SUPERSEDED_BY, SUPERSEDES, read_links
from archreview.interchange.decisions.written import SUPERSEDED
from archreview.interchange.markdown import HEADING, lines_outside_code, without_comments

STATUS_WORDS_MOST = 80
# Stands where a text without a heading follows the section "Status", so that the two can be told apart again.
END_OF_STATUS = "<!-- The text begins here. -->"

# `Amends [3. Title](0003-title.md)`
LINK_START = re.compile(r"(?:[*+-][ \t]+)?[A-Za-z][A-Za-z -]{0,40}?[ \t:]+\[")


def find_status_section(lines: list[str], start: int) -> tuple[int, int] | None:
    """The section "Status": the line of its heading, and the line behind it."""
    heading = None
    for at, line in lines_outside_code(lines[start:]):
        found = HEADING.match(line)
        if found and len(found[1]) <= 2:
            if heading is not None:
                return heading, start + at
            if (found[2] or "").strip("#:* \t").lower() == "status":
                heading = start + at
    return None if heading is None else (heading, len(lines))


def read_status_section(lines: list[str], heading: int, end: int, header: Header) -> list[str]:
    """Read the section, line by line; give the lines of it that are no header, which stay in the text."""
    for at in range(heading + 1, end):
        line = lines[at]
        if line == END_OF_STATUS:
            return lines[at + 1 : end]
        words = without_comments(line).strip()
        if not words:
            continue
        by, of = SUPERSEDED_BY.match(words), SUPERSEDES.match(words)
        linked = LINK_START.match(words) and "](" in words and words.rstrip(".,;").endswith(")")
        if by:
            header.superseded_by += read_links(words[by.end() :], words="Superseded by", file=header.file, line=at + 1)
            if not header.status:
                header.status, header.status_line = SUPERSEDED, at + 1
        elif of:
            header.supersedes += read_links(words[of.end() :], words="Supersedes", file=header.file, line=at + 1)
        elif linked:
            header.more.append(words.lstrip("*+- \t"))
        elif not header.status and len(words) <= STATUS_WORDS_MOST:
            header.take_status(words.lstrip("*+- \t"), at + 1)
        else:
            return lines[at:end]
    return []
