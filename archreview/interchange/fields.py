"""
Mappings of a document, read key by key: what is there, of the right type and range, and what should not be there.

Every reading gives the value, or None where the key is absent or its problem has been told. `close` tells of each
key that nobody asked for, with the nearest right name.

    record = Record.of(node, problems=problems)
    if record:
        code = record.text("code", required=True, most=NAME_MOST)
        record.close()
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from archreview.interchange.documents import (
    ListNode,
    MappingNode,
    Node,
    Problems,
    RefusedNode,
    ScalarNode,
    first_control,
    shown,
)

NAME_MOST = 200
TEXT_MOST = 4_000
SLUG_MOST = 100
# Past these no database column holds the value, and no quantity of an architecture reaches them.
NUMBER_MOST = 1e15
COUNT_MOST = 2_147_483_647

SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")
# Characters that are not seen change how a name reads: `Cf` are the formatting ones, `Zl` and `Zp` break lines.
UNSEEN = "Cf Zl Zp"


class Record:
    """A mapping that is being read."""

    def __init__(self, node: MappingNode, *, problems: Problems) -> None:
        self.node = node
        self.problems = problems
        # In the order asked for, so that the same keys are offered in the same order.
        self._asked: dict[str, None] = {}

    @classmethod
    def of(cls, node: Node | None, *, problems: Problems) -> Record | None:
        """Give the node as a record; tell of it and give None where it is no mapping."""
        if isinstance(node, MappingNode):
            return cls(node, problems=problems)
        if node is not None and not isinstance(node, RefusedNode):
            problems.at(node, f"must be a mapping (keys with values), not {described(node)}")
        return None

    def get(self, key: str, *, required: bool = False) -> Node | None:
        """Give the node of a key, and know the key from now on."""
        self._asked[key] = None
        node = self.node.entries.get(key)
        if node is None:
            # A key whose value was refused is there all the same.
            if required and key not in self.node.key_lines:
                self.problems.add(self.node.file, self.node.line, self._path(key), "is missing")
            return None
        return None if isinstance(node, RefusedNode) else node

    def line(self, key: str) -> int:
        """Give the line of a key, or of the whole mapping where the key is absent."""
        return self.node.key_lines.get(key, self.node.line)

    def text(self, key: str, *, required: bool = False, most: int = TEXT_MOST, name: bool = False) -> str | None:
        """Give the text of a key; a `name` is on one line and holds nothing that is not seen."""
        node = self.get(key, required=required)
        return None if node is None else text_of(node, problems=self.problems, most=most, name=name)

    def slug(self, key: str, *, required: bool = False) -> str | None:
        """Give the id that stands under a key."""
        node = self.get(key, required=required)
        return None if node is None else slug_of(node, problems=self.problems)

    def boolean(self, key: str, *, required: bool = False) -> bool | None:
        """Give the true or false of a key."""
        node = self.get(key, required=required)
        return None if node is None else boolean_of(node, problems=self.problems)

    def number(
        self,
        key: str,
        *,
        required: bool = False,
        over: float | None = None,
        least: float | None = None,
        most: float | None = None,
    ) -> float | None:
        """Give the number of a key: over `over`, at least `least`, at most `most`."""
        node = self.get(key, required=required)
        if node is None:
            return None
        return number_of(node, problems=self.problems, over=over, least=least, most=most)

    def count(
        self, key: str, *, required: bool = False, least: int | None = None, most: int | None = None
    ) -> int | None:
        """Give the whole number of a key."""
        node = self.get(key, required=required)
        return None if node is None else count_of(node, problems=self.problems, least=least, most=most)

    def choice(self, key: str, choices: Sequence[str], *, required: bool = False) -> str | None:
        """Give the word of a key, which is one of the choices."""
        node = self.get(key, required=required)
        return None if node is None else choice_of(node, choices, problems=self.problems)

    def items(self, key: str, *, required: bool = False) -> Iterator[Node]:
        """Give the nodes of a list that stands under a key."""
        node = self.get(key, required=required)
        if node is not None:
            yield from items_of(node, problems=self.problems)

    def records(self, key: str, *, required: bool = False) -> Iterator[Record]:
        """Give the mappings of a list that stands under a key."""
        for node in self.items(key, required=required):
            record = Record.of(node, problems=self.problems)
            if record:
                yield record

    def texts(self, key: str, *, required: bool = False, most: int = TEXT_MOST) -> tuple[str, ...]:
        """Give the texts of a list that stands under a key."""
        found = (text_of(node, problems=self.problems, most=most) for node in self.items(key, required=required))
        return tuple(text for text in found if text is not None)

    def know(self, keys: Iterable[str]) -> None:
        """Know keys without asking for their values."""
        for key in keys:
            self._asked.setdefault(key)

    def close(self) -> None:
        """Tell of every key that nobody asked for."""
        strange = [key for key in self.node.key_lines if key not in self._asked]
        known = tuple(self._asked) if strange else ()
        for key in strange:
            hint = self.problems.did_you_mean(key, known)
            message = "is not a key that is known here"
            self.problems.add(self.node.file, self.node.key_lines[key], self._path(key), message, hint)

    def _path(self, key: str) -> str:
        return f"{self.node.path}.{key[:60]}" if self.node.path else key[:60]


def described(node: Node) -> str:
    """Say in a few words what stands at a node."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, ListNode):
        return "a list"
    if not isinstance(node, ScalarNode):
        return "this"
    if node.value is None:
        return "nothing (null)"
    if isinstance(node.value, bool):
        return f"the truth value {node.text}"
    if isinstance(node.value, int | float):
        return f"the number {shown(node.text, quote='')}"
    return shown(node.text)


def text_of(node: Node, *, problems: Problems, most: int = TEXT_MOST, name: bool = False) -> str | None:
    """Read a text of at most so many characters."""
    if isinstance(node, RefusedNode):
        return None
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        hint = ""
        if isinstance(node, ScalarNode) and node.value is not None:
            hint = f'write "{shown(node.text, quote="")}" in quotes if that is the text'
        problems.at(node, f"must be a text, not {described(node)}", hint)
        return None
    text = node.value
    if len(text) > most:
        problems.at(node, f"is too long: {len(text):,} characters, at most {most:,}")
        return None
    control = first_control(text, also=UNSEEN if name else "")
    if control is None and name and not text.isprintable():
        control = next((c for c in text if c in "\n\t"), None)
    if control is not None:
        problems.at(node, f"holds the character U+{ord(control):04X}, which is not seen; leave it out")
        return None
    return text


def slug_of(node: Node, *, problems: Problems) -> str | None:
    """Read an id: small letters, digits, `.`, `_` and `-`, a letter or a digit first, at most 100 characters."""
    text = text_of(node, problems=problems, most=SLUG_MOST)
    if text is None:
        return None
    if not SLUG.match(text):
        message = f"{shown(text)} is no id: small letters, digits, '.', '_' and '-', and a letter or a digit first"
        better = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")
        problems.at(node, message, f"{shown(better)} would be one" if better else "")
        return None
    return text


def boolean_of(node: Node, *, problems: Problems) -> bool | None:
    """Read true or false."""
    if isinstance(node, RefusedNode):
        return None
    if isinstance(node, ScalarNode) and isinstance(node.value, bool):
        return node.value
    meant = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}
    word = node.text.lower() if isinstance(node, ScalarNode) else ""
    word = meant.get(word, word if word in ("true", "false") else "")
    hint = f"write {word}" if word else ""
    problems.at(node, f"must be true or false, not {described(node)}", hint)
    return None


def number_of(
    node: Node,
    *,
    problems: Problems,
    over: float | None = None,
    least: float | None = None,
    most: float | None = None,
) -> float | None:
    """Read a number of a range; never an infinity, and nothing that is not a number."""
    if isinstance(node, RefusedNode):
        return None
    if not isinstance(node, ScalarNode) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
        problems.at(node, f"must be a number, not {described(node)}")
        return None
    number = node.value
    most = NUMBER_MOST if most is None else most
    if over is not None and not number > over:
        problems.at(node, f"must be over {over:g}, not {shown(node.text, quote='')}")
    elif least is not None and number < least:
        problems.at(node, f"must be at least {least:g}, not {shown(node.text, quote='')}")
    elif number > most:
        problems.at(node, f"must be at most {most:g}, not {shown(node.text, quote='')}")
    else:
        return number
    return None


def count_of(node: Node, *, problems: Problems, least: int | None = None, most: int | None = None) -> int | None:
    """Read a whole number of a range."""
    number = number_of(node, problems=problems, least=least, most=COUNT_MOST if most is None else most)
    if number is None:
        return None
    if number != int(number):
        problems.at(node, f"must be a whole number, not {number:g}")
        return None
    return int(number)


def choice_of(node: Node, choices: Sequence[str], *, problems: Problems) -> str | None:
    """Read one of the choices."""
    if isinstance(node, RefusedNode):
        return None
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value in choices:
        return node.value
    hint = problems.did_you_mean(node.text, choices) if isinstance(node, ScalarNode) else ""
    problems.at(node, f"must be one of {listed(choices)}, not {described(node)}", hint)
    return None


def items_of(node: Node, *, problems: Problems) -> Iterator[Node]:
    """Give the nodes of a list; tell of it where the node is none."""
    if isinstance(node, ListNode):
        yield from (item for item in node.items if not isinstance(item, RefusedNode))
    elif not isinstance(node, RefusedNode):
        problems.at(node, f"must be a list, not {described(node)}")


def listed(words: Sequence[str]) -> str:
    """Give "a, b or c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
