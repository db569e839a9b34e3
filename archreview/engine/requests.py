"""Every number of one flow together, as the rules and the result want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from archreview.engine import flows as numbers
from archreview.engine.asks import asks_of_flow
from archreview.engine.facts import EdgeFacts, FlowFacts
from archreview.engine.flows import PASSING, Availability, Latency, Place, Wait
from archreview.engine.index import Arc, Index
from archreview.engine.model import HAND_OFF, SYNCHRONOUS, Flow
from archreview.engine.results import StepReview


@dataclass(slots=True, eq=False)
class Request:
    """A flow with its numbers, before rules have looked at it."""

    flow: Flow
    places: tuple[Place, ...]
    facts: FlowFacts
    calls: tuple[str, ...]
    latency: Latency
    wait: Wait
    availability: Availability
    tail_share: float


def judge_flow(
    flow: Flow,
    places: tuple[Place, ...],
    *,
    index: Index,
    edges: Mapping[str, EdgeFacts],
    channels: dict[str, float | None],
    hop_limit: int,
    default_availability: float,
) -> Request:
    """Work out all numbers of one flow; `edges` are the facts of its edges by id."""
    sync_calls = sum(place.calls for place in places)
    at_most = sum(place.calls_at_most for place in places)
    within = True if not flow.user_facing or at_most <= hop_limit else (False if sync_calls > hop_limit else None)
    calls = tuple(numbers.longest_calls(places))
    entry_ms = index.services[index.number[flow.entry]].latency_p99_ms
    latency = numbers.latency(places, entry_ms)
    wait = numbers.worst_wait(places)
    available = numbers.availability(flow, places, index, channels, default_availability)
    written, writing = numbers.written_services(places, index)
    facts = FlowFacts(
        model=flow,
        steps=tuple(edges[place.arc.edge.id] for place in numbers.walk(places) if place.arc is not None),
        hop_limit=hop_limit,
        within_rule=within,
        sync_calls=sync_calls,
        sync_calls_at_most=at_most,
        first_over=edges[calls[hop_limit]] if within is False else None,
        calls=calls,
        over_budget=_over_budget(flow.latency_budget_ms, latency),
        latency_p99_ms=latency.known_ms,
        waits_for_ever=True if wait.for_ever else (None if wait.unknown else False),
        worst_wait_at_least_ms=wait.at_least_ms,
        below_target=available.below_target,
        availability=available.percent,
        attempts=numbers.attempts(places),
        unneeded_in_sequence=_unneeded_in_sequence(places, edges),
        repeated_calls=numbers.repeated_calls(places),
        written_services=written,
        writes=tuple(edges[arc.edge.id] for arc in writing),
        asks=lambda name: asks_of_flow(name, flow, places, index),
    )
    return Request(flow, places, facts, calls, latency, wait, available, numbers.tail_share(places))


def _over_budget(budget_ms: float | None, latency: Latency) -> bool | None:
    if budget_ms is None:
        return None
    if numbers.exceeds(latency.known_ms, budget_ms):
        return True
    return False if latency.complete else None


def _unneeded_in_sequence(places: Sequence[Place], edges: Mapping[str, EdgeFacts]) -> int:
    """Give the most services that one caller calls synchronously, one after another, without needing their results."""
    most = 0
    for calls in numbers.sequences(places):
        unneeded = {
            arc.target
            for arc in calls
            if arc.chain == SYNCHRONOUS and not arc.to_datastore and edges[arc.edge.id].answers.needs_result is False
        }
        most = max(most, len(unneeded))
    return most


def waterfall(request: Request, limit: int) -> tuple[StepReview, ...]:
    """Give the places of a flow with start and length, for drawing; unknown parts take no time."""
    rows: list[StepReview] = []
    groups = count(1)

    def own(arc: Arc) -> float | None:
        if arc.chain in PASSING:
            return arc.own_ms
        return arc.edge.handover_p99_ms if arc.chain == HAND_OFF else arc.edge.publish_p99_ms

    def draw(places: Sequence[Place], depth: int, start: float, before: int, front: bool, group: int | None) -> float:
        for place in places:
            if place.arc is None:
                number = next(groups)
                start = max(draw([branch], depth, start, before, front, number) for branch in place.below)
                before += place.calls
                continue
            counted = front and place.arc.weight == 1
            row_at = len(rows)
            rows.append(
                StepReview(
                    edge=place.arc.edge.id,
                    depth=depth,
                    family=place.arc.chain,
                    foreground=front,
                    number=before + 1 if counted else None,
                    over=counted and request.flow.user_facing and before + 1 > limit,
                    start_ms=start,
                    own_ms=own(place.arc),
                    total_ms=0.0,
                    parallel=group,
                )
            )
            end = start + (own(place.arc) or 0.0)
            below_front = front and place.passes
            below = draw(place.below, depth + 1, end, before + place.arc.weight, below_front, None)
            if place.passes:
                end = below
            rows[row_at] = replace(rows[row_at], total_ms=end - start)
            start = end
            before += place.calls
        return start

    draw(request.places, 0, request.latency.entry_ms or 0.0, 0, True, None)
    return tuple(rows)
