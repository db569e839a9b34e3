"""
What a change of the catalog would change in a review, before it is made.

`differences` compares two reviews. `Baseline` keeps the facts of an architecture, so that a change of one rule costs
that rule and nothing else; it gives what comparing two whole reviews would give.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from archreview.engine.analysis import Analysis, Settings, collector_at_rest
from archreview.engine.catalog import Catalog, Rule
from archreview.engine.judging import Judgement
from archreview.engine.language import CompiledRule, compile_rules
from archreview.engine.model import Architecture
from archreview.engine.results import Finding, NotEvaluated, OpenQuestion, Review, Subject
from archreview.engine.review import review, review_of

# A duty of an edge as it stands before and after, None where the edge does not have it: (edge, duty, before, after).
DutyChange = tuple[str, str, str | None, str | None]
# A question as it is told apart from others: kind and id of its subject, and the fact.
Asked = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What differs between two reviews of one architecture.

    Findings are the same where rule and subject are, whether they count already or are upcoming: `upcoming_before` and
    `upcoming_after` are the codes of rules whose day has not come. `weighed` are findings that stay with another
    severity, or begin or cease to count; `reworded` those that only say it differently, each as (before, after). A
    question is its subject and its fact, whoever waits for it. `failing` rules were evaluated before and no longer are,
    `recovered` the other way round. `duties` are the obligations of edges that are met, missing or unknown otherwise
    than before.
    """

    appearing: tuple[Finding, ...] = ()
    disappearing: tuple[Finding, ...] = ()
    weighed: tuple[tuple[Finding, Finding], ...] = ()
    reworded: tuple[tuple[Finding, Finding], ...] = ()
    asked: tuple[Asked, ...] = ()
    settled: tuple[Asked, ...] = ()
    failing: tuple[NotEvaluated, ...] = ()
    recovered: tuple[NotEvaluated, ...] = ()
    duties: tuple[DutyChange, ...] = ()
    upcoming_before: frozenset[str] = frozenset()
    upcoming_after: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any(getattr(self, name) for name in self.__dataclass_fields__ if not name.startswith("upcoming"))


def differences(before: Review, after: Review) -> Changes:
    """Give what differs between two reviews, each list in the order of its review."""
    return _changes(
        _findings(before),
        _findings(after),
        asked=_asked(after).difference(_asked(before)),
        settled=_asked(before).difference(_asked(after)),
        silent_before=before.not_evaluated,
        silent_after=after.not_evaluated,
        duties=_duties(before, after),
        upcoming_before=_upcoming(before),
        upcoming_after=_upcoming(after),
    )


class Baseline:
    """A review with the facts that it was made from, ready for any one rule."""

    def __init__(
        self,
        architecture: Architecture,
        catalog: Catalog,
        settings: Settings | None = None,
        *,
        review: Review | None = None,
    ) -> None:
        """Work out the facts; the review as well, where there is none yet of this architecture and catalog."""
        with collector_at_rest():
            self._analysis = Analysis(architecture, catalog, settings or Settings())
            self._subjects = {
                scope: ([facts for facts, _, _ in subjects], subjects)
                for scope, subjects in self._analysis.subjects.items()
            }
            self.review = review_of(self._analysis) if review is None else review

    def with_rule(self, rule: Rule) -> Changes:
        """
        Give what changes where the rule takes the place of the one with its code, or joins the others.

        A rule that is not enabled stands for one that is taken out. Raises ConditionError where it cannot be compiled.
        """
        if any(rule.code in decision.rules for decision in self._analysis.settings.decisions or ()):
            # What an accepted decision says must not be found decides about findings of other rules too.
            return differences(self.review, self._review_with(rule))
        before = self._findings.get(rule.code, [])
        findings, asked, silent = self._outcome(rule)
        return _changes(
            before,
            findings,
            asked=asked.difference(self._asked),
            settled=self._asked_for_one.get(rule.code, set()).difference(asked),
            silent_before=[each for each in self.review.not_evaluated if each.rule == rule.code],
            silent_after=silent,
            upcoming_before=_upcoming(self.review),
            upcoming_after=self._upcoming_with(rule),
        )

    def _review_with(self, rule: Rule) -> Review:
        analysis = self._analysis
        others = [other for other in analysis.catalog.rules if other.code != rule.code]
        catalog = replace(analysis.catalog, rules=tuple(sorted((*others, rule), key=lambda each: each.code)))
        return review(analysis.architecture, catalog, analysis.settings)

    @cached_property
    def _findings(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for finding in _findings(self.review):
            found.setdefault(finding.rule, []).append(finding)
        return found

    @cached_property
    def _asked(self) -> frozenset[Asked]:
        return _asked(self.review)

    @cached_property
    def _asked_for_one(self) -> dict[str, set[Asked]]:
        """The questions that one thing alone waits for, by that."""
        waiting_for: dict[Asked, set[str]] = {}
        for (kind, id_), fact, waiting in _questions(self.review):
            waiting_for.setdefault((kind, id_, fact), set()).update(waiting)
        found: dict[str, set[Asked]] = {}
        for asked, waiters in waiting_for.items():
            if len(waiters) == 1:
                found.setdefault(next(iter(waiters)), set()).add(asked)
        return found

    def _upcoming_with(self, rule: Rule) -> frozenset[str]:
        usable, _ = self._analysis.usable_rules((rule,))
        is_upcoming = bool(usable) and rule.is_upcoming(self._analysis.settings.as_of)
        return (_upcoming(self.review) - {rule.code}) | ({rule.code} if is_upcoming else set())

    def _outcome(self, rule: Rule) -> tuple[tuple[Finding, ...], set[Asked], list[NotEvaluated]]:
        """Give what one rule finds, what it asks for, and whether it could not be evaluated."""
        usable, silent = self._analysis.usable_rules((rule,))
        if not usable:
            return (), set(), silent
        (compiled,) = compile_rules(usable, rule.scope).rules
        facts, subjects = self._subjects[rule.scope]
        judgement = Judgement([rule.code])
        asked: set[Asked] = set()
        missing = compiled.missing
        for place, outcome in enumerate(_outcomes(compiled, facts, judgement, rule.scope, subjects)):
            if outcome:
                its_facts, id_, location = subjects[place]
                judgement.find(compiled, its_facts, Subject(rule.scope, id_), location)
            elif outcome is None:
                asked.update(missing(facts[place]))
        asked.update(
            (kind, id_, fact) for (kind, id_), questions in judgement.questions().items() for _, fact, _ in questions
        )
        silent += [NotEvaluated(code, why) for code, why in judgement.failed.items()]
        return judgement.sorted_findings(), asked, silent


def _outcomes(
    compiled: CompiledRule,
    facts: list[Any],
    judgement: Judgement,
    scope: str,
    subjects: Iterable[tuple[Any, str, object]],
) -> list[bool | None]:
    """Give what a rule says of each subject; where it fails on one, that is false and told to the judgement."""
    value = compiled.condition.value
    try:
        return list(map(value, facts))
    except Exception:  # any error at all is the rule's: find out on which subjects
        return [_outcome_or_failure(compiled, its_facts, id_, judgement, scope) for its_facts, id_, _ in subjects]


def _outcome_or_failure(compiled: CompiledRule, facts: Any, id_: str, judgement: Judgement, scope: str) -> bool | None:
    try:
        outcome = compiled.condition.value(facts)
        if outcome is None:
            compiled.missing(facts)
    except Exception as error:  # a rule that fails is told of, whatever it failed by
        judgement.fail(compiled.rule.code, scope, id_, f"{type(error).__name__}: {error}")
        return False
    return outcome


def _findings(review: Review) -> tuple[Finding, ...]:
    """Give the findings that count, and behind them those that do not count yet."""
    return review.findings + (review.upcoming.findings if review.upcoming else ())


def _questions(review: Review) -> tuple[OpenQuestion, ...]:
    return review.questions + (review.upcoming.questions if review.upcoming else ())


def _upcoming(review: Review) -> frozenset[str]:
    return frozenset(rule.rule for rule in review.upcoming.rules) if review.upcoming else frozenset()


def _asked(review: Review) -> frozenset[Asked]:
    return frozenset((kind, id_, fact) for (kind, id_), fact, _ in _questions(review))


def _changes(
    before: Iterable[Finding],
    after: Iterable[Finding],
    *,
    asked: Iterable[Asked],
    settled: Iterable[Asked],
    silent_before: Iterable[NotEvaluated],
    silent_after: Iterable[NotEvaluated],
    duties: tuple[DutyChange, ...] = (),
    upcoming_before: frozenset[str] = frozenset(),
    upcoming_after: frozenset[str] = frozenset(),
) -> Changes:
    old = {(finding.rule, finding.subject): finding for finding in before}
    new = {(finding.rule, finding.subject): finding for finding in after}
    stays = [(old[key], finding) for key, finding in new.items() if key in old]

    def weighs_alike(pair: tuple[Finding, Finding]) -> bool:
        one, other = pair
        counts_alike = (one.rule in upcoming_before) == (other.rule in upcoming_after)
        return one.severity == other.severity and counts_alike

    was_silent, is_silent = {each.rule for each in silent_before}, {each.rule for each in silent_after}
    return Changes(
        appearing=tuple(finding for key, finding in new.items() if key not in old),
        disappearing=tuple(finding for key, finding in old.items() if key not in new),
        weighed=tuple(pair for pair in stays if not weighs_alike(pair)),
        reworded=tuple(pair for pair in stays if weighs_alike(pair) and pair[0].message != pair[1].message),
        asked=tuple(sorted(asked)),
        settled=tuple(sorted(settled)),
        failing=tuple(each for each in silent_after if each.rule not in was_silent),
        recovered=tuple(each for each in silent_before if each.rule not in is_silent),
        duties=duties,
        upcoming_before=upcoming_before,
        upcoming_after=upcoming_after,
    )


def _duties(before: Review, after: Review) -> tuple[DutyChange, ...]:
    changes = []
    for old_edge, new_edge in zip(before.edges, after.edges, strict=True):
        old, new = dict(old_edge.obligations), dict(new_edge.obligations)
        if old != new:
            changes += [
                (new_edge.id, duty, old.get(duty), new.get(duty))
                for duty in dict.fromkeys((*old, *new))
                if old.get(duty) != new.get(duty)
            ]
    return tuple(changes)
