"""
The syntax tree of a condition.

`start` and `end` are places in the text (`end` is the first character after). `depth` is how many nodes stand
below one another; chains such as `a && b && c` are one node, so only real nesting counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MACROS = ("exists", "all", "filter")
TEXT_TESTS = ("startsWith", "endsWith", "contains")
FUNCTIONS = ("size", "known")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of a condition."""

    start: int
    end: int
    depth: int

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the nodes directly below, in the order written."""
        return ()

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first."""
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.parts))


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """`true`, `5`, `"queue"`."""

    value: bool | int | float | str


@dataclass(frozen=True, slots=True, eq=False)
class ListLiteral(Node):
    """`["queue", "stream"]`."""

    items: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the members."""
        return self.items


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """`edge.circuit_breaker`, `params.limit`, or the variable of a macro."""

    words: tuple[str, ...]

    @property
    def path(self) -> str:
        """Give the name as written."""
        return ".".join(self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Field(Node):
    """A dot after something that is no name, as in `(a).b`: never right, kept for its error."""

    receiver: Node
    word: str

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give what stands before the dot."""
        return (self.receiver,)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """`size(x)` (no receiver), `x.startsWith("a")`, `x.exists(s, s.is_call)`; `at` is where the word starts."""

    receiver: Node | None
    word: str
    at: int
    arguments: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the receiver, where there is one, and the arguments."""
        return self.arguments if self.receiver is None else (self.receiver, *self.arguments)


@dataclass(frozen=True, slots=True, eq=False)
class Not(Node):
    """`!x`."""

    operand: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True, eq=False)
class Negative(Node):
    """`-x`."""

    operand: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True, eq=False)
class And(Node):
    """`a && b && c`."""

    operands: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the operands."""
        return self.operands


@dataclass(frozen=True, slots=True, eq=False)
class Or(Node):
    """`a || b || c`."""

    operands: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the operands."""
        return self.operands


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Node):
    """`a == b`, and with `!=`, `<`, `<=`, `>`, `>=` and `in`."""

    operator: str
    left: Node
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give both sides."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    """`a + b - c`, or `a * b / c`: worked out from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the operands."""
        return (self.first, *(operand for _, operand in self.rest))


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Node):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        """Give the condition and both branches."""
        return (self.condition, self.yes, self.no)
