"""
Python functions from checked conditions, severities and messages.

A rule's own functions are made when they are first needed; the conditions of all rules of one scope are one function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from archreview.engine.catalog import Rule
from archreview.engine.language.checker import Checked, check_choice, check_condition
from archreview.engine.language.functions import Facts, Missing, function, missing_function, reads
from archreview.engine.language.fusing import Ask, Judge, fused
from archreview.engine.language.generator import Writer
from archreview.engine.language.messages import parse_message
from archreview.engine.language.parser import parse
from archreview.engine.language.problems import ConditionError, Problem
from archreview.engine.language.references import NO_PARAMS, Param, Params
from archreview.engine.language.schema import Kind
from archreview.engine.language.syntax import Call, Conditional, Literal, Name, Node
from archreview.engine.results import SEVERITIES


@dataclass(frozen=True)
class Condition:
    """A compiled condition."""

    checked: Checked

    @cached_property
    def value(self) -> Callable[[Facts], bool | None]:
        """Give true, false or None (unknown) for some facts."""
        writer = self._writer()
        result = writer.decided(self.checked.tree)
        return function([*reads(writer, writer.used), f"return {result}"])

    @cached_property
    def missing(self) -> Callable[[Facts], Missing]:
        """
        Give the unknown facts that keep the condition open, as (kind, id, fact), in the order of the text, each once.

        To be called only where the value is unknown.
        """
        return missing_function(self._writer(), self.checked.tree)

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
        return function([*reads(writer, writer.used), *lines, "return known"])

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
        missing = missing_function(Writer(self.checked.scope, self.checked.params), tree)
        lines = [
            *reads(writer, writer.used),
            f"severity = {known}",
            f"return (severity, ()) if severity is not None else ({lowest}, missing(f))",
        ]
        return function(lines, missing=missing)


def _lowest(writer: Writer, node: Node) -> str:
    """Give the expression of the lowest severity that a node can still come out as."""
    if not isinstance(node, Conditional):
        return writer.value(node)
    condition = writer.value(node.condition)
    yes, no = _lowest(writer, node.yes), _lowest(writer, node.no)
    # The branches are short: a severity written in a thousand characters has few of them.
    return f"lowest({condition}, {yes}, {no}, SEVERITIES)"


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
        return function([*reads(writer, writer.used), f"return {' + '.join(parts)}"])


def _shown(writer: Writer, name: Name) -> str:
    """Give the expression of a value as a message shows it: what `shown` gives, without a call where that is easy."""
    value, type_ = writer.value(name), writer.type_of(name)
    kind = type_.kind
    if kind is Kind.LIST and type_.element and type_.element.kind is Kind.CHOICE:
        known = f"listed([item.replace('_', ' ') for item in {value}])"
    elif kind is Kind.LIST and type_.element and type_.element.names_fact:
        known = f"listed([label_of(item) for item in {value}])"
    elif kind is Kind.LIST and type_.element and type_.element.kind is Kind.TEXT:
        known = f"listed({value})"
    elif kind is Kind.CHOICE:
        known = f"({value} or 'none').replace('_', ' ')"
    elif kind is Kind.TEXT:
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

    def judge(
        self, facts: Facts, bits: Sequence[int], own: dict[str, int], ask: Ask, failed: Callable[[int, str], None]
    ) -> list[int]:
        """
        Give the places of the rules, in `rules`, that are true of some facts; their order is settled, but not theirs.

        A rule that is unknown sets its bit of `bits` at each fact that keeps it open: in `own`, by name, for facts of
        the subject itself, and by `ask`, as (kind, id, fact) triples, for those of others. A rule that raises is told
        to `failed` with the reason.
        """
        try:
            return self._judge(facts, bits, own, ask)
        except Exception:  # any error at all is some rule's: find out whose
            return [at for at in range(len(self.rules)) if self._is_true(at, facts, bits, ask, failed)]

    def _is_true(
        self, at: int, facts: Facts, bits: Sequence[int], ask: Ask, failed: Callable[[int, str], None]
    ) -> bool:
        condition = self.rules[at].condition
        try:
            value = condition.value(facts)
            if value is None:
                ask(condition.missing(facts), bits[at])
        except Exception as error:  # a rule that fails is told of, whatever it failed by
            failed(at, f"{type(error).__name__}: {error}")
            return False
        return value is True

    @cached_property
    def _judge(self) -> Judge:
        return fused(tuple(rule.condition.checked for rule in self.rules), self.scope)


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
