"""
What a sound condition can come out as, whatever it is asked about.

Every fact is taken to be free within the bounds of its type and free of the others: what is possible may be said
too generously, never too narrowly. So a condition is called constant only where it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from archreview.engine.language import kleene
from archreview.engine.language.references import Params, Reference, resolve
from archreview.engine.language.schema import Type
from archreview.engine.language.syntax import (
    And,
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
)

Outcomes = frozenset[bool | None]
ANY = frozenset({True, False})
UNKNOWN: Outcomes = frozenset({None})

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def outcomes(tree: Node, *, scope: str, params: Params) -> Outcomes:
    """Give which of true, false and unknown (None) a checked condition can come out as."""
    return _Outcomes(scope, params).of(tree)


@dataclass(slots=True)
class _Outcomes:
    scope: str
    params: Params
    variables: dict[str, Type] = field(default_factory=dict)

    def of(self, node: Node) -> Outcomes:
        match node:
            case Literal(value=bool() as value):
                return frozenset({value})
            case Name():
                return self._name(node)
            case Not(operand=operand):
                return frozenset(kleene.negate(value) for value in self.of(operand))
            case And(operands=operands):
                return _combine(kleene.both, [self.of(operand) for operand in operands])
            case Or(operands=operands):
                return _combine(kleene.either, [self.of(operand) for operand in operands])
            case Compare():
                return self._compare(node)
            case Conditional(condition=condition, yes=yes, no=no):
                parts = product(self.of(condition), self.of(yes), self.of(no))
                return frozenset(kleene.choose(*values) for values in parts)
            case Call():
                return self._call(node)
        return ANY

    def _name(self, node: Name) -> Outcomes:
        found = self._resolve(node)
        if isinstance(found.param, bool):
            return frozenset({found.param})
        return ANY | UNKNOWN if found.optional else ANY

    def _resolve(self, node: Name) -> Reference:
        found = resolve(node, scope=self.scope, params=self.params, variables=self.variables)
        if not isinstance(found, Reference):  # pragma: no cover - the checker has resolved all names
            raise TypeError(found.message)
        return found

    def _call(self, node: Call) -> Outcomes:
        if node.word == "known":
            argument = node.arguments[0]
            always = isinstance(argument, Name) and not self._resolve(argument).optional
            return frozenset({True}) if always else ANY
        if node.receiver is not None and node.word in ("exists", "all"):
            return self._macro(node, node.receiver)
        return ANY | self._unknown(node.parts)

    def _macro(self, node: Call, receiver: Node) -> Outcomes:
        variable, body = node.arguments
        # Only lists that are named have macros, and a macro's variable is a name: the checker saw to both.
        assert isinstance(variable, Name) and isinstance(receiver, Name)  # noqa: S101
        unknown = self._unknown([receiver])
        element = self._resolve(receiver).type.element
        assert element is not None  # noqa: S101 - and so it did to this being a list
        self.variables[variable.words[0]] = element
        inside = self.of(body)
        del self.variables[variable.words[0]]
        # An empty list: nothing exists in it, and all of it is as one likes.
        empty = node.word == "all"
        return inside | {empty} | unknown

    def _unknown(self, nodes: Iterable[Node]) -> Outcomes:
        """Give unknown where any name in the nodes can be unknown, or a number can fail to come out."""
        for node in (below for top in nodes for below in top.walk()):
            if isinstance(node, Arithmetic | Negative | Conditional):
                return UNKNOWN
            if isinstance(node, Name) and self._optional(node):
                return UNKNOWN
        return frozenset()

    def _optional(self, node: Name) -> bool:
        found = resolve(node, scope=self.scope, params=self.params, variables=self.variables)
        # A macro's own variable does not resolve outside of it, and its facts may be unknown.
        return not isinstance(found, Reference) or found.optional

    def _compare(self, node: Compare) -> Outcomes:
        unknown = self._unknown(node.parts)
        left, right = self._value(node.left), self._value(node.right)
        if node.operator == "in" or (left is None and right is None):
            same = isinstance(node.left, Name) and isinstance(node.right, Name) and node.left.path == node.right.path
            if same and node.operator != "in":
                return frozenset({node.operator in ("==", "<=", ">=")}) | unknown
            return ANY | unknown
        if left is not None and right is not None:
            return frozenset({_holds(node.operator, left, right)})
        operator, literal, other = (
            (node.operator, right, node.left) if right is not None else (_MIRRORED[node.operator], left, node.right)
        )
        if isinstance(literal, int | float) and not isinstance(literal, bool):
            return self._bounded(operator, float(literal), other) | unknown
        return ANY | unknown

    def _bounded(self, operator: str, literal: float, node: Node) -> frozenset[bool | None]:
        """Give how a number of known bounds can compare with a literal."""
        least, most = -math.inf, math.inf
        if isinstance(node, Name):
            found = self._resolve(node).type
            least = least if found.least is None else found.least
            most = most if found.most is None else found.most
        elif isinstance(node, Call):
            least = 0
        tried = {least, most, *(value for value in (literal - 0.5, literal, literal + 0.5) if least <= value <= most)}
        return frozenset(_holds(operator, value, literal) for value in tried)

    def _value(self, node: Node) -> float | str | bool | None:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Name):
            found = resolve(node, scope=self.scope, params=self.params, variables=self.variables)
            return found.param if isinstance(found, Reference) else None
        return None


def _holds(operator: str, left: float | str | bool, right: float | str | bool) -> bool:
    if operator == "==":
        return left == right
    elif operator == "!=":
        return left != right
    assert not isinstance(left, str) and not isinstance(right, str)  # noqa: S101 - only numbers are ordered
    orders: Mapping[str, bool] = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return orders[operator]


def _combine(join: kleene.Join, parts: list[Outcomes]) -> Outcomes:
    """Give what joining one outcome of each part can come out as: at most three at any time."""
    joined = parts[0]
    for part in parts[1:]:
        joined = frozenset(join(one, other) for one in joined for other in part)
    return joined
