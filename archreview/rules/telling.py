"""A rule as its page tells it: in words, with its examples drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from archreview.drawing import draw_map, map_table
from archreview.drawing.reviewed import map_of
from archreview.drawing.values import Table
from archreview.engine import catalog as engine
from archreview.engine.catalog import Example
from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS
from archreview.engine.language import ConditionError, in_words, severity_in_words
from archreview.engine.questions import ANSWERS
from archreview.interchange.catalogs import read_examples
from archreview.interchange.documents import Problems
from archreview.rendering import only_safe
from archreview.rules.models import CatalogChange, Entry, OverrideChange, Rule, RuleOverride, State
from archreview.rules.models.history import differences_of
from archreview.rules.queries import EntryDifference
from archreview.rules.trying import CAME_OUT, EXPECTED, Trial, try_rule
from archreview.rules.values import engine_rule

# The articles of the field guide that the shipped rules come from.
ARTICLES = {
    "A": "framework and pitfalls",
    "B": "backend architecture",
    "C": "the architectural fork",
    "D": "the decision tree",
    "E": "trade-offs",
}
# An example is a few services; what is much more is tried, and not drawn: laying it out takes long.
MOST_DRAWN = 60
# Pictures wider than this, in pixels, take the room of two.
WIDE = 400
_WIDTH = re.compile(r'<svg[^>]*? width="([0-9]+)')


@dataclass(frozen=True, slots=True)
class DrawnExample:
    """An example with its picture and what is known about its subject."""

    title: str
    expect: str
    expected: str
    outcome: str
    came_out: str
    passes: bool
    said: str
    severity: str
    subject: str
    svg: SafeString
    table: Table
    facts: tuple[tuple[str, str], ...]

    @property
    def is_wide(self) -> bool:
        """Whether the picture would be cut where others fit."""
        width = _WIDTH.match(self.svg)
        return width is not None and int(width[1]) > WIDE


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a change touched; long texts are told apart by their lines."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change as the history shows it."""

    change: CatalogChange
    differences: tuple[Difference, ...]


def laid_out(html: str, text: str) -> SafeString:
    """Give stored HTML, cleaned again; the text as it was written where it was never laid out."""
    if html:
        return mark_safe(only_safe(html))  # noqa: S308 - nothing but what the allow-list lets through
    return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 - escaped


def source_in_words(source: str) -> str:
    """Give the articles that letters stand for; any other source as it is."""
    letters = source.split()
    if all(letter in ARTICLES for letter in letters):
        return f"The field guide: {', '.join(ARTICLES[letter] for letter in letters)}"
    return source


def readings(rule: Rule) -> Mapping[str, str]:
    """Give the condition and the severity in words; empty where this version of the language cannot read them."""
    try:
        return {
            "condition_words": in_words(rule.condition, rule.scope, rule.params),
            "severity_words": severity_in_words(rule.severity, rule.scope, rule.params),
        }
    except ConditionError:
        return {"condition_words": "", "severity_words": ""}


def drawn_examples(rule: Rule) -> list[DrawnExample]:
    """Give the examples of a rule, drawn and tried; none where they can no longer be read."""
    try:
        return tried_and_drawn(engine_rule(rule.code, rule.content()), examples_of(rule.examples, rule.scope))
    except ConditionError:
        return []


def tried_and_drawn(rule: engine.Rule, examples: Iterable[Example]) -> list[DrawnExample]:
    """Give examples, drawn and tried on a rule. Raises ConditionError where the rule cannot be compiled."""
    return [_drawn(trial, rule.scope) for trial in try_rule(rule, examples)]


@lru_cache(maxsize=1_000)
def examples_of(text: str, scope: str) -> tuple[Example, ...]:
    """Read examples; none where anything is wrong with the text. Kept, for an editor asks at every stroke."""
    return read_examples(text, scope=scope, problems=Problems()) or ()


def _drawn(trial: Trial, scope: str) -> DrawnExample:
    example = trial.example
    flow = next((f for f in trial.review.flows if scope == "flow" and f.id == example.subject), None)
    picture = map_of(
        example.architecture,
        trial.review,
        title=example.title,
        group_by="",
        flow=flow,
        emphasised=(example.subject,) if scope in ("service", "edge") else (),
    )
    return DrawnExample(
        title=example.title,
        expect=example.expect,
        expected=EXPECTED[example.expect],
        outcome=trial.outcome,
        came_out=CAME_OUT[trial.outcome],
        passes=trial.passes,
        said=trial.said,
        severity=trial.severity,
        subject=example.subject,
        svg=mark_safe(draw_map(picture)) if _is_small(example) else SafeString(),  # noqa: S308 - escaped where drawn
        table=map_table(picture),
        facts=known_facts(example, scope),
    )


def _is_small(example: Example) -> bool:
    return len(example.architecture.services) + len(example.architecture.edges) <= MOST_DRAWN


def known_facts(example: Example, scope: str) -> tuple[tuple[str, str], ...]:
    """Give what the example says about its subject, as label and value."""
    model = example.architecture
    if scope == "edge":
        edge = next(edge for edge in model.edges if edge.id == example.subject)
        answers = [(key, getattr(edge.answers, key)) for key in ANSWERS]
        stated = [(fact.name, fact.unit, getattr(edge, fact.name)) for fact in EDGE_FACTS]
        stated += [(key, "", value) for key, value in answers]
    elif scope == "service":
        service = next(service for service in model.services if service.id == example.subject)
        stated = [(fact.name, fact.unit, getattr(service, fact.name)) for fact in SERVICE_FACTS]
    elif scope == "channel":
        channel = next(channel for channel in model.channels if channel.id == example.subject)
        stated = [(fact.name, fact.unit, getattr(channel, fact.name)) for fact in CHANNEL_FACTS]
    elif scope == "flow":
        flow = next(flow for flow in model.flows if flow.id == example.subject)
        stated = [
            ("latency_budget_ms", "ms", flow.latency_budget_ms),
            ("availability_target", "%", flow.availability_target),
            ("user_facing", "", flow.user_facing),
        ]
    else:
        stated = []
    return tuple((label_of(name, unit), shown(value, unit)) for name, unit, value in stated if value is not None)


def label_of(name: str, unit: str = "") -> str:
    """Give a field's name as people read it, without the unit that its value carries."""
    bare = name.removesuffix(f"_{unit}") if unit else name
    return bare.replace("_", " ").capitalize()


def shown(value: Any, unit: str = "") -> str:
    """Give a value of a fact as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == "" or value == math.inf:
        return "none"
    if isinstance(value, int | float):
        return f"{value:,.10g} {unit}".strip()
    return str(value).replace("_", " ")


def told_change(change: CatalogChange) -> Change:
    """Give a change with its differences in words."""
    return Change(
        change,
        tuple(Difference(label_of(name), written(old), written(new)) for name, old, new in change.differences),
    )


@dataclass(frozen=True, slots=True)
class EntryTold:
    """What would be said of one entry: `what` happens to it, and the fields that would say something else."""

    kind: str
    key: str
    what: str
    differences: tuple[Difference, ...]


def told_difference(difference: EntryDifference) -> EntryTold:
    """Give what an entry says in one version and in another, in words."""
    before, after = difference.before, difference.after
    if before is None or after is None:
        return EntryTold(difference.kind, difference.key, "new" if before is None else "gone", ())
    states = (before.get("state"), after.get("state"))
    what = "changed" if states[0] == states[1] else "retired" if states[1] == State.RETIRED else "published again"
    fields = differences_of(dict(before), dict(after))
    return EntryTold(
        difference.kind,
        difference.key,
        what,
        tuple(Difference(label_of(name), written(old), written(new)) for name, old, new in fields),
    )


@dataclass(frozen=True, slots=True)
class ThreeWays:
    """A field that a release, or somebody here, or both have changed: `by` says who."""

    label: str
    base: str
    theirs: str
    ours: str
    by: str


@dataclass(frozen=True, slots=True)
class Release:
    """An entry that was changed here and that a newer release ships otherwise."""

    kind: str
    key: str
    title: str
    revision: int
    fields: tuple[ThreeWays, ...]

    @property
    def conflicts(self) -> int:
        """How many fields both have changed, each otherwise."""
        return sum(field.by == "both" for field in self.fields)


def told_release(kind: str, key: str, row: Entry) -> Release:
    """Give an undecided entry field by field: shipped before, shipped now, and ours."""
    base, theirs, ours = row.built_in or {}, row.newer or {}, row.content()
    fields = []
    for name, mine in ours.items():
        was, new = base.get(name), theirs.get(name)
        if was == new == mine:
            continue
        by = "both alike" if new == mine else "the release" if mine == was else "us" if new == was else "both"
        fields.append(ThreeWays(label_of(name), written(was), written(new), written(mine), by))
    title = row.title if isinstance(row, Rule) else ""
    return Release(kind, key, title, row.revision, tuple(fields))


@dataclass(frozen=True, slots=True)
class OverrideChanged:
    """One change of what a workspace changes of a rule, as its history shows it."""

    change: OverrideChange
    said: str


def told_override(rule: Rule, override: RuleOverride) -> tuple[Difference, ...]:
    """Give what a workspace changes of a rule: what the catalog says, and what holds in the workspace."""
    differences = []
    if override.off:
        differences.append(Difference("Judged by", "yes", "no: it is off here"))
    if override.severity:
        differences.append(Difference("Severity", rule.severity, override.severity))
    for name, value in override.params.items():
        differences.append(Difference(label_of(name), shown(rule.params.get(name, "")), shown(value)))
    return tuple(differences)


def told_override_changes(changes: Iterable[OverrideChange]) -> list[OverrideChanged]:
    """Give the changes of an override with what they said, in words."""
    return [OverrideChanged(change, _override_in_words(change.after)) for change in changes]


def _override_in_words(after: Mapping[str, Any] | None) -> str:
    if after is None:
        return "as the catalog has it again"
    said = ["off"] if after["off"] else []
    said += [f"severity {after['severity']}"] if after["severity"] else []
    said += [f"{label_of(name).lower()} {shown(value)}" for name, value in after["params"].items()]
    return ", ".join(said)


@dataclass(frozen=True, slots=True)
class ToldDuty:
    """An obligation as the catalog's page tells it: when it is met, and whom it binds."""

    duty: str
    text: str
    condition: str
    condition_words: str
    when_words: str
    binds: tuple[str, ...]


def told_duties(obligations: Iterable[engine.ObligationRule], words: Sequence[str] = ()) -> list[ToldDuty]:
    """Give the obligations in which all the words stand."""
    found = []
    for duty in obligations:
        told = ToldDuty(
            duty=duty.duty,
            text=duty.text,
            condition=duty.condition,
            condition_words=in_words(duty.condition, "edge"),
            when_words=in_words(duty.when, "edge") if duty.when else "",
            binds=tuple(word.replace("_", " ") for word in dict.fromkeys((*duty.styles, *duty.outcomes))),
        )
        text = f"{told.duty} {told.text} {told.condition} {told.condition_words}".casefold()
        if all(word in text for word in words):
            found.append(told)
    return found


def written(value: Any) -> str:
    """Give the value of a field as a difference shows it."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, dict):
        return "\n".join(f"{name}: {shown(one)}" for name, one in value.items())
    return shown(value) if not isinstance(value, str) else value
