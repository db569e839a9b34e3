"""Facts that follow from others, where nobody has answered; a person's answer always wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from archreview.engine.fact_tables import SIDE_EFFECTS
from archreview.engine.flows import Place, walk
from archreview.engine.index import Arc
from archreview.engine.model import Answers, Edge
from archreview.engine.questions import ANSWERS
from archreview.engine.results import FactUse

SLOW_MS = 1000.0
VARIABLE_FROM_MS = 100.0
VARIABLE_TIMES = 10.0
SEVERAL_CONSUMERS = 3

ANSWERED, DERIVED = "answered", "derived"


class EffectiveLatency(NamedTuple):
    """
    How long an operation takes until all is done, in milliseconds at peak; None where unknown.

    `slowest_ms` adds the slowest chain below, `total_ms` all chains' calls; where a flow tells what really follows, the
    two are one.
    """

    slowest_ms: float | None
    total_ms: float | None
    basis: str

    @property
    def is_fast(self) -> bool | None:
        """True under a second, whatever runs side by side; None where that decides."""
        if self.slowest_ms is None or self.total_ms is None:
            return None
        if self.slowest_ms >= SLOW_MS:
            return False
        return True if self.total_ms < SLOW_MS else None


NO_LATENCY = {basis: EffectiveLatency(None, None, basis) for basis in ("flow", "graph")}


def nested_in_flows(places_of_flows: Sequence[Sequence[Place]]) -> Mapping[str, float | None]:
    """Give, for each edge in a flow, the longest wait nested under it at peak; None where a number is missing."""
    nested: dict[str, float | None] = {}
    for places in places_of_flows:
        for place in walk(places):
            if place.arc is None:
                continue
            id_ = place.arc.edge.id
            known = place.nested if place.nested_known else None
            if id_ not in nested:
                nested[id_] = known
            else:
                before = nested[id_]
                nested[id_] = None if before is None or known is None else max(before, known)
    return nested


def effective_latency(
    arc: Arc, nested: Mapping[str, float | None], downstream: Sequence[tuple[float, float] | None]
) -> EffectiveLatency:
    """Add what the callee waits for to the edge's own time: from flows where they use the edge, else from the graph."""
    own, id_ = arc.peak_ms, arc.edge.id
    if id_ in nested:
        wait = nested[id_]
        if own is None or wait is None:
            return NO_LATENCY["flow"]
        return EffectiveLatency(own + wait, own + wait, "flow")
    below = (0.0, 0.0) if arc.to_datastore else downstream[arc.target]
    if own is None or below is None:
        return NO_LATENCY["graph"]
    return EffectiveLatency(own + below[0], own + below[1], "graph")


def derived_facts(arc: Arc, latency: EffectiveLatency, reached: int | None) -> dict[str, bool]:
    """
    Give what follows for an edge, by question.

    `reached` counts the services that the source reaches over the edge's channel; None without a channel.
    """
    edge = arc.edge
    found: dict[str, bool] = {}
    fast = latency.is_fast
    if fast is not None:
        found["fast_at_peak"] = fast
    slowest = latency.slowest_ms
    if (slowest is not None and slowest >= SLOW_MS) or is_variable(edge):
        found["long_running"] = True
    elif fast and edge.latency_p50_ms is not None and edge.latency_p99_ms is not None and edge.latency_basis == "peak":
        found["long_running"] = False
    if reached is not None:
        if reached >= SEVERAL_CONSUMERS:
            found["fan_out"] = True
        elif reached == 1:
            found["fan_out"] = False
    if edge.answers.strong_consistency:
        found["needs_result"] = True
        found["eventual_consistency_ok"] = False
    elif edge.purpose in SIDE_EFFECTS:
        found["needs_result"] = False
    if edge.fallback:
        found["callee_may_be_down"] = True
    return found


def is_variable(edge: Edge) -> bool:
    """Say whether the operation's runtime is known to vary much: at peak, and ten times from P50 to P99."""
    p50, p99 = edge.latency_p50_ms, edge.latency_p99_ms
    if p50 is None or p99 is None or edge.latency_basis != "peak":
        return False
    return p99 >= VARIABLE_FROM_MS and p99 >= VARIABLE_TIMES * p50


def reason_for(key: str, edge: Edge, slowest_ms: float | None, reached: int | None) -> str:
    """Say in words where a derived fact comes from; the numbers are those that it was derived from."""
    if key in ("fast_at_peak", "long_running") and slowest_ms is not None and slowest_ms >= SLOW_MS:
        return f"{slowest_ms:,.0f} ms at peak is over 1 s"
    if key == "fast_at_peak" and slowest_ms is not None:
        return f"{slowest_ms:,.0f} ms at peak is under 1 s"
    if key == "long_running" and is_variable(edge):
        return f"a P99 of {edge.latency_p99_ms:,.0f} ms is ten times the P50 of {edge.latency_p50_ms:,.0f} ms or more"
    if key == "long_running" and slowest_ms is not None:
        return f"{slowest_ms:,.0f} ms at peak, and the P99 stays under ten times the P50"
    if key == "fan_out":
        return "one service reads from the channel" if reached == 1 else f"{reached} services read from the channel"
    if key in ("needs_result", "eventual_consistency_ok") and edge.answers.strong_consistency:
        return "both sides must agree at every moment"
    if key == "needs_result" and edge.purpose:
        return f"{edge.purpose.replace('_', ' ')} is a side effect"
    return "the caller has a fallback" if key == "callee_may_be_down" else ""


PLACE_OF: Mapping[str, int] = {key: place for place, key in enumerate(ANSWERS)}
_STATED = [
    {True: FactUse(key, True, ANSWERED), False: FactUse(key, False, ANSWERED), None: FactUse(key, None, None)}
    for key in ANSWERS
]
_DERIVED = [{answer: FactUse(key, answer, DERIVED) for answer in (True, False)} for key in ANSWERS]

Uses = tuple[FactUse, ...]


def facts_of(answers: Answers, derived: Mapping[str, bool]) -> tuple[Uses, Answers, tuple[str, ...]]:
    """
    Give every fact as it is used and as a value, in the order of `ANSWERS`, and the keys that contradict each other.

    A key contradicts where its answer is not what follows from other facts.
    """
    uses = [use[answer] for use, answer in zip(_STATED, answers, strict=True)]
    if not derived:
        return tuple(uses), answers, ()
    values = list(answers)
    contradicted: tuple[str, ...] = ()
    for key, follows in derived.items():
        place = PLACE_OF[key]
        answer = values[place]
        if answer is None:
            uses[place] = _DERIVED[place][follows]
            values[place] = follows
        elif answer is not follows:
            contradicted += (key,)
    return tuple(uses), Answers._make(values), contradicted
