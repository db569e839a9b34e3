"""Trying a rule on its examples: small architectures that must match, must not match or must ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from archreview.engine.catalog import Catalog, Example, Rule
from archreview.engine.language import check
from archreview.engine.results import Review
from archreview.engine.review import review

EXPECTED = {"match": "must match", "no_match": "must not match", "ask": "must ask"}
CAME_OUT = {"match": "it matches", "no_match": "it does not match", "ask": "it asks", "failed": "it fails"}


@dataclass(frozen=True, slots=True)
class Trial:
    """
    What a rule said of an example: `outcome` is match, no_match, ask or failed.

    `said` is the finding's message, or what is asked for, or why it failed.
    """

    example: Example
    review: Review
    outcome: str
    said: str = ""
    severity: str = ""

    @property
    def passes(self) -> bool:
        """Whether it came out as expected."""
        return self.outcome == self.example.expect

    def __str__(self) -> str:
        """Say in a line what was expected and what came out."""
        said = f": {self.said}" if self.said else ""
        return f"“{self.example.title}” {EXPECTED[self.example.expect]}, and {CAME_OUT[self.outcome]}{said}"


def try_rule(rule: Rule, examples: Iterable[Example]) -> list[Trial]:
    """
    Try a rule, published or not, upcoming or not, on examples, under the settings that every catalog begins with.

    A rule that needs decisions or a date says nothing about any example, so none is tried. Raises ConditionError where
    the rule cannot be compiled.
    """
    return [] if rule.needs else [_trial(rule, example) for example in examples]


def _trial(rule: Rule, example: Example) -> Trial:
    found = review(example.architecture, Catalog(version="", rules=(_only_about(rule, example.subject),)))
    if found.not_evaluated:
        return Trial(example, found, "failed", found.not_evaluated[0].why)
    if found.findings:
        return Trial(example, found, "match", found.findings[0].message, found.findings[0].severity)
    asked = [question for question in found.questions if rule.code in question.waiting]
    if asked:
        return Trial(example, found, "ask", ", ".join(f"{q.fact} of {q.subject.kind} {q.subject.id}" for q in asked))
    return Trial(example, found, "no_match")


def _only_about(rule: Rule, subject: str) -> Rule:
    """
    Give the rule for one subject alone: what it says of the others in the example is beside the point.

    In the language's logic `false && unknown` is false, so that of the others it asks nothing either.
    """
    condition = f'{rule.scope}.id == "{subject}" && ({rule.condition})'
    if check(condition, rule.scope, rule.params):
        # So long that the addition passes a limit: then all subjects of the example count.
        condition = rule.condition
    return replace(rule, condition=condition, enabled=True, campaign=None)
