"""
Everything that can be told about a condition before it meets an architecture.

The checker goes on after an error and gives all that it finds, each at its place: names that do not exist, types that
do not meet, values that a choice does not have, macros where none may stand, conditions that are constant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archreview.engine.language.cases import results_of_all_cases
from archreview.engine.language.constants import outcomes
from archreview.engine.language.parser import parse
from archreview.engine.language.problems import ConditionError, Problem, nearest, shown
from archreview.engine.language.references import Params, Reference, Unresolved, resolve
from archreview.engine.language.schema import BOOLEAN, NAMES_OF_SCOPE, NUMBER, TEXT, Kind, Type
from archreview.engine.language.syntax import (
    FUNCTIONS,
    MACROS,
    TEXT_TESTS,
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

MAX_MACROS = 3
_TEXTS = (Kind.TEXT, Kind.CHOICE)
_ROOTS = frozenset({"params", *(root for roots in NAMES_OF_SCOPE.values() for root in roots)})


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A condition that may be compiled: its tree is sound for the scope and the parameters. Each is its own."""

    tree: Node
    scope: str
    params: Params


def check_condition(source: str, *, scope: str, params: Params) -> Checked:
    """Give the checked condition, or raise ConditionError with all problems."""
    tree = parse(source)
    checker = Checker(scope, params)
    checker.expect_boolean(tree)
    checker.count_macros(tree)
    if not checker.problems:
        checker.refuse_constant(tree)
    checker.raise_problems()
    return Checked(tree, scope, params)


def check_choice(source: str, choices: tuple[str, ...], *, scope: str, params: Params, what: str) -> Checked:
    """Give a checked expression whose value is one of the choices, or raise ConditionError with all problems."""
    tree = parse(source)
    checker = Checker(scope, params)
    checker.expect_choice(tree, choices, what)
    checker.count_macros(tree)
    checker.raise_problems()
    return Checked(tree, scope, params)


@dataclass(slots=True)
class Checker:
    """Collects the problems of one condition."""

    scope: str
    params: Params
    variables: dict[str, Type] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def raise_problems(self) -> None:
        """Raise what was found, in the order of the text."""
        if self.problems:
            raise ConditionError(sorted(set(self.problems), key=lambda problem: (problem.position, problem.message)))

    def expect_boolean(self, node: Node) -> None:
        """Refuse a node that is not true or false."""
        given = self.type_of(node)
        if given is not None and given.kind is not Kind.BOOLEAN:
            self._report(node, f"true or false is wanted here, and this is a {given}")

    def expect_choice(self, node: Node, choices: tuple[str, ...], what: str) -> None:
        """Refuse a node that is not one of the choices, whichever way its conditions fall."""
        if isinstance(node, Conditional):
            self.expect_boolean(node.condition)
            self.expect_choice(node.yes, choices, what)
            self.expect_choice(node.no, choices, what)
            return
        value = self._constant(node)
        if value is None:
            self._report(node, f"a {what} is wanted here: " + ", ".join(f'"{choice}"' for choice in choices))
        elif value not in choices:
            self._report(node, f"{_quoted(value)} is no {what}", nearest(str(value), choices))

    def count_macros(self, tree: Node) -> None:
        """Refuse more macros than the language has."""
        macros = [node for node in tree.walk() if isinstance(node, Call) and node.receiver and node.word in MACROS]
        for macro in macros[MAX_MACROS:]:
            self._report(macro, f"at most {MAX_MACROS} of {', '.join(MACROS)} may stand in a condition")

    def refuse_constant(self, tree: Node) -> None:
        """Refuse a sound condition that gives the same result for every architecture."""
        if all(not isinstance(node, Name) or node.words[0] == "params" for node in tree.walk()):
            self._report(tree, "the condition asks about no fact: it comes out the same everywhere")
            return
        possible = outcomes(tree, scope=self.scope, params=self.params)
        if True not in possible:
            self._report(tree, "the condition can never be true")
        elif False not in possible:
            self._report(tree, "the condition is always true" + (" where it is known" if None in possible else ""))
        else:
            results = results_of_all_cases(tree, scope=self.scope, params=self.params)
            if results == {False}:
                self._report(tree, "the condition can never be true: its parts contradict one another")
            elif results == {True}:
                self._report(tree, "the condition is always true: it leaves nothing out")

    def type_of(self, node: Node) -> Type | None:
        """Give the type of a node; None where an error about it is already told."""
        match node:
            case Literal(value=value):
                return _type_of_value(value)
            case Name():
                return self._name(node)
            case ListLiteral():
                return self._list(node)
            case Not(operand=operand):
                self.expect_boolean(operand)
                return BOOLEAN
            case And(operands=operands) | Or(operands=operands):
                for operand in operands:
                    self.expect_boolean(operand)
                return BOOLEAN
            case Compare():
                self._compare(node)
                return BOOLEAN
            case Negative() | Arithmetic():
                for part in node.parts:
                    self._expect_number(part)
                return NUMBER
            case Conditional():
                return self._conditional(node)
            case Call():
                return self._call(node)
            case Field(word=word):
                self._report(node, f".{shown(word)} stands after something that is no name")
                return None
        raise TypeError(f"unknown node {node!r}")  # pragma: no cover - the cases above are all nodes

    def _name(self, node: Name) -> Type | None:
        found = self._resolve(node)
        if isinstance(found, Unresolved):
            self._report(node, found.message, found.suggestion)
            return None
        return found.type

    def _resolve(self, node: Name) -> Reference | Unresolved:
        return resolve(node, scope=self.scope, params=self.params, variables=self.variables)

    def _list(self, node: ListLiteral) -> Type | None:
        if not node.items:
            self._report(node, "the list is empty")
            return None
        types = []
        for item in node.items:
            if self._constant(item) is None:
                self._report(item, "a list written out holds values and parameters only")
                return None
            types.append(self.type_of(item))
        first = types[0]
        for item, given in zip(node.items, types, strict=True):
            if given and first and given.kind is not first.kind:
                self._report(item, f"the list begins with a {first}, and this is a {given}")
                return None
        return Type(Kind.LIST, element=first)

    def _expect_number(self, node: Node) -> None:
        given = self.type_of(node)
        if given is not None and given.kind is not Kind.NUMBER:
            self._report(node, f"a number is wanted here, and this is a {given}")

    def _conditional(self, node: Conditional) -> Type | None:
        self.expect_boolean(node.condition)
        yes, no = self.type_of(node.yes), self.type_of(node.no)
        if yes is None or no is None:
            return None
        if not _comparable(yes, no) or yes.kind in (Kind.LIST, Kind.STEP):
            self._report(node.no, f"both branches must be of one type; the first is a {yes}, this is a {no}")
            return None
        if yes.kind is Kind.NUMBER:
            return NUMBER
        return TEXT if yes.kind in _TEXTS else yes

    def _compare(self, node: Compare) -> None:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if left is None or right is None:
            return
        if node.operator == "in":
            self._in(node, left, right)
            return
        for side, given in ((node.left, left), (node.right, right)):
            if given.kind in (Kind.LIST, Kind.STEP):
                self._report(side, f"a {given} cannot be compared; ask for its size(...) or use in")
                return
        if not _comparable(left, right):
            self._report(node, f"a {left} cannot be compared with a {right}")
        elif node.operator not in ("==", "!=") and left.kind is not Kind.NUMBER:
            self._report(node, f"{node.operator} compares numbers, and this is a {left}")
        else:
            self._expect_member(node.left, right)
            self._expect_member(node.right, left)
            if (
                left.choices
                and right.choices
                and not (left.open or right.open)
                and not set(left.choices) & set(right.choices)
            ):
                self._report(node, "these two never have a value in common")

    def _in(self, node: Compare, left: Type, right: Type) -> None:
        element = right.element
        if element is None:
            self._report(node.right, f"a list is wanted after in, and this is a {right}")
        elif left.kind in (Kind.LIST, Kind.STEP) or not _comparable(left, element):
            self._report(node, f"a {left} cannot be in a {right}")
        else:
            for item in node.right.parts if isinstance(node.right, ListLiteral) else ():
                self._expect_member(item, left)
            self._expect_member(node.left, element)

    def _expect_member(self, node: Node, of: Type) -> None:
        """Refuse a constant that the choice which it meets does not have."""
        if of.kind is not Kind.CHOICE or of.open:
            return
        if isinstance(node, Conditional):
            self._expect_member(node.yes, of)
            self._expect_member(node.no, of)
            return
        value = self._constant(node)
        if value is not None and value not in of.choices:
            word = nearest(str(value), of.choices)
            allowed = "" if word else ": " + ", ".join(of.choices)
            self._report(node, f"{_quoted(value)} is not one of the values{allowed}", word)

    def _constant(self, node: Node) -> bool | float | str | None:
        """Give the value of a literal or a parameter, else None."""
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Name):
            found = self._resolve(node)
            return found.param if isinstance(found, Reference) else None
        return None

    def _call(self, node: Call) -> Type | None:
        if node.receiver is None:
            return self._function(node)
        if node.word in TEXT_TESTS:
            for part in (node.receiver, *node.arguments):
                given = self.type_of(part)
                if given is not None and given.kind not in _TEXTS:
                    self._report(part, f"{node.word} tests texts, and this is a {given}")
            return BOOLEAN if self._expect_arguments(node, 1) else None
        if node.word in MACROS:
            if node.word == "filter":
                self._report_word(node, "filter may stand only in size(...)")
                return None
            return BOOLEAN if self._macro(node) else None
        if node.word in FUNCTIONS:
            self._report_word(node, f"write {node.word}(...) around it")
            return None
        self._report_word(node, f"there is no {shown(node.word)} here", nearest(node.word, (*MACROS, *TEXT_TESTS)))
        return None

    def _function(self, node: Call) -> Type | None:
        if node.word not in FUNCTIONS:
            self._report_word(node, f"there is no function {shown(node.word)}", nearest(node.word, FUNCTIONS))
            return None
        if not self._expect_arguments(node, 1):
            return None
        argument = node.arguments[0]
        if node.word == "known":
            self._known(argument)
            return BOOLEAN
        if isinstance(argument, Call) and argument.word == "filter" and argument.receiver:
            self._macro(argument)
            return Type(Kind.NUMBER, least=0)
        given = self.type_of(argument)
        if given is not None and given.kind is not Kind.LIST:
            self._report(argument, f"size counts a list, and this is a {given}")
        return Type(Kind.NUMBER, least=0)

    def _known(self, argument: Node) -> None:
        if not isinstance(argument, Name):
            self._report(argument, "known asks about one fact: give its name")
            return
        found = self._resolve(argument)
        if isinstance(found, Unresolved):
            self._report(argument, found.message, found.suggestion)
        elif found.entry is None:
            self._report(argument, f"{argument.path} is always known")

    def _macro(self, node: Call) -> bool:
        """Check a macro; true where it is sound enough to have a type."""
        receiver = node.receiver
        given = self.type_of(receiver) if receiver else None
        if self.variables:
            self._report_word(node, f"{node.word} may not stand inside another one")
            return False
        if not self._expect_arguments(node, 2) or given is None or receiver is None:
            return False
        if given.element is None or not isinstance(receiver, Name):
            self._report(receiver, f"{node.word} goes through a list of the facts, and this is none")
            return False
        variable, body = node.arguments
        if not isinstance(variable, Name) or len(variable.words) != 1:
            self._report(variable, f"a plain name is wanted here, as in {node.word}(s, ...)")
            return False
        word = variable.words[0]
        if word in _ROOTS:
            self._report(variable, f"{shown(word)} already means something; take another name")
            return False
        self.variables[word] = given.element
        self.expect_boolean(body)
        del self.variables[word]
        return True

    def _expect_arguments(self, node: Call, count: int) -> bool:
        if len(node.arguments) == count:
            return True
        wanted = "one argument" if count == 1 else f"{count} arguments"
        self._report_word(node, f"{node.word} takes {wanted}")
        return False

    def _report(self, node: Node, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(node.start, max(node.end - node.start, 1), message, suggestion))

    def _report_word(self, node: Call, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(node.at, len(node.word), message, suggestion))


def _type_of_value(value: float | str | bool) -> Type:
    if isinstance(value, bool):
        return BOOLEAN
    elif isinstance(value, str):
        return TEXT
    return Type(Kind.NUMBER, least=value, most=value)


def _comparable(one: Type, other: Type) -> bool:
    return one.kind is other.kind or (one.kind in _TEXTS and other.kind in _TEXTS)


def _quoted(value: float | str | bool) -> str:
    return f'"{shown(value)}"' if isinstance(value, str) else str(value)
