"""Calls that the user waits for, called by somebody else, so that they do not go to the background behind others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from archreview.engine.index import chain_family_of, family_of
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, IN_PROCESS, SYNCHRONOUS, Edge, Flow, Service, Step

PASSING = (SYNCHRONOUS, IN_PROCESS)


@dataclass(frozen=True, slots=True)
class NewCaller:
    """An edge that begins at another service than today; `behind` are the edges from below which it moves."""

    edge: str
    old: str
    new: str
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewired:
    """
    A model as it would be: the edges that differ from today's, and the flows whose steps stand elsewhere.

    `callers` are the calls that somebody else makes, in the order of the flows.
    """

    edges: tuple[Edge, ...]
    flows: tuple[Flow, ...] = ()
    callers: tuple[NewCaller, ...] = ()


def rewired(
    changed: Iterable[Edge],
    edges: Mapping[str, Edge],
    services: Mapping[str, Service],
    flows_with: Callable[[Iterable[str]], tuple[Flow, ...]],
) -> Rewired:
    """
    The changed edges, and what has to move with them.

    Where an edge that the request waits for today becomes one that it does not, all below it goes to the background. A
    call below it of which the user wants to know at once how it went is made by the caller of that edge instead, right
    after it. Only where each use of the call in each flow moves to the same caller: else it would be two calls.
    """
    changed = tuple(changed)
    new = {edge.id: edge for edge in changed}

    def waits(edge: Edge) -> bool:
        family = family_of(edge, services[edge.source], services[edge.target])
        return chain_family_of(edge, family) in PASSING

    leaving = {edge.id for edge in changed if waits(edges[edge.id]) and not waits(edge)}
    touched = flows_with(leaving) if leaving else ()
    used = {step.edge for flow in touched for step in flow.walk() if step.edge is not None}
    awaited = {id_ for id_ in used if _is_awaited(new.get(id_, edges[id_]))}
    walker = _Walker(edges, leaving, {id_ for id_ in used if waits(edges[id_])}, awaited)
    while True:
        uses: dict[str, set[str | None]] = {}
        behind: dict[str, tuple[str, ...]] = {}
        for flow in touched:
            for edge, lead in walker.uses(flow.steps):
                uses.setdefault(edge, set()).add(lead.caller if lead else None)
                if lead:
                    behind.setdefault(edge, lead.edges)
        asked = {edge: found for edge, found in uses.items() if found != {None}}
        elsewhere = [flow for flow in flows_with(asked) if flow.id not in {flow.id for flow in touched}]
        for step in (step for flow in elsewhere for step in flow.walk()):
            if step.edge in asked:
                asked[step.edge].add(None)
        callers = {
            edge: caller
            for edge, (caller, *others) in asked.items()
            if caller and not others and caller not in (edges[edge].source, edges[edge].target)
        }
        if len(callers) == len(asked):
            break
        walker.awaited -= asked.keys() - callers.keys()
    if not callers:
        return Rewired(changed)
    moved = {id_: replace(new.get(id_, edges[id_]), source=caller) for id_, caller in callers.items()}
    flows = (replace(flow, steps=walker.rebuilt(flow.steps, callers)) for flow in touched)
    return Rewired(
        edges=tuple({**new, **moved}.values()),
        flows=tuple(flow for flow, before in zip(flows, touched, strict=True) if flow.steps != before.steps),
        callers=tuple(NewCaller(id_, edges[id_].source, caller, behind[id_]) for id_, caller in callers.items()),
    )


def _is_awaited(edge: Edge) -> bool:
    """Whether the user wants to know at once how the call went, and it does not become a message itself."""
    return bool(edge.answers.immediate_feedback) and FAMILY_OF_STYLE.get(edge.style or "") != ASYNCHRONOUS


@dataclass(frozen=True, slots=True)
class _Lead:
    """The calls above a step from the one that leaves down, and who makes that one."""

    caller: str
    edges: tuple[str, ...]


@dataclass(slots=True)
class _Walker:
    """Walks the steps of flows; `waits` are the edges that a request waits for today, `awaited` those that may move."""

    edges: Mapping[str, Edge]
    leaving: Collection[str]
    waits: Collection[str]
    awaited: set[str]

    def uses(
        self, steps: Iterable[Step], *, front: bool = True, lead: _Lead | None = None
    ) -> Iterator[tuple[str, _Lead | None]]:
        """
        Each use of an edge with the calls from behind which it would move; None where it stays where it is.

        `front` says whether the request waits for these steps today, `lead` with which calls they would go to the
        background.
        """
        for step in steps:
            if step.edge is None:
                yield from self.uses(step.parallel, front=front, lead=lead)
                continue
            edge = self.edges[step.edge]
            if not edge.counted:
                continue
            moves = lead if front and step.edge in self.awaited else None
            yield step.edge, moves
            still, leaves = front and step.edge in self.waits, step.edge in self.leaving
            if moves is not None:
                below = _Lead(moves.caller, (step.edge,)) if leaves else None
            elif lead is not None:
                below = _Lead(lead.caller, (*lead.edges, step.edge))
            else:
                below = _Lead(edge.source, (step.edge,)) if still and leaves else None
            yield from self.uses(step.then, front=still, lead=below)

    def rebuilt(self, steps: Iterable[Step], callers: Mapping[str, str]) -> tuple[Step, ...]:
        """The steps with the calls that somebody else makes behind that which they stood under."""
        kept, _ = self._rebuilt(steps, callers, inside=False)
        return tuple(kept)

    def _rebuilt(
        self, steps: Iterable[Step], callers: Mapping[str, str], *, inside: bool
    ) -> tuple[list[Step], list[Step]]:
        """What stays in the list, and what moves up out of it."""
        kept: list[Step] = []
        rising: list[Step] = []
        for step in steps:
            moves = step.edge in callers
            if step.edge is not None and not self.edges[step.edge].counted:
                kept.append(step)
                continue
            if step.edge is None:
                below, risen = self._rebuilt(step.parallel, callers, inside=inside)
                found = replace(step, parallel=tuple(below)) if below else None
            else:
                within = (inside and not moves) or step.edge in self.leaving
                below, risen = self._rebuilt(step.then, callers, inside=within)
                found = replace(step, then=tuple(below))
            if moves and found is not None:
                rising += [found, *risen]
                continue
            kept += [found] if found is not None else []
            if inside:
                rising += risen
            else:
                kept += risen
        return kept, rising
