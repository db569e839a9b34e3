"""
The numbers of one flow: sequential synchronous calls, latency, waits, availability.

A flow says what really happens in one request; the graph of all edges (paths.py) knows chains only. A step is in the
foreground unless an asynchronous step or a hand-off stands above it. A step over an edge that is not counted is read
as if it were not written, with all below it. An edge of unknown family counts as asynchronous, except in what is
computed `at most`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archreview.engine.fact_tables import WRITING_PURPOSES
from archreview.engine.index import Arc, Index
from archreview.engine.model import HAND_OFF, IN_PROCESS, SYNCHRONOUS, Flow, Step

PASSING = (SYNCHRONOUS, IN_PROCESS)
TAIL = 0.99
ROUNDING = 1e-12


@dataclass(slots=True, eq=False)
class Place:
    """
    A step with the arc that it goes over and the places below; `arc` is None for a group that runs side by side.

    The numbers are those of the step with all that is nested under it in the same sequence.
    """

    arc: Arc | None
    below: tuple[Place, ...]
    calls: int = 0
    calls_at_most: int = 0
    latency: float = 0.0
    latency_known: bool = True
    nested: float = 0.0
    nested_known: bool = True

    @property
    def passes(self) -> bool:
        """True where the caller waits for all that is nested under the step."""
        return self.arc is None or self.arc.chain in PASSING


def places_of(steps: Iterable[Step], index: Index) -> tuple[Place, ...]:
    """Turn written steps into places with calls and latencies; steps over edges that are not counted are left out."""
    found = []
    for step in steps:
        if step.edge is None:
            below = places_of(step.parallel, index)
            if below:
                found.append(_group(below))
        else:
            arc = index.by_edge[step.edge]
            if arc.edge.counted:
                found.append(_call(arc, places_of(step.then, index)))
    return tuple(found)


def _group(below: tuple[Place, ...]) -> Place:
    return Place(
        None,
        below,
        calls=max(place.calls for place in below),
        calls_at_most=max(place.calls_at_most for place in below),
        latency=max(place.latency for place in below),
        latency_known=all(place.latency_known for place in below),
    )


def _call(arc: Arc, below: tuple[Place, ...]) -> Place:
    place = Place(arc, below, calls=arc.weight, calls_at_most=arc.weight_at_most)
    # At peak, for the effective latency of the edge: what the callee waits for, whatever the edge's own style.
    place.nested = sum(nested.latency for nested in below)
    place.nested_known = all(nested.latency_known for nested in below)
    if arc.chain in PASSING:
        place.calls += sum(nested.calls for nested in below)
        place.calls_at_most += sum(nested.calls_at_most for nested in below)
        place.latency = (arc.peak_ms or 0.0) + place.nested
        place.latency_known = place.nested_known and arc.peak_ms is not None
    elif arc.chain == HAND_OFF:
        place.latency = arc.edge.handover_p99_ms or 0.0
        place.latency_known = arc.edge.handover_p99_ms is not None
    else:
        place.latency = arc.edge.publish_p99_ms or 0.0
        place.latency_known = arc.chain is not None
        if arc.chain is None:
            place.calls_at_most += sum(nested.calls_at_most for nested in below)
    return place


def walk(places: Iterable[Place]) -> Iterator[Place]:
    """Yield all places, parents first, in the order written."""
    for place in places:
        yield place
        yield from walk(place.below)


def foreground(places: Iterable[Place]) -> Iterator[Arc]:
    """Yield the edges of the steps that no asynchronous step and no hand-off stands above."""
    for place in places:
        if place.arc is not None:
            yield place.arc
        if place.passes:
            yield from foreground(place.below)


def longest_calls(places: Sequence[Place]) -> list[str]:
    """Give the edges counted in the longest sequence, in order; of equal parallel branches the first written."""
    calls: list[str] = []
    for place in places:
        if place.arc is None:
            longest = max(place.below, key=lambda branch: branch.calls)
            calls.extend(longest_calls([longest]))
            continue
        if place.arc.weight:
            calls.append(place.arc.edge.id)
        if place.passes:
            calls.extend(longest_calls(place.below))
    return calls


def positions(places: Sequence[Place], before: int = 0) -> Iterator[tuple[Arc, int]]:
    """Yield every counted foreground call with its position: the counted calls before and above it, and itself."""
    for place in places:
        if place.arc is None:
            for branch in place.below:
                yield from positions([branch], before)
        else:
            if place.arc.weight:
                yield place.arc, before + 1
            if place.passes:
                yield from positions(place.below, before + place.arc.weight)
        before += place.calls


@dataclass(frozen=True, slots=True)
class Latency:
    """The latency of a flow: the known part in milliseconds, what it lacks, and what was not measured at peak."""

    known_ms: float
    entry_ms: float | None
    complete: bool
    unknown_edges: tuple[str, ...]
    not_at_peak_edges: tuple[str, ...]


def latency(places: Sequence[Place], entry_ms: float | None) -> Latency:
    """
    Add up the flow: its entry's own time, then its steps; in order the sum, side by side the largest.

    An estimate, not a percentile of the whole: percentiles do not add up.
    """
    unknown = set()
    not_at_peak = set()
    for arc in foreground(places):
        if arc.chain in PASSING:
            if arc.own_ms is None:
                unknown.add(arc.edge.id)
            elif arc.peak_ms is None:
                not_at_peak.add(arc.edge.id)
        elif arc.chain is None or (arc.chain == HAND_OFF and arc.edge.handover_p99_ms is None):
            unknown.add(arc.edge.id)
    return Latency(
        (entry_ms or 0.0) + sum(_latency_on_any_basis(place) for place in places),
        entry_ms,
        not unknown and entry_ms is not None,
        tuple(sorted(unknown)),
        tuple(sorted(not_at_peak)),
    )


def _latency_on_any_basis(place: Place) -> float:
    if place.arc is None:
        return max(_latency_on_any_basis(branch) for branch in place.below)
    if place.arc.chain in PASSING:
        return (place.arc.own_ms or 0.0) + sum(_latency_on_any_basis(nested) for nested in place.below)
    return place.latency


def tail_share(places: Sequence[Place]) -> float:
    """
    Give the share of requests that meet somebody's slowest percent, taking the calls as independent.

    Dean and Barroso, The Tail at Scale, CACM 56 (2013).
    """
    calls = sum(1 for arc in foreground(places) if arc.chain in (SYNCHRONOUS, HAND_OFF))
    return 1.0 - TAIL**calls


@dataclass(frozen=True, slots=True)
class Wait:
    """What a user can wait when callees hang: the finite known part, and whether more stands beside it."""

    at_least_ms: float = 0.0
    unknown: bool = False
    for_ever: bool = False


def worst_wait(places: Sequence[Place]) -> Wait:
    """Add up the waits of steps in order; a timeout bounds all that is nested under its call."""
    waits = [_wait_of(place) for place in places]
    return Wait(sum(w.at_least_ms for w in waits), any(w.unknown for w in waits), any(w.for_ever for w in waits))


def _wait_of(place: Place) -> Wait:
    arc = place.arc
    if arc is None:
        waits = [_wait_of(branch) for branch in place.below]
        return Wait(max(w.at_least_ms for w in waits), any(w.unknown for w in waits), any(w.for_ever for w in waits))
    if arc.chain == IN_PROCESS:
        return worst_wait(place.below)
    if arc.chain is None:
        return Wait(unknown=True)
    if arc.chain not in (SYNCHRONOUS, HAND_OFF):
        return Wait()
    timeout = arc.edge.timeout_ms
    if timeout is None:
        return Wait(unknown=True)
    if math.isinf(timeout):
        return Wait(for_ever=True)
    return Wait(at_least_ms=((arc.edge.retries or 0) + 1) * timeout)


@dataclass(frozen=True, slots=True)
class Availability:
    """
    The availability of a flow in percent, with the sum behind it.

    `groups` are services that stand and fall together, each with its percent and whether that was assumed; `channels`
    those that must take a message. `below_target` is None where what is unknown could decide.
    """

    needs: tuple[str, ...]
    percent: float
    assumed: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], float, bool], ...]
    channels: tuple[tuple[str, float], ...]
    below_target: bool | None


class _Needs:
    """What a flow needs, gathered in one walk."""

    def __init__(self, entry: int) -> None:
        self.services = {entry}
        self.certain = {entry}
        self.joined: list[tuple[int, int]] = []
        self.asynchronous: list[Arc] = []
        self.complete = True

    def gather(self, places: Iterable[Place], certain: bool = True) -> None:
        for place in places:
            arc = place.arc
            if arc is None:
                self.gather(place.below, certain)
                continue
            fallback = arc.edge.fallback
            if arc.chain not in (SYNCHRONOUS, HAND_OFF, IN_PROCESS):
                self.asynchronous.append(arc)
                if fallback is None or (arc.chain is None and not fallback):
                    self.complete = False
                continue
            if fallback:
                continue
            sure = certain and fallback is False
            self.services.add(arc.target)
            if sure:
                self.certain.add(arc.target)
            if fallback is None:
                self.complete = False
            if arc.chain == IN_PROCESS:
                self.joined.append((arc.source, arc.target))
            if arc.chain in PASSING:
                self.gather(place.below, sure)


def availability(
    flow: Flow, places: Sequence[Place], index: Index, channels: dict[str, float | None], default_percent: float
) -> Availability:
    """
    Multiply what must be up: services once per deployable or in-process group, then the channels written to.

    `channels` holds each channel's availability in percent. The below-target question leaves the channels out, and
    counts known availabilities of services certainly needed only.
    """
    entry = index.number[flow.entry]
    needs = _Needs(entry)
    needs.gather(places)
    groups = _groups(needs, index)
    product = 1.0
    rows = []
    for group in groups:
        percents = [(index.services[n].availability, n) for n in group]
        lowest = min(default_percent if percent is None else percent for percent, _ in percents)
        assumed = all(percent is None or percent > lowest for percent, _ in percents)
        rows.append((tuple(index.ids[n] for n in group), lowest, assumed))
        product *= lowest / 100.0
    used = {}
    for arc in needs.asynchronous:
        channel = arc.edge.channel
        percent = channels.get(channel) if channel else None
        if channel and percent is not None and arc.edge.outbox is not True:
            used[channel] = percent
    for percent in (used[channel] for channel in sorted(used)):
        product *= percent / 100.0
    return Availability(
        needs=tuple(index.ids[n] for n in sorted(needs.services)),
        percent=product * 100.0,
        assumed=tuple(index.ids[n] for n in sorted(needs.services) if index.services[n].availability is None),
        groups=tuple(rows),
        channels=tuple(sorted(used.items())),
        below_target=_below_target(flow, entry, needs, groups, index),
    )


def _groups(needs: _Needs, index: Index) -> list[list[int]]:
    """Give the needed services as groups that count once: of one deployable, or joined in-process."""
    group_of = {n: n for n in needs.services}

    def root(n: int) -> int:
        while group_of[n] != n:
            n = group_of[n]
        return n

    first_of: dict[str, int] = {}
    joined = [pair for pair in needs.joined if pair[0] in group_of]
    for n in sorted(needs.services):
        deployable = index.services[n].deployable
        if deployable:
            joined.append((n, first_of.setdefault(deployable, n)))
    for one, other in joined:
        group_of[root(one)] = root(other)
    groups: dict[int, list[int]] = {}
    for n in sorted(needs.services):
        groups.setdefault(root(n), []).append(n)
    return list(groups.values())


def _below_target(flow: Flow, entry: int, needs: _Needs, groups: list[list[int]], index: Index) -> bool | None:
    dependencies = whole = 1.0
    all_known = needs.complete
    for group in groups:
        known = [
            percent for n in group if n in needs.certain and (percent := index.services[n].availability) is not None
        ]
        all_known = all_known and all(index.services[n].availability is not None for n in group)
        factor = min(known, default=100.0) / 100.0
        whole *= factor
        if entry not in group:
            dependencies *= factor
    promise = index.services[entry].availability
    if promise is not None and exceeds(promise, dependencies * 100.0):
        return True
    if flow.availability_target is not None and exceeds(flow.availability_target, whole * 100.0):
        return True
    return False if all_known else None


def exceeds(value: float, limit: float) -> bool:
    """Say whether a value is over a limit by more than rounding: what is just met is met."""
    return value > limit and not math.isclose(value, limit, rel_tol=ROUNDING)


def attempts(places: Sequence[Place]) -> int:
    """Give the largest product of (retries + 1) down a chain of nested synchronous steps."""
    most = 1
    for place in places:
        below = attempts(place.below) if place.passes else 1
        if place.arc is not None and place.arc.chain == SYNCHRONOUS:
            below *= (place.arc.edge.retries or 0) + 1
        most = max(most, below)
    return most


def sequences(places: Sequence[Place]) -> Iterator[list[Arc]]:
    """Yield what each caller does in one sequence: the calls of one written list, not those side by side."""
    yield [place.arc for place in places if place.arc is not None]
    for place in _calls_of_list(places):
        yield from sequences(place.below)


def _calls_of_list(places: Iterable[Place]) -> Iterator[Place]:
    """Yield the calls of one written list, those in its groups too."""
    for place in places:
        if place.arc is None:
            yield from _calls_of_list(place.below)
        else:
            yield place


def repeated_calls(places: Sequence[Place]) -> tuple[str, ...]:
    """Give the edges between one caller and one callee that stand more than once in one sequence."""
    repeated: set[str] = set()
    for calls in sequences(places):
        times = Counter((arc.source, arc.target) for arc in calls)
        repeated.update(arc.edge.id for arc in calls if times[arc.source, arc.target] > 1)
    return tuple(sorted(repeated))


def written_services(places: Iterable[Place], index: Index) -> tuple[tuple[str, ...], tuple[Arc, ...]]:
    """Give the deployables (or services) that the flow writes to, foreground or not, and the edges that write."""
    arcs = {
        place.arc.edge.id: place.arc
        for place in walk(places)
        if place.arc is not None and place.arc.edge.purpose in WRITING_PURPOSES
    }
    targets = {index.services[arc.target].deployable or index.ids[arc.target] for arc in arcs.values()}
    return tuple(sorted(targets)), tuple(arcs[id_] for id_ in sorted(arcs))
