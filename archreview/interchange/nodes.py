"""A document as a tree of nodes that know their file, their line and their path."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | bool | int | float | None


@dataclass(slots=True, eq=False)
class Node:
    """A place in a document: `path` as in `edges[3].answers.can_poll` (empty for the root), `line` from 1."""

    file: str
    line: int
    path: str


@dataclass(slots=True, eq=False)
class ScalarNode(Node):
    """
    A single value: `text` as written without quotes and escapes, `value` as the core schema reads it.

    Infinities, not-a-numbers and numbers of more than 30 digits stay texts: they are never meant as a quantity.
    """

    text: str
    value: Value


@dataclass(slots=True, eq=False)
class ListNode(Node):
    """Nodes in their order."""

    items: list[Node]


@dataclass(slots=True, eq=False)
class MappingNode(Node):
    """Keys (texts, each once) with their nodes; `key_lines` gives the line of each key."""

    entries: dict[str, Node]
    key_lines: dict[str, int]


@dataclass(slots=True, eq=False)
class RefusedNode(Node):
    """A place whose problem is already told (an alias, for one): readers pass over it in silence."""
