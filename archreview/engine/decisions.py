"""
Whether the model still is what was decided, and still what the decision rested on.

Decisions come in as plain values; every check says what was then and what is now. A number that is measured or computed
moves a little with every measurement, so of these only a material change counts; of all other facts any change does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archreview.engine.catalog import Rule
from archreview.engine.edges import Judged
from archreview.engine.facts import Missing
from archreview.engine.language import compile_condition, names_of
from archreview.engine.language.messages import plain, shown
from archreview.engine.language.schema import Derived, Place
from archreview.engine.results import CHANGED, DRIFTED, HOLDS, OPEN, UNBOUND, Check, DecisionReview
from archreview.engine.technology import HEAVY_LOAD_PER_S

# A measured or computed number has changed where it moved by more than this share of what it was, or over a threshold.
MATERIAL_SHARE = 0.2
THRESHOLDS: Mapping[str, float] = {
    "latency_p99_ms": 1000,
    "effective_latency_ms": 1000,
    "throughput_per_s": HEAVY_LOAD_PER_S,
}
MEASURED = frozenset(
    {
        *THRESHOLDS,
        "latency_p50_ms",
        "handover_p99_ms",
        "publish_p99_ms",
        "caller_timeout_ms",
        "worst_wait_at_least_ms",
        "availability",
        "synchronous_share",
    }
)
# Of these, what is missing to a hundred is what people feel: from 99.9 to 99.8 the downtime doubles.
SHARES_OF_A_HUNDRED = frozenset({"availability"})
# The values in a check where there is nothing to read: the subject is no longer in the model.
GONE = "no longer in the model"
PREMISE = "premise"
FINDS_NOTHING, FINDS_SOMETHING, NOT_EVALUATED = "finds nothing", "finds something", "is not evaluated"

_UNITS = ("_per_s", "_ms", "_hours")
_PLACES: Mapping[Place, Callable[[Any], Any]] = {
    Place.FACTS: lambda facts: facts,
    Place.MODEL: lambda facts: facts.model,
    Place.ANSWERS: lambda facts: facts.answers,
}


@dataclass(frozen=True, slots=True)
class Premise:
    """A fact that a decision rested on: whose, which, and its value then ("none" for what is known to be absent)."""

    kind: str
    id: str
    fact: str
    value: object


@dataclass(frozen=True, slots=True)
class AcceptedDecision:
    """
    What an accepted decision binds.

    `edge` is the edge that it covers, if any: one of `styles` must be its style, `facts` must have their values, and
    `rules` must find nothing about it. Where it covers a `flow` instead, `rules` must find nothing about that.
    `premises` are what it rested on. A decision about several edges comes in parts, which have its label in common.
    """

    label: str
    title: str
    edge: str = ""
    flow: str = ""
    styles: tuple[str, ...] = ()
    facts: tuple[tuple[str, object], ...] = ()
    rules: tuple[str, ...] = ()
    premises: tuple[Premise, ...] = ()


@dataclass(slots=True)
class Known:
    """All facts of an analysis by kind and id, and the rules that it may evaluate, by code."""

    facts: Mapping[str, Mapping[str, object]]
    rules: Mapping[str, Rule]


def judge_decisions(
    decisions: Sequence[AcceptedDecision], judged: Mapping[str, Judged], known: Known
) -> tuple[DecisionReview, ...]:
    """Check every decision, and tell the facts of every edge what decisions say about it."""
    for edge in judged.values():
        facts = edge.facts
        facts.has_decision, facts.drifted, facts.drift, facts.changed_premises = False, False, (), ()
    checks: dict[str, list[Check]] = {}
    edges: dict[str, str] = {}
    for part in decisions:
        checks.setdefault(part.label, []).extend(_judge(part, judged, known))
        edges.setdefault(part.label, part.edge)
    return tuple([_reviewed(label, edges[label], found) for label, found in checks.items()])


def _reviewed(label: str, edge: str, checks: Sequence[Check]) -> DecisionReview:
    """All parts of a decision together."""
    in_order = sorted(checks, key=lambda check: check.what == PREMISE)
    failed = {check.what == PREMISE for check in checks if check.holds is False}
    if not checks:
        state = UNBOUND
    elif failed:
        state = DRIFTED if False in failed else CHANGED
    else:
        state = OPEN if any(check.holds is None for check in checks) else HOLDS
    return DecisionReview(label, edge, state, tuple(in_order))


def _judge(decision: AcceptedDecision, judged: Mapping[str, Judged], known: Known) -> list[Check]:
    """The checks of a decision, or of a part of one; its edge is told what it says."""
    missing: list[tuple[str, str, str]] = []
    binding = [*_terms(decision, known, missing)]
    premises = [_premise(premise, known) for premise in decision.premises]
    broken = [check for check in binding if check.holds is False]
    changed = [check for check in premises if check.holds is False]
    edge = judged.get(decision.edge)
    if edge is not None:
        facts = edge.facts
        facts.has_decision = True
        facts.drift = (*(facts.drift or ()), *(f"{_told(check)} ({decision.label})" for check in broken))
        facts.changed_premises = (
            *(facts.changed_premises or ()),
            *(f"{_told(check)} ({decision.label})" for check in changed),
        )
        if broken:
            facts.drifted = True
        elif missing and not facts.drifted:
            facts.drifted = None
            facts.asks = _asking(facts.asks, tuple(missing))
    return [*binding, *premises]


def _terms(decision: AcceptedDecision, known: Known, missing: list[tuple[str, str, str]]) -> Iterable[Check]:
    """What must hold of the edge, or of the flow; what is unknown is noted as missing."""
    edge, flow = decision.edge, decision.flow
    if not edge:
        for code in decision.rules if flow else ():
            yield _rule(code, "flow", flow, known.facts["flow"].get(flow), known, missing)
        return
    facts = known.facts["edge"].get(edge)
    if decision.styles:
        then: object = decision.styles[0] if len(decision.styles) == 1 else list(decision.styles)
        style = _read("edge", facts, "style")
        holds = None if style is None else style in decision.styles
        if holds is None and facts is not None:
            missing.append(("edge", edge, "style"))
        yield Check("style", "edge", edge, "style", then, style, False if facts is None else holds)
    for name, value in decision.facts:
        now = _read("edge", facts, name)
        holds = None if now is None else _plain(value) == now
        if holds is None and facts is not None:
            missing.append(("edge", edge, name))
        yield Check("fact", "edge", edge, name, _plain(value), now, False if facts is None else holds)
    for code in decision.rules:
        yield _rule(code, "edge", edge, facts, known, missing)


def _rule(
    code: str, kind: str, id_: str, facts: object | None, known: Known, missing: list[tuple[str, str, str]]
) -> Check:
    if facts is None:
        return Check("rule", kind, id_, code, FINDS_NOTHING, GONE, False)
    rule = known.rules.get(code)
    if rule is None or rule.scope != kind or "decisions" in rule.needs:
        return Check("rule", kind, id_, code, FINDS_NOTHING, NOT_EVALUATED, None)
    condition = compile_condition(rule.condition, kind, rule.params)
    try:
        found = condition.value(facts)
        if found is None:
            missing.extend(condition.missing(facts))
    except Exception:  # the rule is listed as not evaluated by those who apply it
        return Check("rule", kind, id_, code, FINDS_NOTHING, NOT_EVALUATED, None)
    now = {True: FINDS_SOMETHING, False: FINDS_NOTHING, None: None}[found]
    return Check("rule", kind, id_, code, FINDS_NOTHING, now, None if found is None else not found)


def _premise(premise: Premise, known: Known) -> Check:
    kind, id_, fact, then = premise.kind, premise.id, premise.fact, _plain(premise.value)
    facts = known.facts.get(kind, {}).get(id_)
    if facts is None:
        return Check(PREMISE, kind, id_, fact, then, GONE, False)
    if not is_readable(kind, fact):
        return Check(PREMISE, kind, id_, fact, then, NOT_EVALUATED, None)
    now = _read(kind, facts, fact)
    return Check(PREMISE, kind, id_, fact, then, now, not is_another(fact, then, now))


def is_readable(kind: str, fact: str) -> bool:
    """Whether a decision can rest on the fact: the language has a name for it, as a fact of its own subject."""
    if kind not in ("edge", "flow", "service", "channel", "system"):
        return False
    entry = names_of(kind).get(f"{kind}.{fact}")
    return entry is not None and entry.place in _PLACES and entry.derived is Derived.NO


def is_another(fact: str, then: object, now: object) -> bool:
    """
    Whether a fact has changed.

    A number that is measured or computed has where it crossed a threshold, or moved by more than a fifth of what it
    was; everything else where it is not the same, also where it became known or unknown.
    """
    if fact not in MEASURED or not _is_number(then) or not _is_number(now):
        return then != now
    was, is_ = float(then), float(now)  # type: ignore[arg-type]  # both are numbers
    threshold = THRESHOLDS.get(fact)
    if threshold is not None and (was >= threshold) != (is_ >= threshold):
        return True
    if fact in SHARES_OF_A_HUNDRED:
        was, is_ = 100 - was, 100 - is_
    # A hair over the share is what adding up decimals leaves behind.
    return abs(is_ - was) > MATERIAL_SHARE * abs(was) * (1 + 1e-9)


def said_in_words(fact: str, value: object) -> str:
    """Give a value with its unit, as a sentence holds it."""
    unit = next((unit for unit in _UNITS if fact.endswith(unit)), "")
    if _is_number(value) and unit:
        return f"{shown(value)} {unit[1:].replace('_per_s', ' a second').replace('per_s', 'a second')}"
    if fact == "availability" and _is_number(value):
        return f"{shown(value)} %"
    return shown(tuple(value) if isinstance(value, list) else value).replace("_", " ")


def name_in_words(fact: str) -> str:
    """Give the name of a fact as a sentence holds it: `latency p99` for `latency_p99_ms`."""
    name = fact.removeprefix("answers.")
    for unit in _UNITS:
        name = name.removesuffix(unit)
    return name.replace("_", " ")


def _told(check: Check) -> str:
    """What changed, then and now."""
    if check.what == "rule":
        return f"{check.fact} {check.now}"
    if check.now == GONE:
        return f"{name_in_words(check.fact)} {GONE}"
    then, now = said_in_words(check.fact, check.then), said_in_words(check.fact, check.now)
    if check.what == PREMISE:
        return f"{name_in_words(check.fact)} from {then} to {now}"
    return f"{name_in_words(check.fact)} {now} instead of {then}"


def _read(kind: str, facts: object | None, fact: str) -> object:
    """The value of a fact as a result may hold it; None where it is unknown or there is nothing to read."""
    if facts is None or not is_readable(kind, fact):
        return None
    entry = names_of(kind)[f"{kind}.{fact}"]
    return _plain(getattr(_PLACES[entry.place](facts), entry.attribute))


def _plain(value: object) -> object:
    """A value as it is compared: `none` for what is known to be absent."""
    found = plain(value)
    return "none" if found == "" or (isinstance(found, float) and math.isinf(found)) else found


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _asking(asks: Callable[[str], Missing], missing: Missing) -> Callable[[str], Missing]:
    """What an edge asks for, where it is open whether it is as decided."""
    return lambda name: missing if name == "drifted" else asks(name)
