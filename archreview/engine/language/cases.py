"""
Tries a condition on every case that it can tell apart.

Where a condition only compares its names with values, or its numbers with one another, a few values for each name
stand for all there are: those that are written, and some before, between and after them. If the condition is true of
no combination of these, it is true of nothing; then its parts contradict one another.

Conditions with lists, arithmetic, `known` or tests of texts are not tried, nor those with too many combinations: about
them nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from archreview.engine.language.references import Params, Reference, resolve
from archreview.engine.language.schema import Kind, Type
from archreview.engine.language.syntax import And, Compare, Conditional, ListLiteral, Literal, Name, Node, Not, Or

# Cases times nodes: what a condition costs to try stays a few hundredths of a second.
MAX_STEPS = 40_000

# An edge has one family, so no two of these are true at once.
_FAMILIES = (
    frozenset({"is_call", "is_hand_off", "is_asynchronous", "is_in_process"}),
    frozenset({"is_synchronous", "is_hand_off", "is_asynchronous", "is_in_process"}),
)

Value = bool | int | float | str


def results_of_all_cases(tree: Node, *, scope: str, params: Params) -> frozenset[bool]:
    """Give what a checked condition comes out as where everything is known; nothing where it cannot be tried."""
    cases = _Cases(scope, params)
    types = cases.types(tree)
    if types is None:
        return frozenset()
    values = cases.values(tree, types)
    if math.prod(map(len, values)) * sum(1 for _ in tree.walk()) > MAX_STEPS:
        return frozenset()
    results = set()
    for combination in product(*values):
        case = dict(zip(types, combination, strict=True))
        if _can_be(case):
            results.add(bool(cases.value(tree, case)))
    return frozenset(results)


@dataclass(frozen=True, slots=True)
class _Cases:
    scope: str
    params: Params

    def types(self, tree: Node) -> dict[str, Type] | None:
        """Give the facts that a condition names, with their types; None where it does more than compare them."""
        types: dict[str, Type] = {}
        for node in tree.walk():
            if not isinstance(node, And | Or | Not | Compare | Conditional | Literal | ListLiteral | Name):
                return None
            if isinstance(node, Name):
                found = self._resolve(node)
                if found.type.kind is Kind.LIST:
                    return None
                if found.entry is not None:
                    types[node.path] = found.type
            elif isinstance(node, Compare) and self._compares_words(node):
                return None
        return types

    def values(self, tree: Node, types: Mapping[str, Type]) -> list[Sequence[Value]]:
        """Give the values to try for each name."""
        written = [node.value for node in tree.walk() if isinstance(node, Literal)] + list(self.params.values())
        words = sorted({word for word in written if isinstance(word, str)})
        bounds = [bound for of in types.values() for bound in (of.least, of.most) if bound is not None]
        numbers = [float(n) for n in (*written, *bounds) if isinstance(n, int | float) and not isinstance(n, bool)]
        # As many in each gap as there are numbers, for one may have to be above another in the same gap.
        points = _points(numbers, sum(1 for of in types.values() if of.kind is Kind.NUMBER))
        return [_values_of(of, words, points) for of in types.values()]

    def value(self, node: Node, case: Mapping[str, Value]) -> Value:
        """Work out a node, everything being known."""
        match node:
            case Literal(value=value):
                return value
            case Name():
                return case[node.path] if node.path in case else self._constant(node)
            case Not(operand=operand):
                return not self.value(operand, case)
            case And(operands=operands):
                return all(self.value(operand, case) for operand in operands)
            case Or(operands=operands):
                return any(self.value(operand, case) for operand in operands)
            case Conditional(condition=condition, yes=yes, no=no):
                return self.value(yes if self.value(condition, case) else no, case)
            case Compare(operator="in", left=left, right=right):
                return self.value(left, case) in [self.value(item, case) for item in right.parts]
            case Compare(operator=operator, left=left, right=right):
                return _compare(operator, self.value(left, case), self.value(right, case))
        raise TypeError(f"unknown node {node!r}")  # pragma: no cover - `types` lets no others pass

    def _compares_words(self, node: Compare) -> bool:
        """Tell whether two facts that are words are compared with each other, which a few values cannot stand for."""
        sides = [self._resolve(side) for side in (node.left, node.right) if isinstance(side, Name)]
        return len(sides) == 2 and all(
            side.entry is not None and side.type.kind in (Kind.TEXT, Kind.CHOICE) for side in sides
        )

    def _constant(self, node: Name) -> Value:
        found = self._resolve(node)
        assert found.param is not None  # noqa: S101 - facts are in the case, and the rest are parameters
        return found.param

    def _resolve(self, node: Name) -> Reference:
        found = resolve(node, scope=self.scope, params=self.params, variables={})
        if not isinstance(found, Reference):  # pragma: no cover - the checker has resolved all names
            raise TypeError(found.message)
        return found


def _points(numbers: Iterable[float], each: int) -> list[float]:
    """Give the numbers, and so many before, between each two, and after them."""
    known = sorted(set(numbers)) or [0.0]
    steps = range(1, each + 1)
    between = [low + (high - low) * step / (each + 1) for low, high in pairwise(known) for step in steps]
    return sorted({*known, *between, *(known[0] - step for step in steps), *(known[-1] + step for step in steps)})


def _values_of(of: Type, words: Sequence[str], points: Sequence[float]) -> Sequence[Value]:
    if of.kind is Kind.BOOLEAN:
        return (True, False)
    elif of.kind is Kind.NUMBER:
        least = -math.inf if of.least is None else of.least
        most = math.inf if of.most is None else of.most
        return [point for point in points if least <= point <= most]
    elif of.kind is Kind.CHOICE and not of.open:
        others = [choice for choice in of.choices if choice not in words]
        return [*(choice for choice in of.choices if choice in words), *others[:1]]
    return [*words, "another text than those"]


def _can_be(case: Mapping[str, Value]) -> bool:
    true = [path.rpartition(".")[2] for path, value in case.items() if value is True and path.startswith("edge.")]
    return all(sum(word in family for word in true) <= 1 for family in _FAMILIES)


def _compare(operator: str, left: Value, right: Value) -> bool:
    if operator == "==":
        return left == right
    elif operator == "!=":
        return left != right
    assert not isinstance(left, str) and not isinstance(right, str)  # noqa: S101 - only numbers are ordered
    if operator in ("<", "<="):
        return left < right or (operator == "<=" and left == right)
    return left > right or (operator == ">=" and left == right)
