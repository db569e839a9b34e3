"""
The meaning of conditions, told the plainest way: walk the tree, look each name up, follow the truth tables.

Written from docs/rule-language.md and not from the compiler, so that the two can be held against each other.
"""

import math
from typing import Any

from archreview.engine.language.parser import parse
from archreview.engine.language.schema import Derived, Place, names_of
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
    Not,
    Or,
)


def interpret(source, scope, facts, params):
    return Interpreter(scope, facts, params).value(parse(source))


def interpret_missing(source, scope, facts, params):
    interpreter = Interpreter(scope, facts, params)
    found: list[tuple[str, str, str]] = []
    interpreter.missing(parse(source), found)
    return tuple(dict.fromkeys(found))


class Interpreter:
    def __init__(self, scope, facts, params):
        self.scope, self.facts, self.params = scope, facts, params
        self.variables: dict[str, Any] = {}

    def value(self, node: Any) -> Any:
        match node:
            case Literal():
                return node.value
            case ListLiteral():
                return [self.value(item) for item in node.items]
            case Name():
                return self.look_up(node)
            case Not():
                value = self.value(node.operand)
                return None if value is None else not value
            case And():
                values = [self.value(operand) for operand in node.operands]
                return False if False in values else None if None in values else True
            case Or():
                values = [self.value(operand) for operand in node.operands]
                return True if True in values else None if None in values else False
            case Compare():
                return self.compare(node.operator, self.value(node.left), self.value(node.right))
            case Negative():
                value = self.value(node.operand)
                return None if value is None else -value
            case Arithmetic():
                return self.calculate(node)
            case Conditional():
                return self.choose(self.value(node.condition), self.value(node.yes), self.value(node.no))
            case Call():
                return self.call(node)
        raise AssertionError(node)

    def compare(self, operator, left, right):
        if left is None or right is None:
            return None
        return {
            "==": lambda: left == right,
            "!=": lambda: left != right,
            "<": lambda: left < right,
            "<=": lambda: left <= right,
            ">": lambda: left > right,
            ">=": lambda: left >= right,
            "in": lambda: left in right,
        }[operator]()

    def calculate(self, node):
        result = self.value(node.first)
        for sign, operand in node.rest:
            other = self.value(operand)
            if result is None or other is None or (sign == "/" and other == 0):
                return None
            result, other = float(result), float(other)
            result = (
                {"+": result + other, "-": result - other, "*": result * other}.get(sign)
                if sign != "/"
                else result / other
            )
        return None if result is None or math.isnan(result) else result

    def choose(self, condition, yes, no):
        if condition is None:
            return yes if yes == no else None
        return yes if condition else no

    def call(self, node):
        first = node.arguments[0]
        if node.receiver is None:
            if node.word == "known":
                return self.value(first) is not None
            if isinstance(first, Call):
                values = self.of_each(first)
                return None if values is None or None in values else values.count(True)
            items = self.value(first)
            return None if items is None else len(items)
        if node.word in ("startsWith", "endsWith", "contains"):
            text, part = self.value(node.receiver), self.value(first)
            if text is None or part is None:
                return None
            tests = {"startsWith": text.startswith(part), "endsWith": text.endswith(part), "contains": part in text}
            return tests[node.word]
        values = self.of_each(node)
        if values is None:
            return None
        if node.word == "exists":
            return True if True in values else None if None in values else False
        return False if False in values else None if None in values else True

    def of_each(self, macro: Any) -> Any:
        items = self.value(macro.receiver)
        if items is None:
            return None
        values = []
        for item in items:
            self.variables[macro.arguments[0].path] = item
            values.append(self.value(macro.arguments[1]))
        self.variables.clear()
        return values

    def find(self, node):
        """Give the schema's line and the facts that it is about."""
        root = node.words[0]
        if root in self.variables:
            return names_of("edge")[".".join(("edge", *node.words[1:]))], self.variables[root], "edge"
        return names_of(self.scope)[node.path], self.facts, self.scope

    def look_up(self, node):
        if node.words[0] == "params":
            return self.params[node.words[1]]
        if len(node.words) == 1:
            return self.variables[node.path]
        entry, facts, _ = self.find(node)
        owner = {
            Place.FACTS: lambda: facts,
            Place.MODEL: lambda: facts.model,
            Place.ANSWERS: lambda: facts.answers,
            Place.SOURCE: lambda: facts.source,
            Place.TARGET: lambda: facts.target,
            Place.CHANNEL_FACTS: lambda: facts.channel,
            Place.CHANNEL_MODEL: lambda: facts.channel and facts.channel.model,
        }[entry.place]()
        if owner is None:
            return None
        value = getattr(owner, entry.attribute)
        if entry.derived is Derived.HAS:
            return None if value is None else value not in (math.inf, "")
        if entry.derived is Derived.GIVEN:
            return value is not None
        if entry.derived is Derived.NAME:
            return value or owner.id
        if entry.derived is Derived.NAME_OF_EDGE:
            return None if value is None else value.model.name or value.model.id
        return value

    def missing(self, node: Any, found: list[Any]) -> None:
        """Put the facts to ask for into `found`, given that the node is unknown."""
        if isinstance(node, Name):
            if node.words[0] != "params" and len(node.words) > 1:
                found.extend(self.asked(node))
        elif isinstance(node, Conditional):
            condition = self.value(node.condition)
            self.below([node.condition if condition is None else node.yes if condition else node.no], found)
        elif isinstance(node, Call) and len(node.arguments) == 2:
            variable: Any = node.arguments[0]
            self.below([node.receiver], found)
            for item in self.value(node.receiver) or ():
                self.variables[variable.path] = item
                self.below([node.arguments[1]], found)
            self.variables.clear()
        elif isinstance(node, Call) and node.word == "size" and isinstance(node.arguments[0], Call):
            self.missing(node.arguments[0], found)
        else:
            self.below(node.parts, found)

    def below(self, nodes, found):
        for node in nodes:
            if self.value(node) is None:
                self.missing(node, found)

    def asked(self, node):
        entry, facts, kind = self.find(node)
        if not entry.asked:
            return ()
        if entry.rests_on:
            return ((kind, facts.model.id, entry.rests_on),)
        if entry.place is Place.FACTS:
            return facts.asks(entry.attribute)
        if entry.place in (Place.CHANNEL_FACTS, Place.CHANNEL_MODEL):
            if facts.channel is None:
                return (("edge", facts.model.id, "channel"),)
            if entry.place is Place.CHANNEL_FACTS:
                return facts.channel.asks(entry.attribute)
            return (("channel", facts.channel.model.id, entry.attribute),)
        if entry.place is Place.MODEL:
            return ((kind, facts.model.id, entry.attribute),)
        if entry.place is Place.ANSWERS:
            return (("edge", facts.model.id, f"answers.{entry.attribute}"),)
        service = facts.source if entry.place is Place.SOURCE else facts.target
        return (("service", service.id, entry.attribute),)
