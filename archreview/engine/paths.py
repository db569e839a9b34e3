"""
Chains of synchronous calls in the graph of all edges.

A chain passes through synchronous and in-process edges; a hand-off may be its last edge only; none passes on through
a datastore. Everything here is linear in services and edges (blast radius: times a machine word's share of the
services): components once, then one pass along them. No path is enumerated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archreview.engine.index import Arc, Index
from archreview.engine.model import HAND_OFF, IN_PROCESS, SYNCHRONOUS
from archreview.engine.results import BlastRadius, Counted

Successors = Sequence[Sequence[int]]


def components(successors: Successors) -> list[list[int]]:
    """
    Give the strongly connected components, callees before callers.

    Tarjan's algorithm (SIAM J. Comput. 1, 1972) without recursion, so that a long chain cannot exhaust the stack.
    """
    size = len(successors)
    order = [0] * size  # 0: not met; met nodes carry their place from 1, finished ones a number past all places
    low = [0] * size
    done = size + 1
    found: list[list[int]] = []
    stack: list[int] = []
    place = 0
    for root in range(size):
        if order[root]:
            continue
        place += 1
        order[root] = low[root] = place
        stack.append(root)
        work = [(root, iter(successors[root]))]
        while work:
            node, rest = work[-1]
            for successor in rest:
                met = order[successor]
                if not met:
                    place += 1
                    order[successor] = low[successor] = place
                    stack.append(successor)
                    work.append((successor, iter(successors[successor])))
                    break
                if met < low[node]:
                    low[node] = met
            else:
                work.pop()
                lowest = low[node]
                if work and lowest < low[work[-1][0]]:
                    low[work[-1][0]] = lowest
                if lowest == order[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        order[member] = done
                        component.append(member)
                        if member == node:
                            break
                    found.append(component)
    return found


def refined(parts: list[list[int]], successors: Callable[[int], Sequence[int]]) -> list[list[int]]:
    """
    Give the components of a graph with fewer edges than the one that `parts` are components of, in the same order.

    Only parts of several nodes can fall apart; each is looked at alone, and only its nodes' successors are asked for.
    """
    finer: list[list[int]] = []
    for part in parts:
        if len(part) == 1:
            finer.append(part)
            continue
        local = {node: number for number, node in enumerate(part)}
        inner = [[local[next_] for next_ in successors(node) if next_ in local] for node in part]
        finer.extend([[part[number] for number in component] for component in components(inner)])
    return finer


@dataclass(slots=True)
class Depths:
    """
    The longest chain from each service: `depth` counted calls, None where a cycle makes it unbounded.

    `at_most` is the same with unknown families taken for synchronous.
    """

    depth: list[int | None]
    at_most: list[int | None]


class Graph:
    """The passing and last edges of every service, and the components along which the walks go."""

    __slots__ = ("cyclic", "handing", "index", "maybe", "parts", "passing", "size", "wide_parts")

    def __init__(self, index: Index) -> None:
        self.index = index
        self.size = size = len(index.services)
        self.passing: list[list[Arc]] = [[] for _ in range(size)]
        self.handing: list[list[Arc]] = [[] for _ in range(size)]
        self.maybe: list[list[Arc]] = [[] for _ in range(size)]
        wide: list[list[int]] = [[] for _ in range(size)]
        stores = [service.kind == "datastore" for service in index.services]
        for arc in index.arcs:
            source, chain = arc.source, arc.chain
            if stores[source]:
                continue
            if chain in (SYNCHRONOUS, IN_PROCESS):
                self.passing[source].append(arc)
                wide[source].append(arc.target)
            elif chain == HAND_OFF:
                self.handing[source].append(arc)
            elif chain is None:
                self.maybe[source].append(arc)
                wide[source].append(arc.target)
        self.wide_parts = components(wide)
        self.parts = refined(self.wide_parts, lambda node: [arc.target for arc in self.passing[node]])
        self.cyclic = [False] * size  # on a cycle that contains a counted call
        for part in self.parts:
            if len(part) > 1 and self._has_call(part, self.passing):
                for member in part:
                    self.cyclic[member] = True

    def _has_call(self, part: list[int], passing: Sequence[Sequence[Arc]]) -> bool:
        members = set(part)
        return any(arc.weight_at_most and arc.target in members for member in part for arc in passing[member])

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """Give the synchronous cycles: components over synchronous and in-process edges with a counted call."""
        ids = self.index.ids
        return tuple(sorted(tuple(ids[n] for n in sorted(part)) for part in self.parts if self.cyclic[part[0]]))

    def depths(self) -> Depths:
        """Give the longest chains from each service, for certain and at most."""
        depth = self._longest(self.parts, self.passing)
        if not any(self.maybe):
            return Depths(depth, depth)
        perhaps = [[*sure, *maybe] if maybe else sure for sure, maybe in zip(self.passing, self.maybe, strict=True)]
        return Depths(depth, self._longest(self.wide_parts, perhaps))

    def _longest(self, parts: Iterable[list[int]], passing: Sequence[Sequence[Arc]]) -> list[int | None]:
        """Give the longest chain from each service over these edges and hand-offs; `parts` are their components."""
        depth: list[int | None] = [0] * self.size
        for part in parts:
            if len(part) == 1:
                depth[part[0]] = self._longest_below(part[0], passing[part[0]], depth)
            elif self._has_call(part, passing):
                for member in part:
                    depth[member] = None
            else:
                self._deepen_together(part, passing, depth)
        return depth

    def _longest_below(self, node: int, passing: Iterable[Arc], depth: Sequence[int | None]) -> int | None:
        """Give the longest chain that starts with one of these edges of the service, or with a hand-off of it."""
        deepest = 0
        for arc in passing:
            below = depth[arc.target]
            if below is None:
                return None
            if below + arc.weight_at_most > deepest:
                deepest = below + arc.weight_at_most
        for arc in self.handing[node]:
            if arc.weight > deepest:
                deepest = arc.weight
        return deepest

    def _deepen_together(self, part: list[int], passing: Sequence[Sequence[Arc]], depth: list[int | None]) -> None:
        """Set the one depth of a component in which nothing counts from what its members call outside of it."""
        members = set(part)
        below = [
            self._longest_below(member, [arc for arc in passing[member] if arc.target not in members], depth)
            for member in part
        ]
        deepest = None if None in below else max(depth_ for depth_ in below if depth_ is not None)
        for member in part:
            depth[member] = deepest

    def deepest_chain(self, entry: int, depth: Sequence[int | None]) -> list[Arc]:
        """
        Give the edges of the longest chain from the entry up to its last counted call.

        Of equal chains it is the first by the ids of their services (a shorter one before its longer), of equal edges
        the first by id; no service is passed twice. Empty where nothing is called or the depth is unbounded.
        """
        chain: list[Arc] = []
        here, left = entry, depth[entry]
        passed = {entry}
        while left:
            arc = min(
                (arc for arc in self._onward(here, left, depth, passed)),
                key=lambda arc: (arc.target, arc.weight != left, arc.edge.id),  # noqa: B023 -- used at once
            )
            chain.append(arc)
            left -= arc.weight
            here = arc.target
            passed.add(here)
        return chain

    def _onward(self, here: int, left: int, depth: Sequence[int | None], passed: set[int]) -> Iterable[Arc]:
        """Yield the edges over which a chain with `left` counted calls can still be completed."""
        for arc in self.handing[here]:
            if arc.weight == left:
                yield arc
        for arc in self.passing[here]:
            below = depth[arc.target]
            if arc.target in passed and left != arc.weight:
                continue
            if below is None or below + arc.weight < left:
                continue
            if left == arc.weight or self._reaches(arc.target, left - arc.weight, depth, passed):
                yield arc

    def _reaches(self, start: int, left: int, depth: Sequence[int | None], passed: set[int]) -> bool:
        """
        Say whether `left` more calls can follow from here without a passed service.

        A chain can come back to a passed service only inside a component that no call counts in, so the search stays
        in that component and ends at the first edge that leads out of it.
        """
        seen = {start}
        work = [start]
        while work:
            here = work.pop()
            if any(arc.weight == left for arc in self.handing[here]):
                return True
            for arc in self.passing[here]:
                below = depth[arc.target]
                if below is None or arc.weight + below != left:
                    continue
                if arc.weight:
                    return True
                if arc.target not in seen and arc.target not in passed:
                    seen.add(arc.target)
                    work.append(arc.target)
        return False

    def reach(self, entries: Iterable[int]) -> list[int | None]:
        """
        Give the largest number of counted calls on a chain from an entry point to each service.

        None where no entry reaches it, or a cycle with a counted call lies on such a chain.
        """
        calls: list[int] = [-1] * self.size
        endless = [False] * self.size
        for entry in entries:
            calls[entry] = 0
        for part in reversed(self.parts):
            if len(part) > 1:
                most = max(calls[member] for member in part)
                spoiled = any(endless[member] for member in part) or (most >= 0 and self.cyclic[part[0]])
                for member in part:
                    calls[member], endless[member] = most, spoiled
            for member in part:
                have = calls[member]
                if have < 0:
                    continue
                spoiled = endless[member]
                for arc in self.passing[member]:
                    target = arc.target
                    if have + arc.weight > calls[target]:
                        calls[target] = have + arc.weight
                    if spoiled:
                        endless[target] = True
        return [None if spoiled or have < 0 else have for have, spoiled in zip(calls, endless, strict=True)]

    def downstream(self) -> list[tuple[float, float] | None]:
        """
        Give, per service, the slowest chain below it and the total of all chains' calls, in milliseconds at peak.

        None where a number is missing, an unknown family leaves a service on the way, or a cycle can be entered.
        """
        waits: list[tuple[float, float] | None] = [None] * self.size
        for part in self.parts:
            if len(part) == 1:
                waits[part[0]] = self._wait_below(part[0], waits)
        return waits

    def _wait_below(self, node: int, waits: Sequence[tuple[float, float] | None]) -> tuple[float, float] | None:
        if self.maybe[node]:
            return None
        slowest = total = 0.0
        for arc in self.passing[node]:
            below, own = waits[arc.target], arc.peak_ms
            if below is None or own is None:
                return None
            if own + below[0] > slowest:
                slowest = own + below[0]
            total += own + below[1]
        for arc in self.handing[node]:
            own = arc.peak_ms
            if own is None:
                return None
            if own > slowest:
                slowest = own
            total += own
        return slowest, total

    def failing(self) -> tuple[list[int], list[int]]:
        """
        Give, per service, the set of other services that fail with it, as the bits of a number: possibly and certainly.

        A failure climbs the edges without fallback, and over a hand-off to its caller only. What nobody knows to have
        a fallback counts as without in the first list only.
        """
        possible, certain = [0] * self.size, [0] * self.size
        handed: list[tuple[int, int, int]] = []
        for part in reversed(self.parts):
            if len(part) > 1:
                self._fail_together(part, possible, lambda arc: not arc.edge.fallback)
                self._fail_together(part, certain, lambda arc: arc.edge.fallback is False)
            for node in part:
                passing, handing = self.passing[node], self.handing[node]
                if not passing and not handing:
                    continue
                itself = 1 << node
                perhaps, surely = possible[node] | itself, certain[node] | itself
                for arc in passing if len(part) == 1 else ():
                    fallback = arc.edge.fallback
                    if not fallback:
                        possible[arc.target] |= perhaps
                        if fallback is False:
                            certain[arc.target] |= surely
                for arc in handing:
                    fallback = arc.edge.fallback
                    if not fallback:
                        handed.append((arc.target, perhaps, surely if fallback is False else 0))
        for target, perhaps, surely in handed:  # last, so that they climb no further
            possible[target] |= perhaps
            certain[target] |= surely
        for failing in (possible, certain):
            for node, others in enumerate(failing):
                if others >> node & 1:
                    failing[node] ^= 1 << node
        return possible, certain

    def _fail_together(self, part: list[int], failing: list[int], spreads: Callable[[Arc], bool]) -> None:
        """Let failures climb to the members of a component, and on from them; not all its edges need spread them."""
        spreading = {node: [arc.target for arc in self.passing[node] if spreads(arc)] for node in part}
        for finer in reversed(refined([part], spreading.__getitem__)):
            together = 0
            for member in finer:
                together |= failing[member] | 1 << member
            for member in finer:
                failing[member] = together
            for member in finer:
                for target in spreading[member]:
                    failing[target] |= together


def blast_radii(
    graph: Graph, entries: Sequence[int], flows_needing: Sequence[Sequence[str]]
) -> tuple[list[BlastRadius], list[int]]:
    """
    Give every service's blast radius, and how many entry points other than itself fail with it for certain.

    `flows_needing` holds, per service, the ids of the flows that need it, sorted.
    """
    possible, certain = graph.failing()
    entry_bits = 0
    for entry in entries:
        entry_bits |= 1 << entry
    are_entries = frozenset(entries)
    ids = graph.index.ids
    radii = []
    certain_entries = []
    for node, fails in enumerate(possible):
        sure = certain[node]
        entries_failing = fails & entry_bits
        if node in are_entries:
            entries_failing |= 1 << node
        radii.append(
            BlastRadius(
                sure.bit_count(),
                Counted.of_bits(fails, ids),
                Counted.of_bits(entries_failing, ids),
                Counted.of_ids(flows_needing[node]),
            )
        )
        certain_entries.append((sure & entry_bits).bit_count())
    return radii, certain_entries


def entry_points(index: Index) -> list[int]:
    """
    Give the services that receive user requests.

    Where nobody has said: gateways and front ends, and services that call others while nothing leads to them.
    """
    called = set()
    calling = set()
    for arc in index.arcs:
        called.add(arc.target)
        if arc.chain == SYNCHRONOUS or arc.chain == HAND_OFF:
            calling.add(arc.source)
    entries = []
    for number, service in enumerate(index.services):
        if service.entry_point is None:
            guessed = service.kind in ("gateway", "frontend") or (
                service.kind == "service" and number in calling and number not in called
            )
        else:
            guessed = service.entry_point
        if guessed:
            entries.append(number)
    return entries
