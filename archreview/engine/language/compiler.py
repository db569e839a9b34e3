"""
Python functions from checked conditions, severities and messages.

A rule's own functions are made when they are first needed. The conditions of all rules of one scope are written into
one function: what several of them need is read once, and rules that begin with the same test are behind one `if`.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from archreview.engine.catalog import Rule
from archreview.engine.language import kleene
from archreview.engine.language.checker import Checked, check_choice, check_condition
from archreview.engine.language.generator import Writer, read
from archreview.engine.language.messages import listed, parse_message, plain, shown
from archreview.engine.language.parser import parse
from archreview.engine.language.problems import ConditionError, Problem
from archreview.engine.language.references import NO_PARAMS, Param, Params
from archreview.engine.language.schema import Kind, names_of
from archreview.engine.language.syntax import And, Call, Conditional, Literal, Name, Node
from archreview.engine.results import SEVERITIES

Missing = tuple[tuple[str, str, str], ...]
# Facts of the scope that a function was compiled for: facts.py has one class for each.
Facts = Any

_NAMESPACE: Mapping[str, object] = {
    "__builtins__": {"len": len, "tuple": tuple, "dict": dict},
    "all_of": kleene.all_of,
    "any_of": kleene.any_of,
    "choose": kleene.choose,
    "count": kleene.count,
    "every": kleene.every,
    "exists": kleene.exists,
    "listed": listed,
    "lower": kleene.lower,
    "minus": kleene.minus,
    "negate": kleene.negate,
    "plain": plain,
    "shown": shown,
    "INFINITY": math.inf,
}


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that raised: it has said nothing, and `why` belongs on the list of what was not evaluated."""

    why: str


Outcome = bool | None | RuleFailure


@dataclass(frozen=True)
class Condition:
    """A compiled condition."""

    checked: Checked

    @cached_property
    def value(self) -> Callable[[Facts], bool | None]:
        """Give true, false or None (unknown) for some facts."""
        writer = self._writer()
        result = writer.value(self.checked.tree)
        return _function([*_reads(writer, writer.used), f"return {result}"])

    @cached_property
    def missing(self) -> Callable[[Facts], Missing]:
        """
        Give the unknown facts that keep the condition open, as (kind, id, fact), in the order of the text, each once.

        To be called only where the value is unknown.
        """
        return _missing(self._writer(), self.checked.tree)

    @cached_property
    def known_facts(self) -> Callable[[Facts], dict[str, object]]:
        """Give every known name of the condition with its value, sorted by name."""
        writer = self._writer()
        names = sorted({node.path for node in self._names()})
        lines = ["known = {}"]
        for path in names:
            node = Name(0, 0, 1, words=tuple(path.split(".")))
            value = writer.value(node)
            test = f"if {value} is not None: " if writer.nullable(node) else ""
            lines.append(f"{test}known[{path!r}] = {_plain(writer, node, value)}")
        return _function([*_reads(writer, writer.used), *lines, "return known"])

    def _names(self) -> Iterable[Name]:
        """Yield the names outside of macros: what stands in one has many values."""
        stack = [self.checked.tree]
        while stack:
            node = stack.pop()
            if isinstance(node, Name):
                yield node
            elif isinstance(node, Call) and node.receiver and len(node.arguments) == 2:
                stack.append(node.receiver)
            else:
                stack.extend(node.parts)

    def _writer(self) -> Writer:
        return Writer(self.checked.scope, self.checked.params)


def _plain(writer: Writer, node: Name, value: str) -> str:
    """Give the expression of a value as a result may hold it."""
    kind = writer.type_of(node).kind
    if kind is Kind.NUMBER:
        return f"('none' if {value} == INFINITY else {value})"
    return f"plain({value})" if kind is Kind.LIST else value


@dataclass(frozen=True)
class Severity:
    """A compiled severity: one of the severities, or an expression that gives one."""

    checked: Checked

    @cached_property
    def value(self) -> Callable[[Facts], tuple[str, Missing]]:
        """
        Give the severity, and the unknown facts that it hangs on.

        Where it hangs on an unknown it is the lowest still possible.
        """
        tree = self.checked.tree
        if isinstance(tree, Literal):
            constant = (str(tree.value), ())
            return lambda facts: constant
        writer = Writer(self.checked.scope, self.checked.params)
        known, lowest = writer.value(tree), _lowest(writer, tree)
        missing = _missing(Writer(self.checked.scope, self.checked.params), tree)
        lines = [
            *_reads(writer, writer.used),
            f"severity = {known}",
            f"return (severity, ()) if severity is not None else ({lowest}, missing(f))",
        ]
        return _function(lines, missing=missing)


def _lowest(writer: Writer, node: Node) -> str:
    """Give the expression of the lowest severity that a node can still come out as."""
    if not isinstance(node, Conditional):
        return writer.value(node)
    condition = writer.value(node.condition)
    yes, no = _lowest(writer, node.yes), _lowest(writer, node.no)
    # The branches are short: a severity written in a thousand characters has few of them.
    return f"choose_lowest({condition}, {yes}, {no})"


def _choose_lowest(condition: bool | None, yes: str, no: str) -> str:
    if condition is None:
        return kleene.lower(yes, no, SEVERITIES)
    return yes if condition else no


@dataclass(frozen=True)
class Message:
    """A compiled message."""

    pieces: tuple[str | Name, ...]
    scope: str
    params: Params

    @cached_property
    def value(self) -> Callable[[Facts], str]:
        """Give the message with the values of some facts."""
        writer = Writer(self.scope, self.params)
        parts = [repr(piece) if isinstance(piece, str) else _shown(writer, piece) for piece in self.pieces]
        return _function([*_reads(writer, writer.used), f"return {' + '.join(parts)}"])


def _shown(writer: Writer, name: Name) -> str:
    """Give the expression of a value as a message shows it: what `shown` gives, without a call where that is easy."""
    value, type_ = writer.value(name), writer.type_of(name)
    kind = type_.kind
    if kind is Kind.LIST and type_.element and type_.element.kind in (Kind.TEXT, Kind.CHOICE):
        known = f"listed({value})"
    elif kind in (Kind.TEXT, Kind.CHOICE):
        known = f"({value} or 'none')"
    elif kind is Kind.BOOLEAN:
        known = f"('yes' if {value} else 'no')"
    else:
        return f"shown({value})"
    return f"('unknown' if {value} is None else {known})" if writer.nullable(name) else known


@dataclass(frozen=True)
class CompiledRule:
    """A rule with its functions."""

    rule: Rule
    condition: Condition
    severity_of: Severity
    message_of: Message

    # Properties that hold the functions themselves: each is called once for every finding or question.

    @cached_property
    def severity(self) -> Callable[[Facts], tuple[str, Missing]]:
        """Give the severity of a finding, and the unknown facts that it hangs on."""
        return self.severity_of.value

    @cached_property
    def message(self) -> Callable[[Facts], str]:
        """Give the message of a finding."""
        return self.message_of.value

    @cached_property
    def known_facts(self) -> Callable[[Facts], dict[str, object]]:
        """Give every known name of the condition with its value."""
        return self.condition.known_facts

    @cached_property
    def missing(self) -> Callable[[Facts], Missing]:
        """Give the unknown facts that keep the rule open; only for a rule whose outcome is unknown."""
        return self.condition.missing


@dataclass(frozen=True)
class RuleSet:
    """The compiled rules of one scope."""

    scope: str
    rules: tuple[CompiledRule, ...]

    def evaluate(self, facts: Facts) -> list[tuple[int, Outcome]]:
        """
        Give the rules, by their place in `rules`, that are true (True) or unknown (None) of some facts.

        A rule that raises is given with its failure. The order is settled, but is not that of the rules.
        """
        try:
            return self._all(facts)
        except Exception:  # any error at all is some rule's: find out whose
            return [pair for at in range(len(self.rules)) if (pair := self._one(at, facts)) is not None]

    def _one(self, at: int, facts: Facts) -> tuple[int, Outcome] | None:
        try:
            value = self.rules[at].condition.value(facts)
        except Exception as error:  # a rule that fails is told of, whatever it failed by
            return at, RuleFailure(f"{type(error).__name__}: {error}")
        return None if value is False else (at, value)

    @cached_property
    def _all(self) -> Callable[[Facts], list[tuple[int, Outcome]]]:
        return _fused(tuple(rule.condition.checked for rule in self.rules), self.scope)


def compile_condition(source: str, scope: str, params: Params = NO_PARAMS) -> Condition:
    """Give a compiled condition. Raises ConditionError with all problems."""
    return _condition(source, scope, _frozen(params))


def compile_severity(source: str, scope: str, params: Params = NO_PARAMS) -> Severity:
    """Give a compiled severity: one of the severities as it stands, or an expression. Raises ConditionError."""
    return _severity(source, scope, _frozen(params))


def compile_message(template: str, scope: str, params: Params = NO_PARAMS) -> Message:
    """Give a compiled message. Raises ConditionError with all problems."""
    return _message(template, scope, _frozen(params))


def compile_rules(rules: Iterable[Rule], scope: str) -> RuleSet:
    """
    Give the compiled rules of a scope, in their order; rules of other scopes are left out.

    Raises ConditionError, naming the rule, where one cannot be compiled.
    """
    return RuleSet(scope, tuple(_compile_rule(rule) for rule in rules if rule.scope == scope))


def _compile_rule(rule: Rule) -> CompiledRule:
    try:
        return CompiledRule(
            rule,
            compile_condition(rule.condition, rule.scope, rule.params),
            compile_severity(rule.severity, rule.scope, rule.params),
            compile_message(rule.message, rule.scope, rule.params),
        )
    except ConditionError as error:
        raise ConditionError(error.problems, of=rule.code) from None


# Conditions are compiled once and kept: rules, obligations and previews ask for the same ones again and again.
_FrozenParams = tuple[tuple[str, type, Param], ...]


def _frozen(params: Params) -> _FrozenParams:
    # With the type, for 1, 1.0 and true are equal and mean different things.
    return tuple((name, type(value), value) for name, value in sorted(params.items()))


def _thawed(params: _FrozenParams) -> Params:
    return {name: value for name, _, value in params}


@lru_cache(maxsize=2000)
def _condition(source: str, scope: str, params: _FrozenParams) -> Condition:
    return Condition(check_condition(source, scope=scope, params=_thawed(params)))


@lru_cache(maxsize=2000)
def _severity(source: str, scope: str, params: _FrozenParams) -> Severity:
    if source in SEVERITIES:
        return Severity(Checked(Literal(0, len(source), 1, value=source), scope, _thawed(params)))
    if source.isidentifier():
        # A bare word is a severity misspelt, not a name.
        parse(source)
        source_of_error = f'"{source}"'
        try:
            check_choice(source_of_error, SEVERITIES, scope=scope, params={}, what="severity")
        except ConditionError as error:
            shifted = [Problem(0, len(source), problem.message, problem.suggestion) for problem in error.problems]
            raise ConditionError(shifted) from None
    return Severity(check_choice(source, SEVERITIES, scope=scope, params=_thawed(params), what="severity"))


@lru_cache(maxsize=2000)
def _message(template: str, scope: str, params: _FrozenParams) -> Message:
    thawed = _thawed(params)
    return Message(parse_message(template, scope=scope, params=thawed), scope, thawed)


# --- Functions ---------------------------------------------------------------------------------


def _function(lines: list[str], **names: object) -> Callable[[Facts], Any]:
    """Give the function of one argument, `f`, with these lines as its body."""
    body = textwrap.indent("\n".join(lines), "    ")
    source = f"def function(f):\n{body}\n"
    namespace: dict[str, Any] = {**_NAMESPACE, "choose_lowest": _choose_lowest, **names}
    # The source is written by generator.py from checked trees alone; nothing of a rule's text is in it but literals.
    exec(compile(source, "<rule>", "exec"), namespace)  # noqa: S102
    function: Callable[[Facts], Any] = namespace["function"]
    return function


def _reads(writer: Writer, paths: Iterable[str]) -> list[str]:
    """Give the statements that read facts into their locals."""
    entries = names_of(writer.scope)
    return [f"{writer.local(entries[path])} = {read(entries[path], 'f')}" for path in paths]


def _missing(writer: Writer, tree: Node) -> Callable[[Facts], Missing]:
    lines = writer.missing(tree, "")
    # Most often there is one, and telling whether any stands there twice takes longer than finding it.
    once = "return (out[0],) if len(out) == 1 else tuple(dict.fromkeys(out))"
    return _function([*_reads(writer, writer.used), "out = []", *lines, once])


@dataclass(frozen=True, slots=True)
class _Parted:
    """
    A condition in the parts that `&&` joins at its root, each as (certainly true, certainly false) expressions.

    The second is empty for a part that is never unknown.
    """

    at: int
    parts: tuple[tuple[str, str], ...]
    names: tuple[frozenset[str], ...]


@lru_cache(maxsize=50)
def _fused(conditions: tuple[Checked, ...], scope: str) -> Callable[[Facts], list[tuple[int, Outcome]]]:
    """
    Give one function for many conditions.

    `&&` may be worked out in any order, so each condition is put behind that part of it which most conditions share,
    and conditions that share it stand behind one `if`. Facts that only one such group needs are read in it.
    """
    parted = [_part(at, checked) for at, checked in enumerate(conditions)]
    shared = Counter(part for condition in parted for part in set(condition.parts))
    groups: dict[tuple[str, str] | None, list[_Parted]] = {}
    for condition in parted:
        most_shared = max(condition.parts, key=lambda part: (shared[part], part))
        groups.setdefault(most_shared if shared[most_shared] > 1 else None, []).append(condition)

    needed = {
        gate: {name for condition in members for names in condition.names for name in names}
        for gate, members in groups.items()
    }
    times = Counter(name for names in needed.values() for name in names)
    gates = {
        name
        for gate, members in groups.items()
        if gate is not None
        for name in members[0].names[members[0].parts.index(gate)]
    }
    first = {name for name, count in times.items() if count > 1} | gates | needed.get(None, set())
    reader = Writer(scope, NO_PARAMS)
    lines = ["out = []", *_reads(reader, sorted(first))]
    names: dict[str, object] = {}
    for gate, members in groups.items():
        inside = [line for condition in members for line in _decide(condition, gate, names)]
        if gate is None:
            lines += inside
        else:
            own = _reads(reader, sorted(needed[gate] - first))
            lines += [f"if {_not(gate)}:", *(f"    {line}" for line in (*own, *inside))]
    return _function([*lines, "return out"], **names)


def _part(at: int, checked: Checked) -> _Parted:
    operands = checked.tree.operands if isinstance(checked.tree, And) else (checked.tree,)
    parts, names = [], []
    for operand in operands:
        writer = Writer(checked.scope, checked.params)
        parts.append((writer.true(operand), writer.false(operand) if writer.nullable(operand) else ""))
        names.append(frozenset(writer.used))
    return _Parted(at, tuple(parts), tuple(names))


def _not(part: tuple[str, str]) -> str:
    """Give the expression that is true where a part is not certainly false."""
    true, false = part
    return f"not {false}" if false else true


def _decide(condition: _Parted, gate: tuple[str, str] | None, names: dict[str, object]) -> list[str]:
    """Give the statements that put a condition into `out` where it is true or unknown and its gate is not false."""
    hit, ask = f"true{condition.at}", f"unknown{condition.at}"
    # The pairs are made once, so that nothing is made where a rule is true or unknown.
    names |= {hit: (condition.at, True), ask: (condition.at, None)}
    rest = [part for part in condition.parts if part != gate]
    true = [part[0] for part in condition.parts if part != gate or part[1]]
    false = [part[1] or f"not {part[0]}" for part in rest]
    unknown = any(part[1] for part in condition.parts)
    lines = [f"if {' and '.join(true)}: out.append({hit})"] if true else [f"out.append({hit})"]
    if unknown:
        lines.append(f"elif not ({' or '.join(false)}): out.append({ask})" if false else f"else: out.append({ask})")
    return lines
