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
    cases = Cases(tree, scope, params)
    if cases.types is None:
        return frozenset()
    values = values_of(cases)
    if math.prod(map(len, values.values())) * sum(1 for _ in tree.walk()) > MAX_STEPS:
        return frozenset()
    results = set()
    for combination in product(*values.values()):
        case = dict(zip(values, combination, strict=True))
        if can_be(case):
            results.add(cases.is_true(case))
    return frozenset(results)


def values_of(*conditions: Cases) -> dict[str, Sequence[Value]]:
    """Give the values to try for each name, so that they stand for all that any of the conditions can tell apart."""
    types = {path: of for condition in conditions for path, of in (condition.types or {}).items()}
    written = [value for condition in conditions for value in condition.written()]
    words = sorted({word for word in written if isinstance(word, str)})
    bounds = [bound for of in types.values() for bound in (of.least, of.most) if bound is not None]
    numbers = [float(n) for n in (*written, *bounds) if isinstance(n, int | float) and not isinstance(n, bool)]
    # As many in each gap as there are numbers, for one may have to be above another in the same gap.
    points = _points(numbers, sum(1 for of in types.values() if of.kind is Kind.NUMBER))
    return {path: _values_of(of, words, points) for path, of in types.items()}


def can_be(case: Mapping[str, Value]) -> bool:
    """Tell whether anything can be as the case says: of some names at most one is true."""
    true = [path.rpartition(".")[2] for path, value in case.items() if value is True and path.startswith("edge.")]
    return all(sum(word in family for word in true) <= 1 for family in _FAMILIES)


class Cases:
    """
    A checked condition as something to be tried on cases.

    `types` are the facts that it names, with their types; None where it does more than compare them.
    """

    def __init__(self, tree: Node, scope: str, params: Params) -> None:
        self.tree = tree
        self.scope = scope
        self.params = params
        self.types = self._types()

    def _types(self) -> dict[str, Type] | None:
        types: dict[str, Type] = {}
        for node in self.tree.walk():
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

    def written(self) -> list[Value]:
        """Give the values that stand in the condition, as literals or by way of parameters."""
        return [node.value for node in self.tree.walk() if isinstance(node, Literal)] + list(self.params.values())

    def is_true(self, case: Mapping[str, Value]) -> bool:
        """Work the condition out, everything being known."""
        return bool(self._value(self.tree, case))

    def _value(self, node: Node, case: Mapping[str, Value]) -> Value:
        match node:
            case Literal(value=value):
                return value
            case Name():
                return case[node.path] if node.path in case else self._constant(node)
            case Not(operand=operand):
                return not self._value(operand, case)
            case And(operands=operands):
                return all(self._value(operand, case) for operand in operands)
            case Or(operands=operands):
                return any(self._value(operand, case) for operand in operands)
            case Conditional(condition=condition, yes=yes, no=no):
                return self._value(yes if self._value(condition, case) else no, case)
            case Compare(operator="in", left=left, right=right):
                return self._value(left, case) in [self._value(item, case) for item in right.parts]
            case Compare(operator=operator, left=left, right=right):
                return _compare(operator, self._value(left, case), self._value(right, case))
        raise TypeError(f"unknown node {node!r}")  # pragma: no cover - `_types` lets no others pass

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


def _compare(operator: str, left: Value, right: Value) -> bool:
    if operator == "==":
        return left == right
    elif operator == "!=":
        return left != right
    assert not isinstance(left, str) and not isinstance(right, str)  # noqa: S101 - only numbers are ordered
    if operator in ("<", "<="):
        return left < right or (operator == "<=" and left == right)
    return left > right or (operator == ">=" and left == right)
