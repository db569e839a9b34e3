"""
Templates of decision records: Markdown with fields in braces.

Above the first section stand the fields of the record itself (title, number, status, ...), which are filled in when it
is exported; below it the sections, which make its text. So a text can be read back into its sections and laid into
another template, and nothing that people wrote is lost on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import yaml

from archreview.decisions.built_in_templates import TEXTS
from archreview.decisions.prose import escaped, upper_first
from archreview.decisions.sections import SECTIONS, Content
from archreview.engine.language.problems import nearest

TEMPLATE_LENGTH = 10_000
HEAD_FIELDS = ("title", "number", "label", "status", "date", "deciders", "consulted", "informed", "workspace")
REQUIRED = ("title", "context", "outcome")

FIELD = re.compile(r"\{([^{}\n]*)\}")
HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
YAML_LINE = re.compile(r"([A-Za-z][\w-]*): \{([a-z]+)\}")
DEEPEST = 6
STANDARD = 2


class TemplateProblem(NamedTuple):
    """What is wrong with a template, and in which line, counted from 1; 0 where it is about the whole."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}" if self.line else self.text


class BadTemplate(Exception):
    """A text that is no template; `problems` are all that is wrong with it."""

    def __init__(self, problems: list[TemplateProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class _Piece(NamedTuple):
    """A part of a template's body: a heading with its level, words that always stand there, or a field."""

    kind: str
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class RecordTemplate:
    """A template that was read: the lines above the first section, and what comes below."""

    head: tuple[str, ...]
    body: tuple[_Piece, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The sections that it has a place for, in its order."""
        return tuple(piece.text for piece in self.body if piece.kind == "field")

    # -- laying out ---------------------------------------------------------------------------------------------------

    def lay(self, content: Content, *, keep_all: bool = False) -> str:
        """
        The text of a record. A heading over nothing is left out.

        A section that the template has no field for is left out too, or stands at the end with `keep_all`.
        """
        shown = [piece for number, piece in enumerate(self.body) if self._says_something(number, content)]
        blocks, level = [], STANDARD
        for piece in shown:
            if piece.kind == "heading":
                level = piece.level
                blocks.append(f"{'#' * level} {piece.text}")
            elif piece.kind == "words":
                blocks.append(piece.text)
            else:
                blocks.append(_shifted(content[piece.text].strip("\n"), level - STANDARD))
        if keep_all:
            for section, text in content.items():
                if section not in self.fields and text.strip():
                    blocks += [f"## {SECTIONS[section]}", text.strip("\n")]
        return "\n\n".join(blocks) + "\n" if blocks else ""

    def _says_something(self, number: int, content: Content) -> bool:
        piece = self.body[number]
        if piece.kind == "field":
            return bool(content.get(piece.text, "").strip())
        below = self._below(number) if piece.kind == "heading" else self._beside(number)
        fields = [other.text for other in below if other.kind == "field"]
        if fields:
            return any(content.get(field, "").strip() for field in fields)
        return piece.kind == "words" or any(other.kind == "words" for other in below)

    def _below(self, number: int) -> Iterator[_Piece]:
        """What stands under a heading, down to the next that is not deeper."""
        for piece in self.body[number + 1 :]:
            if piece.kind == "heading" and piece.level <= self.body[number].level:
                return
            yield piece

    def _beside(self, number: int) -> Iterator[_Piece]:
        """The field that words lead up to, if they stand before one."""
        for piece in self.body[number + 1 :]:
            if piece.kind == "heading":
                return
            yield piece

    # -- reading back -------------------------------------------------------------------------------------------------

    def read(self, body: str) -> dict[str, str]:
        """
        The sections of a text that was laid into this template, however people have changed it since.

        A text under a heading that the template does not know belongs to the section above it; what stands above all
        headings belongs to the first.
        """
        places, always = self._places(), {piece.text for piece in self.body if piece.kind == "words"}
        found: dict[str, list[str]] = {}
        section, level = (self.fields or ("context",))[0], STANDARD
        lines: list[str] = []

        def close() -> None:
            text = _shifted("\n".join(lines).strip("\n"), STANDARD - level)
            paragraphs = [part for part in text.split("\n\n") if part not in always] if always else [text]
            if kept := "\n\n".join(paragraphs).strip("\n"):
                found.setdefault(section, []).append(kept)
            lines.clear()

        for line, heading in headings_of(body):
            place = places.get((len(heading[0]), _folded(heading[1]))) if heading else None
            if place is None:
                lines.append(line)
                continue
            close()
            if place in SECTIONS:
                section, level = place, len(heading[0]) if heading else STANDARD
        close()
        return {name: "\n\n".join(found[name]) for name in SECTIONS if name in found}

    def _places(self) -> dict[tuple[int, str], str]:
        """Level and words of a heading -> the section that begins there; nothing for one that stands over others."""
        missing = {section: heading for section, heading in SECTIONS.items() if section not in self.fields}
        found = {(STANDARD, _folded(heading)): section for section, heading in missing.items()}
        over = (STANDARD, "")
        for piece in self.body:
            if piece.kind == "heading":
                over = (piece.level, _folded(piece.text))
                found.setdefault(over, "")
            elif piece.kind == "field":
                found[over] = piece.text
        return found

    # -- the head -----------------------------------------------------------------------------------------------------

    def lay_head(self, values: Mapping[str, object]) -> str:
        """What stands above the sections, filled in. A line whose fields are all empty is left out."""
        texts = {name: str(value) if value is not None else "" for name, value in values.items()}
        lines: list[str] = []
        matter = self.head[:1] == ("---",)
        for number, line in enumerate(self.head):
            fields = FIELD.findall(line)
            if fields and not any(texts[field] for field in fields):
                continue
            found = YAML_LINE.fullmatch(line) if matter else None
            if found:
                line = yaml.safe_dump({found[1]: values[found[2]]}, allow_unicode=True, width=10_000).rstrip("\n")
            elif fields:
                line = _filled(line, texts)
            lines.append(line)
            matter = matter and not (number and line == "---")
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        return f"{text}\n\n" if text else ""


def _filled(line: str, texts: Mapping[str, str]) -> str:
    text = FIELD.sub(lambda field: escaped(texts[field[1]]), line)
    return upper_first(text) if line == "{status}" else text


# -- reading a template -----------------------------------------------------------------------------------------------


def read_template(text: str) -> RecordTemplate:
    """The template that a text is; BadTemplate with everything that is wrong with it, each at its line."""
    lines = text.replace("\r\n", "\n").split("\n")
    problems = list(_problems(text, lines))
    if problems:
        raise BadTemplate(sorted(problems))
    first = _first_section(lines)
    return RecordTemplate(tuple(lines[:first]), tuple(_pieces(lines[first:])))


def _first_section(lines: list[str]) -> int:
    """The line in which the first section's heading stands."""
    field = next(number for number, line in enumerate(lines) if _section_in(line))
    return max(number for number in range(field) if HEADING.fullmatch(lines[number]))


def _section_in(line: str) -> str:
    """The section whose field the line is."""
    found = FIELD.fullmatch(line.strip())
    return found[1] if found and found[1] in SECTIONS else ""


def _pieces(lines: list[str]) -> Iterator[_Piece]:
    words: list[str] = []
    for line in [*lines, ""]:
        heading, section = HEADING.fullmatch(line), _section_in(line)
        if (heading or section or not line.strip()) and words:
            yield _Piece("words", "\n".join(words))
            words = []
        if heading:
            yield _Piece("heading", heading[2], len(heading[1]))
        elif section:
            yield _Piece("field", section)
        elif line.strip():
            words.append(line.rstrip())


def _problems(text: str, lines: list[str]) -> Iterator[TemplateProblem]:
    if len(text) > TEMPLATE_LENGTH:
        yield TemplateProblem(0, f"The template has {len(text):,} characters; at most {TEMPLATE_LENGTH:,} are allowed.")
        return
    known = (*HEAD_FIELDS, *SECTIONS)
    seen: dict[str, int] = {}
    below = False
    for number, line in enumerate(lines, start=1):
        if FIELD.sub("", line).count("{") or FIELD.sub("", line).count("}"):
            yield TemplateProblem(number, "A brace stands alone: fields are written as {title}, each on one line.")
        for field in FIELD.findall(line):
            if field not in known:
                near = nearest(field, known)
                hint = f" Did you mean {{{near}}}?" if near else f" Fields are {', '.join(known)}."
                yield TemplateProblem(number, f"There is no field {{{field}}}.{hint}")
            elif field in SECTIONS and not _section_in(line):
                yield TemplateProblem(number, f"The section {{{field}}} must stand on a line of its own.")
            elif field in SECTIONS and field in seen:
                yield TemplateProblem(number, f"The section {{{field}}} stands in line {seen[field]} already.")
            elif field in HEAD_FIELDS and below:
                yield TemplateProblem(
                    number, f"{{{field}}} must stand above the first section: it is filled in when the record is read."
                )
            seen.setdefault(field, number)
            below = below or field in SECTIONS
    for field in REQUIRED:
        if field not in seen:
            yield TemplateProblem(0, f"The field {{{field}}} is missing: no record is whole without it.")
    yield from _problems_of_headings(lines)
    yield from _problems_of_matter(lines)


def _problems_of_headings(lines: list[str]) -> Iterator[TemplateProblem]:
    """Each section has a heading of its own, by which a text is read back into its sections."""
    places: dict[str, int] = {}
    free = below = False
    for number, line in enumerate(lines, start=1):
        heading, section = HEADING.fullmatch(line), _section_in(line)
        if heading and not FIELD.search(line):
            if _folded(heading[2]) in places:
                first = places[_folded(heading[2])]
                yield TemplateProblem(number, f"The heading “{heading[2]}” stands in line {first} already.")
            elif not below and not heading[2]:
                yield TemplateProblem(number, "A heading needs words.")
            places.setdefault(_folded(heading[2]), number)
            free = True
        elif section and not free:
            yield TemplateProblem(
                number, f"{{{section}}} needs a heading of its own, so that its text can be told from the one above."
            )
        elif section:
            free, below = False, True
        elif FIELD.search(line):
            free = False
        if below and heading and FIELD.search(line):
            yield TemplateProblem(number, "A heading below the first section holds no field.")


def _problems_of_matter(lines: list[str]) -> Iterator[TemplateProblem]:
    """In front matter a field is a whole value, so that no name can write a line of YAML."""
    if lines[:1] != ["---"]:
        return
    if "---" not in lines[1:]:
        yield TemplateProblem(1, "The front matter has no end: close it with a line of three dashes.")
        return
    for number, line in enumerate(lines[1 : lines.index("---", 1)], start=2):
        if FIELD.search(line) and not YAML_LINE.fullmatch(line):
            yield TemplateProblem(number, "In the front matter a field is the whole value: “status: {status}”.")


# -- lines and headings -----------------------------------------------------------------------------------------------


def headings_of(text: str) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """Each line of a Markdown text, and where it is a heading its marks and its words; code is no heading."""
    fence = ""
    for line in text.split("\n"):
        marks = FENCE.match(line)
        if fence:
            if marks and marks[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
            yield line, None
            continue
        if marks:
            fence = marks[1]
            yield line, None
            continue
        found = HEADING.fullmatch(line)
        yield line, (found[1], found[2]) if found else None


def _shifted(text: str, levels: int) -> str:
    """The text with its headings so many levels deeper."""
    if not levels:
        return text
    return "\n".join(_deeper(line, heading, levels) for line, heading in headings_of(text))


def _deeper(line: str, heading: tuple[str, str] | None, levels: int) -> str:
    if heading is None:
        return line
    return f"{'#' * min(DEEPEST, max(STANDARD, len(heading[0]) + levels))} {heading[1]}"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


# -- those that everybody has ---------------------------------------------------------------------------------------

BUILT_IN: Mapping[str, RecordTemplate] = MappingProxyType({key: read_template(text) for key, text in TEXTS.items()})


def template_of(key: str, own_text: str = "") -> RecordTemplate:
    """The template with the key, or the one that a workspace's own text makes."""
    return BUILT_IN[key] if key in BUILT_IN else read_template(own_text)


def left_out(template: RecordTemplate) -> tuple[str, ...]:
    """The headings of the sections that a template has no field for."""
    return tuple(heading for section, heading in SECTIONS.items() if section not in template.fields)
