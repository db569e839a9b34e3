"""Markdown as far as files exchange it: somebody's words made harmless, and the links between files."""

from __future__ import annotations

import html
import posixpath
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from urllib.parse import unquote

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
SPACES = re.compile(r"\s+")
MARKS = re.compile(r"([\\`*\[\]|])|(?<![A-Za-z0-9])(_)|(_)(?![A-Za-z0-9])")
BLOCK_START = re.compile(r"^(?:([#+-])|(\d{1,9})([.)]))")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|(&#?[0-9A-Za-z]{1,31};)")
CLOSING_MARKS = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")

HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
BACKTICKS = re.compile(r"`+")
# What a link points at: `](target)`, `](target "title")`, and the definition `[name]: target`.
TARGET = re.compile(r"(?:(?<=\]\()|(?<=\]\(<))[^\s()<>]+")
DEFINED = re.compile(r"^ {0,3}\[[^\]\n]{1,999}\]:[ \t]*<?([^\s<>]+)")
ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|/|#")


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


def unescaped(text: str) -> str:
    """What somebody reads who sees the Markdown laid out: the text that `escaped` was given, on one line."""
    return plain(ESCAPE.sub(lambda found: found[1] or html.unescape(found[2]), text))


def as_title(text: str) -> str:
    """Somebody's text as a heading: number signs at its end stay, which a reader would take for a frame."""
    return re.sub(r"(?:^|(?<= ))(#+)$", r"\\\1", escaped(text))


def from_title(text: str) -> str:
    """The text of a heading, of what stands behind its number signs."""
    return unescaped(CLOSING_MARKS.sub("", text))


def without_comments(line: str) -> str:
    """The line without the comments of HTML in it."""
    pieces, done = [], 0
    while (start := line.find("<!--", done)) >= 0 and (end := line.find("-->", start + 4)) >= 0:
        pieces.append(line[done:start])
        done = end + 3
    return "".join((*pieces, line[done:]))


def lines_outside_code(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines that are no block of code between fences, each with its place counted from 0."""
    fence = ""
    for at, line in enumerate(lines):
        found = FENCE.match(line)
        if not fence:
            if found and not (found[1][0] == "`" and "`" in found[2]):
                fence = found[1]
            else:
                yield at, line
        elif found and found[1].startswith(fence) and not found[2].strip():
            fence = ""


def links_in(text: str) -> Iterator[tuple[int, str]]:
    """The targets of links to other files, each with its line counted from 0; what stands in code is no link."""
    for at, line in lines_outside_code(text.split("\n")):
        for start, end in _targets(line):
            if not ADDRESS.match(line[start:end]):
                yield at, line[start:end]


def relinked(text: str, rename: Callable[[str], str | None]) -> str:
    """
    The text with other targets in its links to files.

    `rename` is asked for each with the path that it names, without what follows a `#`; None leaves it as it is.
    """
    lines = text.split("\n")
    for at, line in lines_outside_code(lines):
        pieces, done = [], 0
        for start, end in _targets(line):
            target = line[start:end]
            path, sharp, part = target.partition("#")
            new = None if ADDRESS.match(target) else rename(unquote(path))
            if new is not None:
                pieces += [line[done:start], new, sharp, part]
                done = end
        if done:
            lines[at] = "".join((*pieces, line[done:]))
    return "\n".join(lines)


def path_from(file: str, target: str) -> str:
    """The path that a link in `file` leads to, reckoned from the folder that all paths are reckoned from."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(target.partition("#")[0])))


def _targets(line: str) -> Iterator[tuple[int, int]]:
    """Where in the line the targets of links stand, from left to right."""
    if "](" not in line and "]:" not in line:
        return
    code = _code_spans(line)
    defined = DEFINED.match(line)
    if defined:
        yield defined.span(1)
        return
    for found in TARGET.finditer(line):
        before = bisect_right(code, (found.start(), 0)) - 1
        if before < 0 or found.start() >= code[before][1]:
            yield found.span()


def _code_spans(line: str) -> list[tuple[int, int]]:
    """Where code stands in the line: from a run of backticks to the next run of the same length."""
    runs = [found.span() for found in BACKTICKS.finditer(line)]
    later: dict[int, list[tuple[int, int]]] = {}
    for span in reversed(runs):
        later.setdefault(span[1] - span[0], []).append(span)
    spans: list[tuple[int, int]] = []
    for start, end in runs:
        same = later[end - start]
        same.pop()
        if same and not (spans and start < spans[-1][1]):
            spans.append((start, same[-1][1]))
    return spans
