"""
What ails the catalog: rules that cannot be read or can never match, examples that fail, rules that do not go together.

A rule was sound when it was published. But the language and its names move on with a release, an earlier version of the
catalog can bring back what no longer fits, and two sound rules may demand opposite things; so all of it is looked at
again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations

from archreview.engine import catalog as engine
from archreview.engine.conflicts import SAME, comparable, conflicts_of
from archreview.engine.language import check
from archreview.rules.checking import check_obligation
from archreview.rules.live import conflict_in_words
from archreview.rules.models import CatalogSettings, Obligation, Rule, State
from archreview.rules.telling import examples_of
from archreview.rules.trying import try_rule
from archreview.rules.values import engine_rule, first_problem

BROKEN, NEVER, ALWAYS, EXAMPLE, CONTRADICTION, DUPLICATE, UNTRIED = (
    "broken", "never", "always", "example", "contradiction", "duplicate", "untried",
)  # fmt: skip
LABELS = {
    BROKEN: "Cannot be read",
    NEVER: "Never matches",
    ALWAYS: "Always matches",
    EXAMPLE: "An example fails",
    CONTRADICTION: "Contradict each other",
    DUPLICATE: "Say the same",
    UNTRIED: "Nothing shows that it can match",
}


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that ails: its kind, the keys of the rules or the obligation, and what it is, in words."""

    kind: str
    keys: tuple[str, ...]
    text: str
    is_of_obligation: bool = False

    @property
    def label(self) -> str:
        """What kind of thing it is, in words."""
        return LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class Health:
    """
    All that was found, and how far it was looked into: `compared` of `published` rules can be tried on cases.

    `examples_left` were not tried and `pairs_left` of two rules not compared, where a catalog has very many.
    """

    ailments: tuple[Ailment, ...]
    published: int
    compared: int
    examples: int
    examples_left: int = 0
    pairs_left: int = 0

    def of(self, code: str) -> tuple[Ailment, ...]:
        """What ails one rule."""
        return tuple(each for each in self.ailments if code in each.keys and not each.is_of_obligation)

    @property
    def is_good(self) -> bool:
        """Whether nothing was found."""
        return not self.ailments


# A page waits for this, so there is an end to it. The shipped catalog has 67 rules with 190 examples.
MOST_EXAMPLES = 1_000
MOST_PAIRS = 50_000

# What was found at an edition of the catalog; it takes half a second to look.
_kept: dict[uuid.UUID, Health] = {}


def health_of_catalog(edition: uuid.UUID | None = None) -> Health:
    """
    Give what ails the catalog in force, at this edition if the page has asked for it already.

    No query, or one, while the catalog stays as it is; two more when it has changed.
    """
    if edition is None:
        edition = CatalogSettings.objects.values_list("edition", flat=True).get(pk=CatalogSettings.ONLY)
    found = _kept.get(edition)
    if found is None:
        rules = list(Rule.objects.filter(state=State.PUBLISHED).defer("why_html", "remedy_html", "built_in", "newer"))
        obligations = list(Obligation.objects.filter(state=State.PUBLISHED).defer("built_in", "newer"))
        found = _health(rules, obligations)
        _kept.clear()
        _kept[edition] = found
    return found


def forget_health() -> None:
    """Drop what is kept; for tests, which change rows without making a version."""
    _kept.clear()


def _health(rules: Sequence[Rule], obligations: Sequence[Obligation]) -> Health:
    ailments: list[Ailment] = []
    sound: list[engine.Rule] = []
    tried = left = 0
    for row in rules:
        rule = engine_rule(row.code, row.content())
        problem = first_problem(row)
        if problem is not None:
            ailments.append(Ailment(_kind_of(row), (row.code,), str(problem)))
            continue
        sound.append(rule)
        examples = examples_of(row.examples, row.scope)
        if tried + len(examples) > MOST_EXAMPLES:
            left += len(examples)
        else:
            tried += len(examples)
            ailments += [Ailment(EXAMPLE, (row.code,), said) for said in _failing(_Kept(rule, examples))]
        if row.examples.strip() and not examples:
            ailments.append(Ailment(EXAMPLE, (row.code,), "The examples cannot be read."))
        elif not row.needs and not any(example.expect == "match" for example in examples):
            ailments.append(Ailment(UNTRIED, (row.code,), "It has no example that must match."))
    for duty in obligations:
        told = check_obligation(duty.duty, duty.content())
        ailments += [
            Ailment(BROKEN, (duty.duty,), f"{name}: {texts[0].splitlines()[0]}", is_of_obligation=True)
            for name, texts in told.items()
        ]
    readable = comparable(sound)
    pairs = list(combinations(readable, 2))
    for found in chain.from_iterable(conflicts_of(*pair) for pair in pairs[:MOST_PAIRS]):
        kind = DUPLICATE if found.kind == SAME else CONTRADICTION
        ailments.append(Ailment(kind, found.codes, conflict_in_words(found)))
    order = list(LABELS)
    ailments.sort(key=lambda ailment: (order.index(ailment.kind), ailment.keys))
    return Health(
        tuple(ailments),
        published=len(rules),
        compared=sum(one.can_be_tried for one in readable),
        examples=tried,
        examples_left=left,
        pairs_left=max(0, len(pairs) - MOST_PAIRS),
    )


class _Kept:
    """A rule with its examples, known by what it says, so that only what has changed is tried again."""

    def __init__(self, rule: engine.Rule, examples: tuple[engine.Example, ...]) -> None:
        self.rule, self.examples = rule, examples
        params = tuple((name, type(value), value) for name, value in sorted(rule.params.items()))
        texts = (rule.code, rule.scope, rule.condition, rule.severity, rule.message, rule.needs)
        # The examples are those of a text that is kept: the same text gives the same values.
        self._says = (*texts, params, id(examples))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self._says == other._says

    def __hash__(self) -> int:
        return hash(self._says)


@lru_cache(maxsize=1_000)
def _failing(kept: _Kept) -> tuple[str, ...]:
    return tuple(str(trial) for trial in try_rule(kept.rule, kept.examples) if not trial.passes)


def _kind_of(row: Rule) -> str:
    """Tell apart what cannot be read and what can be read and is constant."""
    said = " ".join(problem.message for problem in check(row.condition, row.scope, row.params))
    if "can never be true" in said:
        return NEVER
    return ALWAYS if "always true" in said else BROKEN
