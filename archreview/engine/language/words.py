"""A reading of a condition in plain words, for those who do not write conditions."""

from __future__ import annotations

from archreview.engine.language.checker import check_choice, check_condition
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
from archreview.engine.results import SEVERITIES

_COMPARISONS = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "in": "is among",
}
_OPPOSITES = {"==": "!=", "!=": "=="}
_ARITHMETIC = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}
_TESTS = {"startsWith": "starts with", "endsWith": "ends with", "contains": "contains"}
# How a fact that is true or false reads after its owner; names that begin with has_ read by themselves.
_CLAUSES = {
    "all_or_nothing": ("is all or nothing", "is not all or nothing"),
    "below_target": ("is below its target", "is not below its target"),
    "bulkhead": ("has a bulkhead", "has no bulkhead"),
    "callback_auth": ("has an authenticated callback", "has an unauthenticated callback"),
    "callback_expiry": ("has an expiry for its callback", "has no expiry for its callback"),
    "callback_retry": ("tries its callback again", "tries its callback only once"),
    "callback_state_kept": ("keeps state for its callback", "keeps no state for its callback"),
    "callee_isolated": ("has an isolated consumer", "has a consumer that is not isolated"),
    "circuit_breaker": ("has a circuit breaker", "has no circuit breaker"),
    "compensation": ("has a defined undo", "has no defined undo"),
    "contract": ("has a contract", "has no contract"),
    "contradicted": ("has contradicting facts", "has no contradicting facts"),
    "correlation_id": ("has a correlation id", "has no correlation id"),
    "dead_letter_procedure": ("has a dead-letter procedure", "has no dead-letter procedure"),
    "dead_letter_queue": ("has a dead-letter queue", "has no dead-letter queue"),
    "delay_hurts": ("is hurt by delay", "is not hurt by delay"),
    "drifted": ("has drifted from its decision", "is as decided"),
    "entry_point": ("is an entry point", "is no entry point"),
    "fallback": ("has a fallback", "has no fallback"),
    "global_order_required": ("needs global order", "needs no global order"),
    "group_shared": ("shares its consumer group", "does not share its consumer group"),
    "has_caller": ("has a caller that waits", "has no caller that waits"),
    "has_cycle": ("has a synchronous cycle", "has no synchronous cycle"),
    "has_decision": ("has an accepted decision", "has no accepted decision"),
    "has_flow_over": ("has a flow over the hop limit", "has no flow over the hop limit"),
    "hop_over": ("is over the hop limit", "is not over the hop limit"),
    "idempotent": ("is idempotent", "is not idempotent"),
    "in_request": ("is in a user's request", "is not in a user's request"),
    "is_asynchronous": ("is asynchronous", "is not asynchronous"),
    "is_call": ("is a call", "is no call"),
    "is_entry": ("is an entry point", "is no entry point"),
    "is_hand_off": ("is a hand-off", "is no hand-off"),
    "is_in_process": ("is in-process", "is not in-process"),
    "is_side_effect": ("is a side effect", "is no side effect"),
    "is_synchronous": ("is synchronous", "is not synchronous"),
    "lag_monitored": ("has its lag watched", "has a lag that nobody watches"),
    "latency_at_peak": ("was measured at peak", "was not measured at peak"),
    "name_is_past": ("has a name in the past tense", "has no name in the past tense"),
    "outbox": ("is published through an outbox", "is published without an outbox"),
    "over_budget": ("is over its latency budget", "is not over its latency budget"),
    "retry_jitter": ("has jitter between its retries", "has no jitter between its retries"),
    "spiky": ("is spiky", "is not spiky"),
    "state_audited": ("has a state that can be looked up", "has no state that can be looked up"),
    "status_visible": ("shows its status to the user", "shows no status to the user"),
    "tracing": ("is traced", "is not traced"),
    "unbounded": ("runs into a synchronous cycle", "runs into no synchronous cycle"),
    "uncovered": ("has a deepest chain that no flow covers", "has a deepest chain that a flow covers"),
    "user_facing": ("is user-facing", "is not user-facing"),
    "waits_for_ever": ("waits for ever", "does not wait for ever"),
    "waits_for_reply": ("waits for its reply", "does not wait for its reply"),
    "within_rule": ("is within the hop limit", "is not within the hop limit"),
}
# Nouns that the name alone would put badly.
_NOUNS = {
    "attempts": "number of attempts",
    "availability": "availability (%)",
    "certain_entries": "number of other entry points that certainly fail with it",
    "cycle": "cycle members",
    "edges_in": "number of edges that lead here",
    "edges_out": "number of edges that lead away",
    "entry_count": "number of all entry points",
    "max_deliveries": "limit of deliveries",
    "oldest_answer_days": "oldest answer's age (days)",
    "retries": "number of retries",
    "services": "number of services",
    "sync_calls": "number of sequential synchronous calls",
    "tree_possible": "possible outcomes",
    "unneeded_in_sequence": "number of services called in a row without need",
    "worst_wait_at_least_ms": "worst wait as far as known (ms)",
}
_UNITS = (("_ms", " (ms)"), ("_hours", " (h)"), ("_per_s", " (a second)"))
_ROOTS = frozenset(root for roots in NAMES_OF_SCOPE.values() for root in roots)


def in_words(source: str, scope: str, params: Params = NO_PARAMS) -> str:
    """
    Give a condition as a sentence without a full stop.

    Raises ConditionError with all problems where the condition is not sound.
    """
    checked = check_condition(source, scope=scope, params=params)
    return _Reader(params).statement(checked.tree)


def severity_in_words(source: str, scope: str, params: Params = NO_PARAMS) -> str:
    """
    Give a severity, or an expression for one, as a phrase: "critical if ..., else high".

    Raises ConditionError with all problems where it is not sound.
    """
    if source in SEVERITIES:
        return source
    checked = check_choice(source, SEVERITIES, scope=scope, params=params, what="severity")
    said = _Reader(params).value(checked.tree)
    return said[1:-1] if isinstance(checked.tree, Conditional) else said


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
            case Not(operand=Call(receiver=None, arguments=(argument,))):
                return f"{self.value(argument)} is not known"
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
        verb = "is" if isinstance(right, ListLiteral) else _COMPARISONS[operator]
        return f"{self.value(left)} {verb} {self.value(right)}"

    def _boolean(self, node: Name, *, positive: bool) -> str:
        """Give a fact that is true or false as a clause, by the shape of its name."""
        owner, word = self._owner(node), node.words[-1]
        if word in _CLAUSES and "answers" not in node.words:
            return f"{owner} {_CLAUSES[word][not positive]}"
        elif word.startswith("has_"):
            thing = _measure(word.removeprefix("has_"))
            return f"{owner} has {_a(thing)}" if positive else f"{owner} has no {thing}"
        elif "answers" in node.words:
            return f"{self._noun(node)} is {'yes' if positive else 'no'}"
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
    if word in _NOUNS:
        return _NOUNS[word]
    for ending, unit in _UNITS:
        if word.endswith(ending):
            return _plain(word.removesuffix(ending)) + unit
    return _plain(word)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
