"""
Rules that do not go together: two that say the same, and two that nobody can satisfy both.

Conditions are tried on cases, as `language.cases` makes them; what is unknown plays no part, for it is a question and
no verdict. Rules with lists, arithmetic, `known` or tests of texts are compared by how they read, and no further.

Two rules contradict each other over something that a team decides (a practice) where, in every situation that one of
them is about, the other is about it too, and every value of the practice makes one of the two match:

    edge.is_synchronous && edge.fallback == false                    demands a fallback of every call
    edge.is_synchronous && edge.in_request && edge.fallback          forbids it to some of these calls

It is not enough that in some case each value matches one of them: two rules that divide their subjects, one for calls
in a request and one for all others, do that and are at peace. Nor do two rules contradict each other that both rest on
the same answer: an answer can be thought over, and that is the way out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice, product
from random import Random

from archreview.engine.catalog import Rule
from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS
from archreview.engine.language import ConditionError, compile_condition, in_words
from archreview.engine.language.cases import Cases, Value, can_be, values_of

# How many cases are tried for two rules and one fact; of more than that, so many are drawn.
MAX_CASES = 2_000

_ANSWERS = "edge.answers."
SAME, CONTRADICT = "same", "contradict"

# What a communication is, or is for: a rule asks about it, and no rule can demand it. All else, a team decides.
_CIRCUMSTANCES = frozenset(
    {
        *("all_or_nothing", "delay_cost", "delay_hurts", "duplicate_impact", "expectation", "global_order_required"),
        *("handover_p99_ms", "intent", "latency_basis", "latency_p50_ms", "latency_p99_ms", "loss_impact"),
        *("publish_p99_ms", "purpose", "replay_window_hours", "saga", "spiky", "style", "technology"),
        "throughput_per_s",
    }
)
PRACTICES = frozenset(
    path
    for root, facts in (("edge", EDGE_FACTS), ("channel", CHANNEL_FACTS))
    for fact in facts
    if fact.name not in _CIRCUMSTANCES
    for path in (f"{root}.{fact.name}", f"{root}.has_{fact.name}")
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """
    Two rules, by their codes in order, that say the `same` or `contradict` each other over `fact`.

    `case` is one in which both speak. `cases` says how many were tried; `complete` that there are no others.
    """

    kind: str
    codes: tuple[str, str]
    fact: str = ""
    case: tuple[tuple[str, Value], ...] = ()
    cases: int = 0
    complete: bool = True


class Comparable:
    """A rule as it is compared with others. Raises ConditionError where its condition cannot be read."""

    def __init__(self, rule: Rule) -> None:
        checked = compile_condition(rule.condition, rule.scope, rule.params).checked
        self.rule = rule
        self.cases = Cases(checked.tree, rule.scope, rule.params)
        self.names = frozenset(self.cases.types or ())

    @property
    def can_be_tried(self) -> bool:
        """Whether cases stand for all that the condition can tell apart."""
        return self.cases.types is not None

    @cached_property
    def reading(self) -> str:
        """The condition in words, parameters filled in: the same for conditions that are written alike."""
        return in_words(self.rule.condition, self.rule.scope, self.rule.params)


def comparable(rules: Iterable[Rule]) -> list[Comparable]:
    """Give the enabled rules that can be read, in the order of their codes."""
    found = []
    for rule in sorted(rules, key=lambda rule: rule.code):
        if rule.enabled:
            try:
                found.append(Comparable(rule))
            except ConditionError:
                continue
    return found


def conflicts(rules: Sequence[Comparable]) -> Iterator[Conflict]:
    """Yield all pairs of rules that do not go together, by their codes."""
    for one, other in combinations(rules, 2):
        yield from conflicts_of(one, other)


def conflicts_of(one: Comparable, other: Comparable) -> Iterator[Conflict]:
    """Yield how two rules do not go together: nothing, that they say the same, or over which facts they contradict."""
    if one.rule.scope != other.rule.scope:
        return
    codes = (one.rule.code, other.rule.code)
    if one.reading == other.reading:
        yield Conflict(SAME, codes)
    elif one.can_be_tried and other.can_be_tried:
        if one.names == other.names:
            same = _same(one, other, codes)
            if same:
                yield same
                return
        shared = one.names & other.names
        if any(name.startswith(_ANSWERS) for name in shared):
            return
        for fact in sorted(shared & PRACTICES):
            found = _contradiction(one, other, fact, codes) or _contradiction(other, one, fact, codes)
            if found:
                yield found


def _same(one: Comparable, other: Comparable, codes: tuple[str, str]) -> Conflict | None:
    """Give that both match in the same cases, of which there is one at least."""
    both: Mapping[str, Value] | None = None
    tried = 0
    drawn = _Drawn(values_of(one.cases, other.cases), codes)
    for case in drawn:
        tried += 1
        matches = one.cases.is_true(case)
        if matches != other.cases.is_true(case):
            return None
        both = case if matches else both
    if both is None:
        return None
    return Conflict(SAME, codes, case=tuple(both.items()), cases=tried, complete=drawn.complete)


def _contradiction(narrow: Comparable, wide: Comparable, fact: str, codes: tuple[str, str]) -> Conflict | None:
    """
    Give that wherever `narrow` can match, whatever else is so, every value of the fact makes one of the two match.

    Each of them alone must leave a value free: a rule that matches whatever the fact is demands nothing of it.
    """
    values = values_of(narrow.cases, wide.cases)
    choices = values.pop(fact)
    drawn = _Drawn(values, codes, about=narrow, fact=fact, choices=choices)
    situation: Mapping[str, Value] | None = None
    tried = 0
    for case in drawn:
        possible = [whole for value in choices if can_be(whole := {**case, fact: value})]
        by_narrow = [narrow.cases.is_true(whole) for whole in possible]
        tried += 1
        if not any(by_narrow):
            continue
        by_wide = [wide.cases.is_true(whole) for whole in possible]
        if all(by_narrow) or all(by_wide) or not any(by_wide):
            return None
        if not all(first or second for first, second in zip(by_narrow, by_wide, strict=True)):
            return None
        situation = case
    if situation is None:
        return None
    return Conflict(CONTRADICT, codes, fact, tuple(situation.items()), tried, drawn.complete)


class _Drawn:
    """
    The cases to try: all there are, or so many of them, drawn the same way every time.

    Where they are drawn, and for a rule, those come first in which that rule can match: of a narrow rule, cases drawn
    from all would meet none.
    """

    def __init__(
        self,
        values: Mapping[str, Sequence[Value]],
        codes: tuple[str, str],
        *,
        about: Comparable | None = None,
        fact: str = "",
        choices: Sequence[Value] = (),
    ) -> None:
        self._values = values
        self._random = Random("|".join(codes))  # noqa: S311 - drawn for coverage, not for secrecy
        self._about, self._fact, self._choices = about, fact, choices
        self.complete = math.prod(map(len, values.values())) <= MAX_CASES

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        if self.complete:
            yield from self._all(self._values)
            return
        starts: list[Mapping[str, Value]] = [{}]
        if self._about is not None:
            starts = list(islice(self._matching(self._about), 50)) or [{}]
        names = list(self._values)
        for number in range(MAX_CASES):
            start = starts[number % len(starts)]
            case = {name: start[name] if name in start else self._random.choice(self._values[name]) for name in names}
            if can_be(case):
                yield case

    def _all(self, values: Mapping[str, Sequence[Value]]) -> Iterator[Mapping[str, Value]]:
        for combination in product(*values.values()):
            case = dict(zip(values, combination, strict=True))
            if can_be(case):
                yield case

    def _matching(self, about: Comparable) -> Iterator[Mapping[str, Value]]:
        """Yield cases of the rule's own names, without the fact, in which some value of the fact makes it match."""
        own = {name: self._values[name] for name in self._values if name in about.names}
        if math.prod(map(len, own.values())) > MAX_CASES:
            return
        for case in self._all(own):
            if any(about.cases.is_true({**case, self._fact: value}) for value in self._choices):
                yield case
