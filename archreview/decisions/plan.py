"""Which calls of a flow leave its synchronous path: the cheapest set that keeps the two-hop rule, of the flow alone."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from archreview.decisions.flow_numbers import moved_behind
from archreview.decisions.ground import Ground
from archreview.decisions.rewiring import Rewired
from archreview.decisions.situation import Situation
from archreview.decisions.ways import OF_OUTCOME, SIMPLEST, WAYS, Way, edge_as
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, Flow
from archreview.engine.results import EdgeReview, FlowReview

# What it costs to take a call off the synchronous path, by what the matrix says of it.
COSTS: Mapping[tuple[str, str | None], int] = MappingProxyType(
    {
        ("async", "strong"): 1,
        ("async", "leaning"): 2,
        ("hybrid", "strong"): 3,
        ("hybrid", "leaning"): 3,
        ("undetermined", None): 4,
        ("sync", "leaning"): 8,
        ("sync", "strong"): 16,
    }
)
# How many sets of calls are tried: enough for the flows that people write, and bounded for those that they do not.
MOST_TRIES = 400

Rank = tuple[int, int, bool, int, int, float, tuple[int, ...]]
"""
The cost; then what is dragged along that the user waits for, the budget, the calls that somebody else has to make, what
else is dragged along, the time.
"""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A call that leaves the synchronous path, and how it would talk."""

    edge: str
    way: Way


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Calls that leave together, and the flow as it is then; `keeps` says whether that keeps the rule. `change` holds the
    edges as they would be, and the calls that somebody else makes then because the user waits for them.

    `instead_of` is a lighter plan that keeps the rule too, but not the latency budget.
    """

    leaving: tuple[Leaving, ...]
    flow: FlowReview
    keeps: bool
    change: Rewired
    instead_of: Plan | None = None

    @property
    def edges(self) -> frozenset[str]:
        return frozenset(leaving.edge for leaving in self.leaving)


def cost_of(judged: EdgeReview) -> int:
    """What it costs to take the call off the synchronous path."""
    return COSTS[judged.matrix.verdict, judged.matrix.strength]


def is_locked(situation: Situation) -> bool:
    """Whether the call cannot leave: its caller needs the result, and can neither poll nor be called back."""
    return situation.fact("needs_result") is True and situation.fact("can_poll") is False


def way_out(situation: Situation, *, guess: bool = False) -> Way | None:
    """
    How a call could leave the synchronous path; None where it cannot, or where nobody waits for it anyway.

    Where nobody has said whether its result is needed, it stays, unless one may `guess`.
    """
    if is_locked(situation) or situation.judged.family in (ASYNCHRONOUS, HAND_OFF):
        return None
    if situation.fact("needs_result") is None and not guess:
        return None
    possible = {OF_OUTCOME[outcome] for outcome in situation.judged.tree.possible}
    if situation.fact("needs_result"):
        hybrid = situation.judged.matrix.verdict == "hybrid"
        return WAYS["hybrid" if hybrid else "callback" if "callback" in possible else "polling"]
    messages = [key for key in SIMPLEST if key in possible and FAMILY_OF_STYLE[WAYS[key].style] == ASYNCHRONOUS]
    return WAYS[messages[0] if messages else "queue"]


def plans(
    ground: Ground, flow: Flow, today: FlowReview, situations: Mapping[str, Situation], *, guess: bool = False
) -> Iterator[Plan]:
    """
    The plans that keep the rule, the cheapest first; of equal ones that which drags the fewest awaited calls along,
    then that which keeps the budget.

    `situations` holds the calls of the flow by their edges. What a call costs counts for those too that go to the
    background behind another. Ends after some hundred tries.
    """
    ways = {edge: way for edge, call in situations.items() if (way := way_out(call, guess=guess)) is not None}
    queue: list[tuple[Rank, int, _Tried]] = []
    order = _order(today)
    seen = {frozenset[str]()}
    heapq.heappush(queue, ((0, 0, False, 0, 0, 0.0, ()), 0, _Tried(frozenset(), Rewired(()), today)))
    while queue:
        _, _, tried = heapq.heappop(queue)
        if tried.flow.within_rule is not False:
            yield _plan(situations, ways, tried, order)
            continue
        for edge in tried.flow.calls:
            wider = tried.leaving | {edge}
            if edge not in ways or wider in seen or len(seen) > MOST_TRIES:
                continue
            seen.add(wider)
            found = _try(ground, flow, situations, ways, wider)
            heapq.heappush(queue, (_rank(situations, found, today, order), len(seen), found))


def without_the_unneeded(
    ground: Ground, flow: Flow, today: FlowReview, situations: Mapping[str, Situation]
) -> Plan | None:
    """All calls in sequence whose results nobody needs, taken out together; None where there are none."""
    ways = {
        edge: way
        for edge in today.calls
        if situations[edge].fact("needs_result") is False and (way := way_out(situations[edge])) is not None
    }
    if not ways:
        return None
    return _plan(situations, ways, _try(ground, flow, situations, ways, frozenset(ways)), _order(today))


def nearest_to_a_plan(ground: Ground, flow: Flow, today: FlowReview, situations: Mapping[str, Situation]) -> Plan:
    """All calls that can leave, where even that does not keep the rule; only those whose leaving helps."""
    ways = {edge: way for edge, situation in situations.items() if (way := way_out(situation)) is not None}
    order = _order(today)
    best = _Tried(frozenset(), Rewired(()), today)
    while True:
        found = [
            tried
            for edge in best.flow.calls
            if edge in ways and edge not in best.leaving
            for tried in [_try(ground, flow, situations, ways, best.leaving | {edge})]
            if tried.flow.sync_calls < best.flow.sync_calls
        ]
        if not found:
            return _plan(situations, ways, best, order)
        best = min(found, key=lambda tried: _rank(situations, tried, today, order))


def plan_of(
    ground: Ground, flow: Flow, today: FlowReview, situations: Mapping[str, Situation], ways: Mapping[str, Way]
) -> Plan:
    """The plan by which these calls leave in these ways, whatever it keeps."""
    return _plan(situations, ways, _try(ground, flow, situations, ways, frozenset(ways)), _order(today))


@dataclass(frozen=True, slots=True)
class _Tried:
    """Calls that were taken out to see, and what came of it."""

    leaving: frozenset[str]
    change: Rewired
    flow: FlowReview


def _order(today: FlowReview) -> dict[str, int]:
    return {place.edge: number for number, place in reversed(list(enumerate(today.places)))}


def _try(
    ground: Ground, flow: Flow, situations: Mapping[str, Situation], ways: Mapping[str, Way], edges: frozenset[str]
) -> _Tried:
    change = ground.rewired(*(edge_as(call, ways[edge]) for edge, call in situations.items() if edge in edges))
    return _Tried(edges, change, ground.flow_rewired(flow, change))


def _plan(
    situations: Mapping[str, Situation], ways: Mapping[str, Way], tried: _Tried, order: Mapping[str, int]
) -> Plan:
    leaving = tuple(Leaving(edge, ways[edge]) for edge in sorted(tried.leaving, key=order.__getitem__))
    return Plan(leaving, tried.flow, tried.flow.within_rule is not False, tried.change)


def _rank(situations: Mapping[str, Situation], tried: _Tried, today: FlowReview, order: Mapping[str, int]) -> Rank:
    later, edges = tried.flow, tried.leaving
    moved = moved_behind(today, later)
    counted = {place.edge for place in today.places if place.number}
    cost = sum(cost_of(situations[edge].judged) for edge in {*edges, *moved} & counted)
    awaited = sum(situations[edge].edge.answers.immediate_feedback is True for edge in moved if edge in situations)
    called = sum(caller.edge in situations for caller in tried.change.callers)
    places = tuple(sorted(order[edge] for edge in edges))
    return (cost, awaited, later.over_budget is True, called, len(moved), later.latency_p99_ms, places)
