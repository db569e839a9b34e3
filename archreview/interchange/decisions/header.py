"""What the header of a record says, in whichever form it has one: each form hands its keys and values in here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from archreview.interchange.decisions.words import (
    HEADER_KEYS,
    SUPERSEDED_BY,
    FileName,
    read_day,
    read_file_name,
    read_links,
)
from archreview.interchange.decisions.written import Link
from archreview.interchange.documents import Problem, Problems, shown
from archreview.interchange.markdown import plain, unescaped, without_comments

PEOPLE = ("decision_makers", "consulted", "informed", "tags")


@dataclass(slots=True)
class Header:
    """
    What the header says so far, each with its line; lines count from 1.

    `title` is that of the front matter, for a text without one. `more` is what has no field and stays in the text.
    """

    file: str
    problems: Problems
    remarks: list[Problem]
    title: str = ""
    status: str = ""
    status_line: int = 0
    day: date | None = None
    name: FileName | None = None
    people: dict[str, str] = field(default_factory=dict)
    superseded_by: tuple[Link, ...] = ()
    supersedes: tuple[Link, ...] = ()
    more: list[str] = field(default_factory=list)

    @property
    def says_status(self) -> bool:
        """Whether the status is stated, or follows from a successor."""
        return bool(self.status or self.superseded_by)

    def take(self, key: str, value: str, line: int, *, escaped: bool) -> bool:
        """Take one key of the header; false where it is none that is known. `escaped` values are Markdown."""
        known = HEADER_KEYS.get(plain(key).lower().replace(" ", "-").replace("_", "-"))
        if known is None:
            return False
        value = without_comments(value).strip() if escaped else value.strip()
        if known == "status":
            self.take_status(value, line)
        elif known == "date":
            self.day = read_day(value[:40])
            if value and self.day is None:
                self.remark(line, f"{shown(value)} is no date that is understood; write it as 2026-11-02")
                self.more.append(f"Date as written: {plain(value)}")
        elif known == "record":
            self.name = read_file_name(f"{value}.md")
        elif known in PEOPLE:
            text = unescaped(value) if escaped else plain(value)
            self.people[known] = ", ".join(filter(None, (self.people.get(known, ""), text)))
        elif known == "supersedes":
            self.supersedes += read_links(value, words="Supersedes", file=self.file, line=line)
        else:
            self.superseded_by += read_links(value, words="Superseded by", file=self.file, line=line)
        return True

    def take_status(self, value: str, line: int) -> None:
        """Take the words of a status, with the successor that they may name."""
        if not value:
            return
        self.status, self.status_line = value, line
        by = SUPERSEDED_BY.match(value)
        if by:
            self.superseded_by += read_links(value[by.end() :], words="Superseded by", file=self.file, line=line)

    def remark(self, line: int, message: str) -> None:
        """Tell what was assumed or left out."""
        self.remarks.append(Problem(self.file, line, "", message))
