"""
What the desk says of an entry while it is written: problems at their places, a reading in words, examples tried.

Nothing is stored. What it costs is bounded by what a text may hold: a condition has at most 1,000 characters, and what
is longer is refused before it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from archreview.engine import catalog as engine
from archreview.engine.catalog import SCOPES
from archreview.engine.conflicts import SAME, Comparable, Conflict, comparable, conflicts_of
from archreview.engine.language import ConditionError, check, check_message, check_severity, in_words, severity_in_words
from archreview.engine.language.problems import Problem
from archreview.interchange.catalogs import day_of
from archreview.rules.checking import check_entry, explained, pointed_at
from archreview.rules.models import Kind
from archreview.rules.telling import DrawnExample, examples_of, tried_and_drawn
from archreview.rules.values import engine_rule
from archreview.rules.written import FIELDS

_CHECKS = {"severity": check_severity, "message": check_message}
PROBLEMS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Told:
    """
    A problem of a field: what it is, and for a text of the language the place with a caret under each character.

    `suggestion` is what may be put there instead, from `position` on `length` characters.
    """

    message: str
    line: str = ""
    carets: str = ""
    position: int = 0
    length: int = 0
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """
    What is to be said of an entry as it is written.

    `problems` by field, those of the code or the duty as `key`; `readings` are pairs of label and sentence. `examples`
    are drawn and tried where the rule can be read; `conflicts` tell with which published rules it does not go together.
    """

    problems: Mapping[str, list[Told]] = field(default_factory=dict)
    readings: tuple[tuple[str, str], ...] = ()
    examples: tuple[DrawnExample, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether it could be published."""
        return not self.problems

    @property
    def is_readable(self) -> bool:
        """Whether reviews could evaluate it, whatever stands in its other texts and whether its examples pass."""
        return not set(self.problems) - {"title", "why", "remedy", "references", "source", "examples", "text", "key"}

    @property
    def count(self) -> int:
        """How many problems there are."""
        return sum(map(len, self.problems.values()))

    @property
    def summary(self) -> str:
        """One sentence for those who do not see the page."""
        if not self.is_sound:
            return f"{self.count} problem{'s'[: self.count > 1]}."
        passing = sum(example.passes for example in self.examples)
        tried = f" {passing} of {len(self.examples)} examples pass." if self.examples else ""
        return f"Nothing is wrong with it.{tried}"


def look_at(kind: str, key: str, content: Mapping[str, Any], published: Sequence[engine.Rule] = ()) -> Look:
    """Give all that is to be said of an entry; `published` are the rules that a rule has to go together with."""
    told = check_entry(kind, key, content)
    problems = {
        "key" if name in ("code", "duty") else name: _told(kind, name, content, texts)
        for name, texts in told.items()
        if texts
    }
    if kind != Kind.RULE:
        return Look(problems, _readings_of_obligation(content) if kind == Kind.OBLIGATION else ())
    rule = _readable(key, content)
    if rule is None:
        return Look(problems)
    examples = tuple(tried_and_drawn(rule, examples_of(content["examples"], rule.scope)))
    readings = (*_readings(rule, examples), *_reading_of_campaign(content["campaign"]))
    return Look(problems, readings, examples, _conflicts(rule, published))


def _told(kind: str, name: str, content: Mapping[str, Any], texts: Sequence[str]) -> list[Told]:
    """Give the problems of a field with their places, where the field holds a text of the language."""
    looks = {each.name: each.look for each in FIELDS[kind]}
    if looks.get(name) == "language" and isinstance(content[name], str):
        check_text = _CHECKS.get(name, check)
        scope = content["scope"] if kind == Kind.RULE else "edge"
        params = content["params"] if kind == Kind.RULE else {}
        found: list[Problem] = []

        def noting(text: str) -> tuple[Problem, ...]:
            found.extend(check_text(text, scope, params))
            return tuple(found)

        if explained(content[name], noting) and found:
            return [_at(problem, content[name]) for problem in found[:PROBLEMS_SHOWN]]
    return [Told(text) for text in texts[:PROBLEMS_SHOWN]]


def _at(problem: Problem, text: str) -> Told:
    _, line, carets = pointed_at(problem, text).split("\n")
    message = f"at {problem.position + 1}: {problem.message}"
    return Told(message, line, carets, problem.position, problem.length, problem.suggestion)


def _readable(code: str, content: Mapping[str, Any]) -> engine.Rule | None:
    """Give the rule where its texts can be read, whatever else is wrong with it."""
    sound_types = isinstance(content["params"], dict) and isinstance(content["examples"], str)
    if content["scope"] not in SCOPES or not sound_types:
        return None
    rule = engine_rule(code, {**content, "campaign": {}})
    texts = ((check, rule.condition), (check_severity, rule.severity), (check_message, rule.message))
    if any(check_text(text, rule.scope, rule.params) for check_text, text in texts):
        return None
    return rule


def _readings(rule: engine.Rule, examples: Sequence[DrawnExample]) -> tuple[tuple[str, str], ...]:
    said = [
        ("Matches where", in_words(rule.condition, rule.scope, rule.params)),
        ("Severity", severity_in_words(rule.severity, rule.scope, rule.params)),
    ]
    finding = next((example.said for example in examples if example.outcome == "match"), "")
    return (*said, ("A finding says", finding or rule.message))


def _reading_of_campaign(campaign: Any) -> tuple[tuple[str, str], ...]:
    until = day_of(str(campaign.get("until", ""))) if isinstance(campaign, dict) else None
    if until is None:
        return ()
    is_over = until <= timezone.localdate()
    said = "its day has come, so findings count like any others" if is_over else f"findings are upcoming until {until}"
    return (("Campaign", said),)


def _readings_of_obligation(content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    said = []
    for label, name in (("Met where", "condition"), ("Only where", "when")):
        try:
            said.append((label, in_words(content[name], "edge")))
        except (ConditionError, TypeError):
            continue
    return tuple(said)


def _conflicts(rule: engine.Rule, published: Sequence[engine.Rule]) -> tuple[str, ...]:
    one = Comparable(rule)
    others = (other for other in _comparable(published) if other.rule.code != rule.code)
    return tuple(conflict_in_words(found) for other in others for found in conflicts_of(one, other))


# The published rules as they were compared last: the same tuple is asked about at every stroke.
_kept: tuple[Sequence[engine.Rule], list[Comparable]] = ((), [])


def _comparable(published: Sequence[engine.Rule]) -> list[Comparable]:
    global _kept
    kept = _kept
    if kept[0] is not published:
        kept = _kept = (published, comparable(published))
    return kept[1]


def conflict_in_words(found: Conflict) -> str:
    """Give a conflict as a sentence, with how far it was looked into."""
    one, other = found.codes
    if found.kind == SAME:
        return f"{one or 'The rule'} and {other} always match together{_looked(found)}."
    return (
        f"{one or 'The rule'} and {other} contradict each other over {found.fact}: "
        f"in each case that the narrower of them is about, every value makes one of the two match{_looked(found)}."
    )


def _looked(found: Conflict) -> str:
    if not found.cases:
        return ": they are written alike"
    cases = f"{found.cases:,} case{'s'[: found.cases > 1]}"
    return f" (all {cases} were tried)" if found.complete else f" (in {cases} that were drawn; there are more)"
