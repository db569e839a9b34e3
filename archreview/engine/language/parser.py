"""
From text to syntax tree.

The text is measured before it is read: its length and its brackets first, so that nothing long or deep ever reaches
the parser. Nesting without brackets (`!!!!x`, `a ? b : c ? d : e`) is counted while the tree is built, from the
bottom up, so nothing here recurses.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, v_args

from archreview.engine.language.problems import ConditionError, Problem, shown
from archreview.engine.language.syntax import (
    And,
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Field,
    ListLiteral,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
)

MAX_LENGTH = 1000
MAX_DEPTH = 20
MAX_DIGITS = 15

GRAMMAR = r"""
start: conditional

?conditional: either
    | either "?" conditional ":" conditional    -> conditional

?either: both ("||" both)*

?both: relation ("&&" relation)*

?relation: sum
    | sum COMPARISON sum                        -> compare
    | sum IN sum                                -> compare

?sum: product ((PLUS | MINUS) product)*

?product: unary (TIMES_OR_OVER unary)*

?unary: member
    | "!" unary                                 -> negation
    | MINUS unary                               -> negative

?member: primary
    | member "." NAME                           -> field
    | member "." NAME "(" [arguments] ")"       -> method

?primary: TRUE                                  -> true
    | FALSE                                     -> false
    | NUMBER                                    -> number
    | TEXT                                      -> text
    | NAME                                      -> name
    | NAME "(" [arguments] ")"                  -> function
    | "[" [arguments] "]"                       -> list_literal
    | "(" conditional ")"                       -> bracket

arguments: conditional ("," conditional)*

TRUE: "true"
FALSE: "false"
IN: "in"
COMPARISON: "==" | "!=" | "<=" | ">=" | "<" | ">"
MINUS: "-"
PLUS: "+"
TIMES_OR_OVER: "*" | "/"
NUMBER: /[0-9]+(\.[0-9]+)?/
TEXT: /"([^"\\\n]|\\["\\])*"/
NAME: /[A-Za-z_][A-Za-z0-9_]*/

%ignore /[ \t\r\n]+/
"""

_EXPECTED_OPERAND = frozenset({"NAME", "NUMBER", "TEXT", "TRUE", "FALSE"})
_WORDS = {"and": "&&", "or": "||", "AND": "&&", "OR": "||", "is": "=="}
_CHARACTERS = {
    "=": ("one = is not part of the language; == compares", "=="),
    "&": ("one & is not part of the language", "&&"),
    "|": ("one | is not part of the language", "||"),
    "'": ("texts stand in double quotes", '"'),
    "“": ("texts stand in straight double quotes", '"'),
    "”": ("texts stand in straight double quotes", '"'),
    "„": ("texts stand in straight double quotes", '"'),
    '"': ('the text is not closed with ", or holds a \\ that stands before neither " nor \\', ""),
    "{": ("braces belong to messages, not to conditions", ""),
    "%": ("there is no remainder in the language", ""),
    "\\": ("a \\ may only stand in a text", ""),
}

# A text in other quotes than those of the language.
_QUOTED = re.compile(r"""['“”„]([^'“”„"\\\n]*)['“”]""")


def parse(source: str) -> Node:
    """
    Give the syntax tree of a condition.

    Raises ConditionError with one problem, at its place, where the text is too long, too deep or no condition.
    """
    _measure(source)
    try:
        tree = _parser().parse(source)
    except UnexpectedEOF:
        raise _error(len(source), 1, "the condition ends too early") from None
    except UnexpectedCharacters as error:
        raise _unexpected_character(source, error.pos_in_stream or 0) from None
    except UnexpectedToken as error:
        raise _unexpected_token(source, error) from None
    if not isinstance(tree, Node):  # pragma: no cover - the grammar gives nothing else
        raise TypeError(f"the parser gave {tree!r}")
    return tree


def _measure(source: str) -> None:
    if len(source) > MAX_LENGTH:
        raise _error(MAX_LENGTH, 1, f"too long: {len(source):,} characters, at most {MAX_LENGTH:,} are read")
    if not source.strip():
        raise _error(0, 1, "the condition is empty")
    depth, in_text, escaped = 0, False, False
    for position, character in enumerate(source):
        if in_text:
            in_text = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_text = True
        elif character in "([":
            depth += 1
            if depth > MAX_DEPTH:
                raise _too_deep(position, position + 1)
        elif character in ")]":
            depth -= 1


def _too_deep(start: int, end: int) -> ConditionError:
    return _error(start, end - start, f"too deep: at most {MAX_DEPTH} levels are read")


def _error(position: int, length: int, message: str, suggestion: str = "") -> ConditionError:
    return ConditionError([Problem(position, length, message, suggestion)])


def _unexpected_character(source: str, position: int) -> ConditionError:
    character = source[position]
    message, suggestion = _CHARACTERS.get(character, (f"'{shown(character)}' is not part of the language", ""))
    if suggestion == '"' and (quoted := _QUOTED.match(source, position)):
        return _error(position, len(quoted[0]), message, f'"{quoted[1]}"')
    return _error(position, 1, message, suggestion)


def _unexpected_token(source: str, error: UnexpectedToken) -> ConditionError:
    token = error.token
    wants_operand = bool(_EXPECTED_OPERAND & set(error.expected))
    if token.type == "$END":
        what = "a name or a value is missing" if wants_operand else "a closing bracket or the rest is missing"
        return _error(len(source), 1, f"the condition ends too early: {what}")
    position = token.start_pos or 0
    word = str(token)
    before = error.token_history[-1] if error.token_history else None
    if before is not None and str(before) in ("not", "NOT"):
        return _error(before.start_pos or 0, len(before), f'"{before}" is not part of the language', "!")
    if token.type == "NAME" and word in _WORDS and not wants_operand:
        return _error(position, len(word), f'"{word}" is not part of the language', _WORDS[word])
    if token.type in ("COMPARISON", "IN") and not wants_operand:
        return _error(position, len(word), "comparisons cannot follow one another; join two of them with &&")
    if wants_operand:
        message = f"a name or a value is missing before '{shown(word)}'"
    elif token.type == "NAME" and before is not None and before.type == "NUMBER":
        message = f"'{shown(word)}' cannot stand here: numbers are digits alone, and their unit is that of the name"
    elif token.type == "NAME":
        message = f"'{shown(word)}' cannot stand here: between two parts stands && or ||, or a comparison such as =="
    else:
        message = f"'{shown(word)}' cannot stand here"
    return _error(position, len(word), message)


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=False, transformer=_Builder())


def _deep(start: int, end: int, *below: Node) -> int:
    """Give the depth of a node over others; raises where it is too much."""
    depth = 1 + max((node.depth for node in below), default=0)
    if depth > MAX_DEPTH:
        raise _too_deep(start, end)
    return depth


# Lark calls these by the names of the grammar's rules; it knows no types of them.
@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """
    Builds nodes from the bottom up.

    `bracket` widens a node to its brackets, so that an error about it covers them.
    """

    def start(self, node: Node) -> Node:
        return node

    def true(self, token: Token) -> Node:
        return Literal(*_place(token), 1, value=True)

    def false(self, token: Token) -> Node:
        return Literal(*_place(token), 1, value=False)

    def number(self, token: Token) -> Node:
        start, end = _place(token)
        if len(token) > MAX_DIGITS:
            raise _error(start, end - start, f"a number has at most {MAX_DIGITS} digits")
        return Literal(start, end, 1, value=float(token) if "." in token else int(token))

    def text(self, token: Token) -> Node:
        value = token[1:-1].replace('\\"', '"').replace("\\\\", "\\") if "\\" in token else token[1:-1]
        return Literal(*_place(token), 1, value=str(value))

    def name(self, token: Token) -> Node:
        return Name(*_place(token), 1, words=(str(token),))

    def field(self, receiver: Node, word: Token) -> Node:
        end = _place(word)[1]
        if isinstance(receiver, Name):
            return Name(receiver.start, end, 1, words=(*receiver.words, str(word)))
        return Field(receiver.start, end, _deep(receiver.start, end, receiver), receiver=receiver, word=str(word))

    def method(self, receiver: Node, word: Token, arguments: list[Node] | None) -> Node:
        return self._call(receiver, word, arguments)

    def function(self, word: Token, arguments: list[Node] | None) -> Node:
        return self._call(None, word, arguments)

    def _call(self, receiver: Node | None, word: Token, arguments: list[Node] | None) -> Node:
        at, end = _place(word)
        start = receiver.start if receiver else at
        given = tuple(arguments or ())
        end = given[-1].end if given else end
        below = given if receiver is None else (receiver, *given)
        return Call(start, end, _deep(start, end, *below), receiver=receiver, word=str(word), at=at, arguments=given)

    def arguments(self, *nodes: Node) -> list[Node]:
        return list(nodes)

    def list_literal(self, items: list[Node] | None) -> Node:
        given = tuple(items or ())
        start, end = (given[0].start, given[-1].end) if given else (0, 1)
        return ListLiteral(start, end, _deep(start, end, *given), items=given)

    def bracket(self, node: Node) -> Node:
        return node

    def negation(self, operand: Node) -> Node:
        start = max(operand.start - 1, 0)
        return Not(start, operand.end, _deep(start, operand.end, operand), operand=operand)

    def negative(self, minus: Token, operand: Node) -> Node:
        start = _place(minus)[0]
        if isinstance(operand, Literal) and isinstance(operand.value, int | float) and operand.value is not True:
            return Literal(start, operand.end, 1, value=-operand.value)
        return Negative(start, operand.end, _deep(start, operand.end, operand), operand=operand)

    def compare(self, left: Node, operator: Token, right: Node) -> Node:
        depth = _deep(left.start, right.end, left, right)
        return Compare(left.start, right.end, depth, operator=str(operator), left=left, right=right)

    def both(self, *operands: Node) -> Node:
        start, end = operands[0].start, operands[-1].end
        return And(start, end, _deep(start, end, *operands), operands=operands)

    def either(self, *operands: Node) -> Node:
        start, end = operands[0].start, operands[-1].end
        return Or(start, end, _deep(start, end, *operands), operands=operands)

    def sum(self, first: Node, *rest: Any) -> Node:
        return self._arithmetic(first, rest)

    def product(self, first: Node, *rest: Any) -> Node:
        return self._arithmetic(first, rest)

    def _arithmetic(self, first: Node, rest: tuple[Any, ...]) -> Node:
        pairs = tuple((str(rest[at]), rest[at + 1]) for at in range(0, len(rest), 2))
        end = pairs[-1][1].end
        depth = _deep(first.start, end, first, *(operand for _, operand in pairs))
        return Arithmetic(first.start, end, depth, first=first, rest=pairs)

    def conditional(self, condition: Node, yes: Node, no: Node) -> Node:
        start, end = condition.start, no.end
        depth = _deep(start, end, condition, yes, no)
        return Conditional(start, end, depth, condition=condition, yes=yes, no=no)


def _place(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0
