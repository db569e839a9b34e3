"""
Python source from checked trees.

Nothing of a rule's text is copied: names come from the schema, literals are written by `repr`, variables are numbered.
Every boolean node is written in one of three forms, each an expression:

- `true(node)`, true where the node is certainly true,
- `false(node)`, true where the node is certainly false,
- `value(node)`, True, False or None.

The first two are cheap and short-circuit; they go down through `!`, `&&` and `||` and end at comparisons. Everything
else takes its `value`, which holds each part of the tree once, so the source grows with the condition and no faster.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from archreview.engine.language.references import Params, Reference, resolve
from archreview.engine.language.schema import Derived, Entry, Place, Type
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

_TESTS = {"startsWith": "startswith", "endsWith": "endswith", "contains": "__contains__"}
_MACROS = {"exists": "exists", "all": "every", "filter": "count"}
_KIND_OF_PLACE = {Place.SOURCE: "service", Place.TARGET: "service", Place.CHANNEL_MODEL: "channel"}


def read(entry: Entry, facts: str) -> str:
    """Give the expression that reads a name's value from the facts in the variable of that name."""
    bases = {
        Place.FACTS: facts,
        Place.MODEL: f"{facts}.model",
        Place.ANSWERS: f"{facts}.answers",
        Place.SOURCE: f"{facts}.source",
        Place.TARGET: f"{facts}.target",
        Place.CHANNEL_FACTS: f"{facts}.channel",
        Place.CHANNEL_MODEL: f"{facts}.channel.model",
    }
    base = bases[entry.place]
    plain = f"{base}.{entry.attribute}"
    if entry.derived is Derived.HAS:
        plain = f"(None if (value := {plain}) is None else value != INFINITY and value != '')"
    elif entry.derived is Derived.GIVEN:
        plain = f"({plain} is not None)"
    elif entry.derived is Derived.NAME:
        plain = f"({plain} or {base}.id)"
    elif entry.derived is Derived.NAME_OF_EDGE:
        plain = f"(None if {plain} is None else {plain}.model.name or {plain}.model.id)"
    if entry.place in (Place.CHANNEL_FACTS, Place.CHANNEL_MODEL):
        return f"(None if {facts}.channel is None else {plain})"
    return plain


@dataclass(frozen=True, slots=True)
class Question:
    """
    Who is asked where a name is unknown, in one of three forms.

    `fact` of the very subject that the facts are about; `triple`, an expression of one (kind, id, fact); or `triples`,
    an expression of several.
    """

    fact: str = ""
    triple: str = ""
    triples: str = ""


def question_about(entry: Entry, facts: str) -> Question | None:
    """Give who is asked where a name is unknown; None where nobody can be."""
    if not entry.asked:
        return None
    if entry.rests_on or entry.place is Place.MODEL:
        return Question(fact=entry.rests_on or entry.attribute)
    if entry.place is Place.ANSWERS:
        return Question(fact=f"answers.{entry.attribute}")
    if entry.place is Place.FACTS:
        return Question(triples=f"{facts}.asks({entry.attribute!r})")
    no_channel = f"('edge', {facts}.model.id, 'channel')"
    if entry.place is Place.CHANNEL_FACTS:
        of_channel = f"{facts}.channel.asks({entry.attribute!r})"
        return Question(triples=f"(({no_channel},) if {facts}.channel is None else {of_channel})")
    base = {Place.SOURCE: "source", Place.TARGET: "target", Place.CHANNEL_MODEL: "channel.model"}[entry.place]
    triple = f"({_KIND_OF_PLACE[entry.place]!r}, {facts}.{base}.id, {entry.attribute!r})"
    if entry.place is Place.CHANNEL_MODEL:
        triple = f"({no_channel} if {facts}.channel is None else {triple})"
    return Question(triple=triple)


@dataclass(slots=True)
class Writer:
    """
    Writes the expressions of one scope's conditions.

    Facts of the scope itself are read once, into locals named after them: `used` holds those met so far. What an
    unknown condition asks for is put into the list `out`; with `counting`, a bit is set for it instead: in `own` for
    facts of the subject itself, by `ask` for others.
    """

    scope: str
    params: Params
    counting: bool = False
    used: dict[str, Entry] = field(default_factory=dict)
    _variables: dict[str, tuple[str, Type]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def local(self, entry: Entry) -> str:
        """Give the local that holds a fact of the scope."""
        self.used[entry.path] = entry
        return entry.path.replace(".", "_")

    def value(self, node: Node) -> str:
        """Give an expression of the node's value; None is unknown."""
        match node:
            case Literal(value=value):
                return repr(value)
            case Name():
                return self._name(node)
            case ListLiteral(items=items):
                return f"({', '.join(self.value(item) for item in items)},)"
            case Not(operand=operand):
                inside = self.value(operand)
                return f"negate({inside})" if self.nullable(operand) else f"(not {inside})"
            case And(operands=operands):
                return self._joined("all_of", " and ", operands, node)
            case Or(operands=operands):
                return self._joined("any_of", " or ", operands, node)
            case Compare():
                return self._compare(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Negative(operand=operand):
                return f"minus({self.value(operand)})"
            case Conditional(condition=condition, yes=yes, no=no):
                return f"choose({self.value(condition)}, {self.value(yes)}, {self.value(no)})"
            case Call():
                return self._call(node)
        raise TypeError(f"unknown node {node!r}")  # pragma: no cover - checked trees hold no others

    def true(self, node: Node) -> str:
        """Give an expression that is true where the node is certainly true."""
        match node:
            case Name():
                return self.value(node)
            case Not(operand=operand):
                return self.false(operand)
            case And(operands=operands):
                return f"({' and '.join(self.true(operand) for operand in operands)})"
            case Or(operands=operands):
                return f"({' or '.join(self.true(operand) for operand in operands)})"
            case Compare() if self._plain(node):
                return self._decided(node, "")
        return f"({self.value(node)} is True)"

    def false(self, node: Node) -> str:
        """Give an expression that is true where the node is certainly false."""
        if not self.nullable(node):
            return f"(not {self.true(node)})"
        match node:
            case Name():
                return f"({self.value(node)} is False)"
            case Not(operand=operand):
                return self.true(operand)
            case And(operands=operands):
                return f"({' or '.join(self.false(operand) for operand in operands)})"
            case Or(operands=operands):
                return f"({' and '.join(self.false(operand) for operand in operands)})"
            case Compare() if self._plain(node):
                return self._decided(node, "not ")
        return f"({self.value(node)} is False)"

    def decided(self, node: Node) -> str:
        """Give an expression of a whole condition's value: that of `value`, without calls for `&&` and `||`."""
        if isinstance(node, And | Or) and self.nullable(node):
            # Only at the root: inside a condition this would write each part twice at every level.
            return f"(True if {self.true(node)} else False if {self.false(node)} else None)"
        return self.value(node)

    def nullable(self, node: Node) -> bool:
        """Tell whether the node can be unknown."""
        match node:
            case Literal() | ListLiteral():
                return False
            case Name():
                return self._resolve(node).optional
            case Arithmetic() | Negative():
                return True
            case Call(word="known", receiver=None):
                return False
            case Call(word=word, receiver=receiver, arguments=arguments) if receiver and word in _MACROS:
                with self._inside(node):
                    return self.nullable(receiver) or self.nullable(arguments[1])
        return any(self.nullable(part) for part in node.parts)

    def type_of(self, name: Name) -> Type:
        """Give the type of a name."""
        return self._resolve(name).type

    def missing(self, node: Node, indent: str = "    ") -> list[str]:
        """
        Give the statements that ask for the facts which keep an unknown node open.

        They take for granted that the node is unknown.
        """
        match node:
            case Name():
                return self._ask(node, indent)
            case Conditional(condition=condition, yes=yes, no=no):
                return self._missing_branch(condition, yes, no, indent)
            case Call(word=word, receiver=receiver) if receiver and word in _MACROS:
                return self._missing_in_macro(node, receiver, indent)
        return self._missing_below(node.parts, indent)

    def _missing_below(self, nodes: tuple[Node, ...], indent: str) -> list[str]:
        lines = []
        for node in nodes:
            inside = self.missing(node, f"{indent} ") if self.nullable(node) else []
            if inside:
                lines += [f"{indent}if {self._unknown(node)}:", *inside]
        return lines

    def _unknown(self, node: Node) -> str:
        """Give the expression that is true where a node is unknown."""
        if isinstance(node, Not):
            return self._unknown(node.operand)
        if isinstance(node, Compare) and self._plain(node):
            sides = self._nullable_sides(node, self.value(node.left), self.value(node.right))
            return " or ".join(f"{side} is None" for side in sides)
        return f"{self.value(node)} is None"

    def _missing_branch(self, condition: Node, yes: Node, no: Node, indent: str) -> list[str]:
        chosen = f"chosen{next(self._numbers)}"
        lines = [f"{indent}{chosen} = {self.value(condition)}"]
        for test, node in ((f"if {chosen} is None", condition), (f"elif {chosen}", yes), ("else", no)):
            inside = self.missing(node, f"{indent} ") if self.nullable(node) else []
            lines += [f"{indent}{test}:", *(inside or [f"{indent} pass"])]
        return lines

    def _missing_in_macro(self, node: Call, receiver: Node, indent: str) -> list[str]:
        lines = []
        if self.nullable(receiver):
            lines += [f"{indent}if {self.value(receiver)} is None:", *self.missing(receiver, f"{indent} ")]
        with self._inside(node) as variable:
            inside = self._missing_below((node.arguments[1],), f"{indent} ")
            if inside:
                lines += [f"{indent}for {variable} in {self.value(receiver)} or ():", *inside]
        return lines

    def _ask(self, node: Name, indent: str) -> list[str]:
        found = self._resolve(node)
        if found.entry is None:
            return []
        facts, scope = (self._variables[found.of][0], "edge") if found.of else ("f", self.scope)
        question = question_about(found.entry, facts)
        if question is None:
            return []
        if self.counting and question.fact and not found.of:
            return [f"{indent}own[{question.fact!r}] = get({question.fact!r}, 0) | bit"]
        triple = f"({scope!r}, {facts}.model.id, {question.fact!r})" if question.fact else question.triple
        if self.counting:
            return [f"{indent}ask({question.triples or f'({triple},)'}, bit)"]
        return [f"{indent}out.append({triple})" if triple else f"{indent}out.extend({question.triples})"]

    def _resolve(self, node: Name) -> Reference:
        variables = {word: of for word, (_, of) in self._variables.items()}
        found = resolve(node, scope=self.scope, params=self.params, variables=variables)
        if not isinstance(found, Reference):  # pragma: no cover - the checker has resolved all names
            raise TypeError(found.message)
        return found

    def _name(self, node: Name) -> str:
        found = self._resolve(node)
        if found.param is not None:
            return repr(found.param)
        if found.of:
            variable = self._variables[found.of][0]
            return variable if found.entry is None else read(found.entry, variable)
        assert found.entry is not None  # noqa: S101 - a reference has a parameter, a variable or an entry
        return self.local(found.entry)

    def _joined(self, function: str, operator: str, operands: tuple[Node, ...], node: Node) -> str:
        values = [self.value(operand) for operand in operands]
        return f"{function}({', '.join(values)})" if self.nullable(node) else f"({operator.join(values)})"

    def _plain(self, node: Compare) -> bool:
        """Tell whether both sides are expressions so cheap that they may be written twice."""
        return all(isinstance(side, Name | Literal | ListLiteral) for side in (node.left, node.right))

    def _decided(self, node: Compare, negation: str) -> str:
        left, right = self.value(node.left), self.value(node.right)
        comparison = f"{left} {node.operator} {right}"
        if node.operator in ("==", "in") and not negation and self._never_none(node.left, node.right):
            # No None equals a value that is none, so nothing need be asked first.
            return f"({comparison})"
        known = [f"{side} is not None" for side in self._nullable_sides(node, left, right)]
        tested = f"not {comparison}" if negation and node.operator != "in" else comparison
        if negation and node.operator == "in":
            tested = f"{left} not in {right}"
        return f"({' and '.join((*known, tested))})"

    def _never_none(self, left: Node, right: Node) -> bool:
        return isinstance(right, Literal | ListLiteral) or not self.nullable(right) and not self.nullable(left)

    def _nullable_sides(self, node: Compare, left: str, right: str) -> list[str]:
        sides = ((node.left, left), (node.right, right))
        return [text for side, text in sides if self.nullable(side)]

    def _compare(self, node: Compare) -> str:
        left, right = self.value(node.left), self.value(node.right)
        if not self._plain(node):
            sides = []
            tests = []
            for side, text in ((node.left, left), (node.right, right)):
                if self.nullable(side):
                    text, kept = f"t{next(self._numbers)}", text
                    tests.append(f"({text} := {kept}) is None")
                sides.append(text)
            left, right = sides
        else:
            tests = [f"{text} is None" for text in self._nullable_sides(node, left, right)]
        comparison = f"{left} {node.operator} {right}"
        return f"(None if {' or '.join(tests)} else {comparison})" if tests else f"({comparison})"

    def _arithmetic(self, node: Arithmetic) -> str:
        """
        Give the expression of a chain worked out from left to right.

        In floats, for whole numbers grow without bound and then fit into none. A divisor of 0 gives unknown, and so
        does what is no number, such as infinity less infinity: only that differs from itself.
        """
        tests = []
        # Nothing is added to or taken from 0 or 1 but the kind of number.
        chain = "1.0 * " if node.rest[0][0] in "*/" else "0.0 + "
        for operator, operand in (("", node.first), *node.rest):
            text = self.value(operand)
            if self.nullable(operand) and not isinstance(operand, Name):
                text, kept = f"t{next(self._numbers)}", text
                tests.append(f"({text} := {kept}) is None")
            elif self.nullable(operand):
                tests.append(f"{text} is None")
            if operator == "/":
                tests.append(f"{text} == 0")
            chain += f" {operator} {text}" if operator else text
        result = f"t{next(self._numbers)}"
        return f"(None if {' or '.join((*tests, f'({result} := {chain}) != {result}'))} else {result})"

    def _call(self, node: Call) -> str:
        argument = node.arguments[0]
        if node.receiver is None and node.word == "known":
            return f"({self.value(argument)} is not None)"
        elif node.receiver is None and isinstance(argument, Call):
            return self.value(argument)
        elif node.receiver is None:
            inside = self.value(argument)
            if not self.nullable(argument):
                return f"len({inside})"
            return f"(None if {inside} is None else len({inside}))"
        elif node.word in _TESTS:
            return self._text_test(node, node.receiver, argument)
        receiver = self.value(node.receiver)
        with self._inside(node) as variable:
            return f"{_MACROS[node.word]}({receiver}, lambda {variable}: {self.value(node.arguments[1])})"

    def _text_test(self, node: Call, subject: Node, argument: Node) -> str:
        names = [f"t{next(self._numbers)}" for _ in range(2)]
        texts = [self.value(subject), self.value(argument)]
        tests = " or ".join(f"({name} := {text}) is None" for name, text in zip(names, texts, strict=True))
        return f"(None if {tests} else {names[0]}.{_TESTS[node.word]}({names[1]}))"

    @contextmanager
    def _inside(self, macro: Call) -> Iterator[str]:
        """Give the Python variable of a macro, for as long as its body is written."""
        word = macro.arguments[0]
        assert isinstance(word, Name) and isinstance(macro.receiver, Name)  # noqa: S101 - the checker saw to it
        element = self._resolve(macro.receiver).type.element
        assert element is not None  # noqa: S101 - only lists have macros
        variable = f"s{next(self._numbers)}"
        self._variables[word.words[0]] = (variable, element)
        yield variable
        del self._variables[word.words[0]]
