"""A reading of a condition in plain words, for those who do not write conditions."""

from __future__ import annotations

from archreview.engine.language.checker import check_condition
from archreview.engine.language.references import NO_PARAMS, Params
from archreview.engine.language.schema import NAMES_OF_SCOPE
from archreview.engine.language.syntax import (
    And,
    Arithmetic,
    Call,
    Compare,
    Conditional,
    ListLiteral,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
)

_COMPARISONS = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "in": "is one of",
}
_OPPOSITES = {"==": "!=", "!=": "=="}
_ARITHMETIC = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}
_TESTS = {"startsWith": "starts with", "endsWith": "ends with", "contains": "contains"}
_UNITS = (("_ms", " (ms)"), ("_hours", " (h)"), ("_per_s", " (a second)"))
_ROOTS = frozenset(root for roots in NAMES_OF_SCOPE.values() for root in roots)


def in_words(source: str, scope: str, params: Params = NO_PARAMS) -> str:
    """
    Give a condition as a sentence without a full stop.

    Raises ConditionError with all problems where the condition is not sound.
    """
    checked = check_condition(source, scope=scope, params=params)
    return _Reader(params).statement(checked.tree)


class _Reader:
    """Reads a tree aloud; brackets become brackets where `and` and `or` meet."""

    def __init__(self, params: Params) -> None:
        self._params = params

    def statement(self, node: Node) -> str:
        """Give a boolean node as a clause."""
        match node:
            case Name():
                return self._boolean(node, positive=True)
            case Not(operand=Name() as name):
                return self._boolean(name, positive=False)
            case Not(operand=operand):
                return f"it is not so that {self._inside(operand)}"
            case And(operands=operands):
                return ", and ".join(self._inside(operand) for operand in operands)
            case Or(operands=operands):
                return ", or ".join(self._inside(operand) for operand in operands)
            case Compare():
                return self._comparison(node)
            case Conditional(condition=condition, yes=yes, no=no):
                return f"if {self._inside(condition)} then {self._inside(yes)}, else {self._inside(no)}"
            case Call():
                return self._call(node)
        return self.value(node)

    def value(self, node: Node) -> str:
        """Give a node as a noun."""
        match node:
            case Literal(value=bool() as value):
                return "true" if value else "false"
            case Literal(value=str() as text):
                return _plain(text) if text else "none"
            case Literal(value=number):
                return f"{number:,}"
            case Name():
                return self._noun(node)
            case ListLiteral(items=items):
                words = [self.value(item) for item in items]
                return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
            case Arithmetic(first=first, rest=rest):
                return " ".join(
                    [self.value(first), *(f"{_ARITHMETIC[sign]} {self.value(part)}" for sign, part in rest)]
                )
            case Negative(operand=operand):
                return f"minus {self.value(operand)}"
            case Conditional(condition=condition, yes=yes, no=no):
                return f"({self.value(yes)} if {self.statement(condition)}, else {self.value(no)})"
            case Call(word="size", arguments=(argument,)):
                return self._size(argument)
        return f"({self.statement(node)})"

    def _inside(self, node: Node) -> str:
        said = self.statement(node)
        return f"({said})" if isinstance(node, And | Or | Conditional) else said

    def _comparison(self, node: Compare) -> str:
        left, right, operator = node.left, node.right, node.operator
        if operator in _OPPOSITES and isinstance(right, Literal) and isinstance(right.value, bool):
            positive = right.value is (operator == "==")
            if isinstance(left, Name):
                return self._boolean(left, positive=positive)
            return self.statement(left) if positive else f"it is not so that {self._inside(left)}"
        return f"{self.value(left)} {_COMPARISONS[operator]} {self.value(right)}"

    def _boolean(self, node: Name, *, positive: bool) -> str:
        """Give a fact that is true or false as a clause, by the shape of its name."""
        owner, word = self._owner(node), node.words[-1]
        verb, _, rest = word.partition("_")
        if verb == "is" and rest:
            return f"{owner} is {_plain(rest)}" if positive else f"{owner} is not {_plain(rest)}"
        elif verb == "has" and rest:
            return f"{owner} has {_a(_measure(rest))}" if positive else f"{owner} has no {_measure(rest)}"
        elif verb == "waits":
            return f"{owner} {_plain(word)}" if positive else f"{owner} never {_plain(word)}"
        elif word in ("in_request", "below_target", "within_rule", "over_budget"):
            where = {"in_request": "in a user's request", "within_rule": "within the hop rule"}.get(word, _plain(word))
            return f"{owner} is {where}" if positive else f"{owner} is not {where}"
        return f"{self._noun(node)} is {'true' if positive else 'false'}"

    def _owner(self, node: Name) -> str:
        root = node.words[0]
        return f"the {root}" if root in _ROOTS else "it"

    def _noun(self, node: Name) -> str:
        root = node.words[0]
        if root == "params":
            key = ".".join(node.words[1:])
            value = self._params[key]
            return (
                f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else _plain(str(value))
            )
        if len(node.words) == 1:
            return "it"
        if node.words[1] == "answers":
            return f'the answer to "{_plain(node.words[-1])}"'
        if node.words[-1] == "name":
            return f"{self._owner(node)}'s name"
        return (
            f"{self._owner(node)}'s {_measure(node.words[-1])}" if root in _ROOTS else f"its {_measure(node.words[-1])}"
        )

    def _call(self, node: Call) -> str:
        argument = node.arguments[0]
        if node.receiver is None:
            return f"{self.value(argument)} is known"
        if node.word in _TESTS:
            return f"{self.value(node.receiver)} {_TESTS[node.word]} {self.value(argument)}"
        quantity = {"exists": "for one of", "all": "for each of"}[node.word]
        return f"{quantity} {self.value(node.receiver)} ({self.statement(node.arguments[1])})"

    def _size(self, argument: Node) -> str:
        if isinstance(argument, Call) and argument.receiver is not None:
            return f"the number of {self.value(argument.receiver)} where ({self.statement(argument.arguments[1])})"
        return f"the number of {self.value(argument)}"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _measure(word: str) -> str:
    for ending, unit in _UNITS:
        if word.endswith(ending):
            return _plain(word.removesuffix(ending)) + unit
    return _plain(word)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
