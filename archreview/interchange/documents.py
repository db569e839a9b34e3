"""
YAML and JSON texts as trees of nodes that know their line and their path, with limits and all errors at once.

The text is scanned event by event and never handed to a constructor, so nothing in it can make an object, name
another node or grow when it is walked. Scalars are read by the core schema of YAML 1.2: `no` is a text, `12:30` is
a text, `017` is seventeen. JSON is read by the same path, for JSON is YAML.

    problems = Problems()
    root = read_document(data, file="architecture.yaml", problems=problems)
    if root is None or problems: ...

`fields.py` reads the mappings of such a tree key by key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml
from yaml import events

from archreview.interchange.nodes import ListNode, MappingNode, Node, RefusedNode, ScalarNode, Value
from archreview.interchange.problems import MORE_PROBLEMS, Problem, Problems, first_control, plain, shown

__all__ = [
    "LIMITS",
    "Follow",
    "Limits",
    "ListNode",
    "MappingNode",
    "Node",
    "Problem",
    "Problems",
    "RefusedNode",
    "ScalarNode",
    "core_value",
    "decode_text",
    "first_control",
    "plain",
    "read_document",
    "shown",
]

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000
# Whoever follows the reading is told after so many nodes: a few times a second.
FOLLOWED = 20_000
# Longer numbers are no quantity that anybody measured, and converting them costs the square of their length.
MAX_DIGITS = 30

Follow = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be. The defaults suit files that come from a stranger."""

    max_bytes: int = MAX_BYTES
    max_depth: int = MAX_DEPTH
    max_nodes: int = MAX_NODES


LIMITS = Limits()


def read_document(
    source: str | bytes, *, file: str, problems: Problems, limits: Limits = LIMITS, follow: Follow | None = None
) -> Node | None:
    """
    Read a YAML or JSON text into a tree.

    Gives None where there is no tree to go on with: not UTF-8, too large, too deep, not YAML, empty. Otherwise the
    tree, and whatever is wrong in it (a key twice, an anchor, a tag) in `problems`, so that a reader can go on and
    tell the rest at once. Never raises for anything that the source holds. `follow` is told, now and then, which line
    of how many is read.
    """
    text = decode_text(source, file=file, problems=problems, limits=limits)
    if text is None:
        return None
    builder = _Builder(file, problems, limits)
    loader = yaml.CLoader(_join_surrogates(text))
    lines, told = text.count("\n") + 1, 0
    try:
        while builder.take(event := loader.get_event()):
            if follow is not None and event is not None and builder.nodes >= told + FOLLOWED:
                told = builder.nodes
                follow(_line(event), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part)
        hint = "indent with spaces, not with tabs" if "cannot start any token" in what else ""
        # What ends too early is found past the last line.
        line = min(mark.line + 1, _line_of(text.rstrip())) if mark else 1
        problems.add(file, line, "", f"not readable as YAML: {shown(what, most=200, quote='')}", hint)
        return None
    except yaml.YAMLError as error:
        problems.add(file, 1, "", f"not readable as YAML: {shown(str(error), most=200, quote='')}")
        return None
    finally:
        loader.dispose()
    if builder.root is None and not builder.stopped:
        problems.add(file, 1, "", "the file is empty")
    return None if builder.stopped else builder.root


# --- From bytes to text ------------------------------------------------------------------------

_BREAK = re.compile("\r\n|\r|\n")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A character beyond the first plane as JSON writes it, in two halves; an escaped backslash is no beginning.
_HALVES = re.compile(r"\\\\|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def decode_text(source: str | bytes, *, file: str, problems: Problems, limits: Limits = LIMITS) -> str | None:
    """Give a file's text, without a mark at its beginning; None, with the reason told, where it is no UTF-8 text."""
    size = len(source)
    if size > limits.max_bytes:
        problems.add(file, 1, "", f"the file is too large: {size:,} bytes, at most {limits.max_bytes:,} are read")
        return None
    if isinstance(source, bytes):
        for mark, name in ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\x00\x00\xfe\xff", "UTF-32")):
            if source.startswith(mark):
                problems.add(file, 1, "", f"the file is {name}; save it as UTF-8")
                return None
        try:
            text = source.decode("utf-8")
        except UnicodeDecodeError as error:
            line = _line_of(source[: error.start].decode("utf-8", "replace"))
            byte = f"0x{source[error.start]:02x}"
            problems.add(file, line, "", f"the file is not UTF-8: byte {byte} has no meaning there; save it as UTF-8")
            return None
    else:
        text = source
    text = text.removeprefix("\ufeff")
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        line = _line_of(text[: forbidden.start()])
        code = ord(forbidden.group())
        hint = "the file may be UTF-16 or no text at all; save it as UTF-8" if code == 0 else ""
        problems.add(file, line, "", f"the character U+{code:04X} may not stand in a text file", hint)
        return None
    return text


def _line_of(before: str) -> int:
    return sum(1 for _ in _BREAK.finditer(before)) + 1


def _join_surrogates(text: str) -> str:
    """Rewrite the halves that JSON escapes a character in: YAML knows only whole characters."""
    if "\\u" not in text or not text.lstrip().startswith(("{", "[")):
        return text

    def joined(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        code = 0x10000 + ((int(match[1], 16) - 0xD800) << 10) + (int(match[2], 16) - 0xDC00)
        return f"\\U{code:08x}"

    return _HALVES.sub(joined, text)


# --- From text to tree -------------------------------------------------------------------------

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_WORDS: dict[str, Value] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


def core_value(text: str) -> Value:
    """Read an unquoted scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    # Nothing else is a number; most scalars are words and end here.
    if text[0] not in "+-.0123456789" or len(text) > MAX_DIGITS:
        return text
    if _INTEGER.match(text):
        return int(text)
    if _OTHER_BASE.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        number = float(text)
        return number if abs(number) != float("inf") else text
    return text


def _line(event: events.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 1


class _Builder:
    """
    Takes events one at a time and builds the tree; `stopped` once there is no sense in going on.

    Half of all that is read are scalars, so what happens for each of them happens in one place, without detours.
    """

    def __init__(self, file: str, problems: Problems, limits: Limits) -> None:
        self.root: Node | None = None
        self.stopped = False
        self._file = file
        self._problems = problems
        self._limits = limits
        # The mappings and lists that are open, the innermost last, and that one by its kind.
        self._open: list[MappingNode | ListNode] = []
        self._mapping: MappingNode | None = None
        self._list: ListNode | None = None
        # In the innermost mapping: whether a key comes next, else the key that waits for its value.
        self._wants_key = False
        self._key = ""
        self._key_line = 0
        # The waiting keys of the mappings around it.
        self._keys: list[tuple[str, int]] = []
        self.nodes = 0
        self._documents = 0
        # How deep we are inside something that stands where a key should: its events are passed over.
        self._skipping = 0

    def take(self, event: events.Event | None) -> bool:
        """Take the next event; false where the reading ends."""
        if event is None:
            return False
        if self._skipping:
            return self._skip(event)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event)
        elif isinstance(event, events.CollectionStartEvent):
            return self._start(event)
        elif isinstance(event, events.CollectionEndEvent):
            self._end()
        elif isinstance(event, events.AliasEvent):
            return self._alias(event)
        elif isinstance(event, events.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._problems.add(self._file, _line(event), "", "a second document starts here; one file holds one")
                return False
        elif isinstance(event, events.StreamEndEvent):
            return False
        return True

    def _scalar(self, event: events.ScalarEvent) -> bool:
        mark = event.start_mark
        line = mark.line + 1 if mark is not None else 1
        tag = event.tag
        if tag is not None or event.anchor is not None:
            self._refuse_extras(event, line)
        text = event.value
        if self._wants_key:
            self._take_key(text, line)
            return True
        value = text if event.style or tag is not None else core_value(text)
        self._place(ScalarNode(self._file, line, self._path(), text, value))
        return self._count(line)

    def _start(self, event: events.CollectionStartEvent) -> bool:
        line = _line(event)
        if event.tag is not None or event.anchor is not None:
            self._refuse_extras(event, line)
        if self._wants_key:
            self._refuse(line, "a key must be a plain text, not a list or a mapping")
            self._wants_key, self._key, self._key_line = False, "", line
            self._skipping = 1
            return True
        if len(self._open) >= self._limits.max_depth:
            return self._too_deep(line)
        path = self._path()
        node: MappingNode | ListNode
        if isinstance(event, events.MappingStartEvent):
            node = MappingNode(self._file, line, path, {}, {})
        else:
            node = ListNode(self._file, line, path, [])
        self._place(node)
        self._keys.append((self._key, self._key_line))
        self._open.append(node)
        self._enter(node)
        return self._count(line)

    def _end(self) -> None:
        self._open.pop()
        self._key, self._key_line = self._keys.pop()
        self._enter(self._open[-1] if self._open else None)

    def _enter(self, node: MappingNode | ListNode | None) -> None:
        self._mapping = node if isinstance(node, MappingNode) else None
        self._list = node if isinstance(node, ListNode) else None
        self._wants_key = self._mapping is not None

    def _alias(self, event: events.AliasEvent) -> bool:
        line = _line(event)
        self._refuse(line, f"aliases are not read: write out what *{plain(str(event.anchor)[:60])} stands for")
        if self._wants_key:
            self._wants_key, self._key, self._key_line = False, "", line
        else:
            self._place(RefusedNode(self._file, line, self._path()))
        return self._count(line)

    def _skip(self, event: events.Event) -> bool:
        """Pass over what stands in the place of a key, keeping nothing."""
        if isinstance(event, events.CollectionStartEvent):
            self._skipping += 1
            if self._skipping > self._limits.max_depth:
                return self._too_deep(_line(event))
        elif isinstance(event, events.CollectionEndEvent):
            self._skipping -= 1
        return self._count(_line(event))

    def _take_key(self, text: str, line: int) -> None:
        self._wants_key, self._key, self._key_line = False, text, line
        key_lines = self._mapping.key_lines if self._mapping is not None else {}
        if text == "<<":
            self._refuse(line, "merge keys are not read: write out what is meant")
        elif not text:
            self._refuse(line, "a key is empty")
        elif text in key_lines:
            self._refuse(line, f"the key stands here a second time; the first is in line {key_lines[text]}")
        else:
            key_lines[text] = line

    def _place(self, node: Node) -> None:
        if self._list is not None:
            self._list.items.append(node)
        elif self._mapping is not None:
            key, entries = self._key, self._mapping.entries
            # The second of two equal keys, a merge key and a key that is no text are told of and left out.
            if key not in entries and self._mapping.key_lines.get(key) == self._key_line:
                entries[key] = node
            self._wants_key = True
        elif self.root is None:
            self.root = node

    def _path(self) -> str:
        if self._list is not None:
            return f"{self._list.path}[{len(self._list.items)}]"
        if self._mapping is None:
            return ""
        key = "" if self._wants_key else self._key[:60]
        path = self._mapping.path
        return f"{path}.{key}" if path and key else path or key

    def _count(self, line: int) -> bool:
        self.nodes += 1
        if self.nodes <= self._limits.max_nodes and not self._problems.full:
            return True
        if self.nodes > self._limits.max_nodes:
            message = f"the file holds too much: at most {self._limits.max_nodes:,} values are read"
        else:
            message = MORE_PROBLEMS
        self._problems.add(self._file, line, "", message)
        self.stopped = True
        return False

    def _too_deep(self, line: int) -> bool:
        self._refuse(line, f"too deep: more than {self._limits.max_depth} levels")
        self.stopped = True
        return False

    def _refuse_extras(self, event: events.ScalarEvent | events.CollectionStartEvent, line: int) -> None:
        if event.anchor is not None:
            self._refuse(line, f"anchors are not read: leave out &{plain(str(event.anchor)[:60])}")
        if event.tag is not None:
            self._refuse(line, f"tags are not read: leave out {shown(str(event.tag), quote='')}")

    def _refuse(self, line: int, message: str) -> None:
        self._problems.add(self._file, line, self._path(), message)
