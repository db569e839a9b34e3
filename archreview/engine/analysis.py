"""What is true about an architecture, before any rule says what it thinks of it."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from archreview.engine.asks import missing_below
from archreview.engine.catalog import Catalog, Rule
from archreview.engine.decisions import AcceptedDecision, Known, judge_decisions
from archreview.engine.derive import effective_latency, nested_in_flows
from archreview.engine.edges import EdgeJudge, Judged, hops_from_flows
from archreview.engine.facts import ChannelFacts, Missing, ServiceFacts, SystemFacts
from archreview.engine.flows import Place, foreground, places_of, walk
from archreview.engine.index import Arc, Index
from archreview.engine.judging import usable_rules
from archreview.engine.model import HAND_OFF, IN_PROCESS, SYNCHRONOUS, Architecture, Flow, Location
from archreview.engine.paths import Graph, blast_radii, entry_points
from archreview.engine.requests import Request, judge_flow
from archreview.engine.results import (
    BlastRadius,
    DecisionReview,
    NotEvaluated,
)
from archreview.engine.words import name_is_past


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What an analysis is told beside the model.

    `as_of` is the day that ages are counted to, and that decides whether what a campaign finds counts yet. `decisions`
    are those that are accepted: None where nobody has told of any.
    """

    as_of: date | None = None
    decisions: tuple[AcceptedDecision, ...] | None = None

    @property
    def given(self) -> frozenset[str]:
        """Give what rules may need, of that which is there."""
        told = {"as_of": self.as_of, "decisions": self.decisions}
        return frozenset(name for name, value in told.items() if value is not None)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """
    Keep the cyclic collector from running meanwhile.

    An analysis makes hundreds of thousands of values and no garbage worth looking for; the collector would look at all
    of them again and again, and take half of the time. Afterwards they count as old, for else the next value that
    anybody makes would have the collector look at all of them once more.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


@dataclass(slots=True)
class OutgoingShare:
    """Counts edges: in, out, out of known family and not in-process, and the synchronous and hand-off among these."""

    edges_in: int = 0
    edges_out: int = 0
    known: int = 0
    synchronous: int = 0

    @property
    def share(self) -> float | None:
        return self.synchronous / self.known if self.known else None

    def leave(self, arc: Arc) -> None:
        self.edges_out += 1
        if arc.chain is not None and arc.chain != IN_PROCESS:
            self.known += 1
            if arc.chain in (SYNCHRONOUS, HAND_OFF):
                self.synchronous += 1


class Analysis:
    """What is true: graph facts first, then flows and edges, then what accepted decisions have become."""

    def __init__(self, architecture: Architecture, catalog: Catalog, settings: Settings) -> None:
        self.architecture = architecture
        self.catalog = catalog
        self.settings = settings
        self.limit = catalog.hop_limit
        self.index = Index(architecture)
        self.graph = Graph(self.index)
        self.entries = entry_points(self.index)
        self.depths = self.graph.depths()
        self.flows = sorted(architecture.flows, key=lambda flow: flow.id)
        self.places = [places_of(flow.steps, self.index) for flow in self.flows]
        self.channels = self._channel_facts()
        self.judged = self._judge_edges()
        self.requests = self._judge_flows()
        accepted = settings.decisions
        self.decisions = () if accepted is None else self._judge_decisions(accepted)

    # -- what is true ---------------------------------------------------------------------------------------------

    def _channel_facts(self) -> dict[str, ChannelFacts]:
        producers: dict[str, set[str]] = {}
        consumers: dict[str, set[str]] = {}
        for arc in self.index.arcs:
            channel = arc.edge.channel
            if channel is not None:
                producers.setdefault(channel, set()).add(arc.edge.source)
                consumers.setdefault(channel, set()).add(arc.edge.target)
        return {
            channel.id: ChannelFacts(
                channel,
                tuple(sorted(producers.get(channel.id, ()))),
                tuple(sorted(consumers.get(channel.id, ()))),
                name_is_past(channel.name or channel.id),
            )
            for channel in sorted(self.architecture.channels, key=lambda channel: channel.id)
        }

    def _judge_edges(self) -> dict[str, Judged]:
        nested = nested_in_flows(self.places)
        downstream = self.graph.downstream()
        below: Sequence[Missing] = missing_below(self.graph)
        flows = list(zip(self.flows, self.places, strict=True))
        judge = EdgeJudge(
            index=self.index,
            channels=self.channels,
            hops=hops_from_flows(flows, self.limit),
            reach=self.graph.reach(self.entries),
            in_request=_in_request(flows),
            missing_below=below,
            hop_limit=self.limit,
            as_of=self.settings.as_of,
        )
        return {
            id_: judge.judge(arc, effective_latency(arc, nested, downstream)) for id_, arc in self.index.by_edge.items()
        }

    def _judge_flows(self) -> list[Request]:
        facts = {id_: judged.facts for id_, judged in self.judged.items()}
        availabilities = {id_: channel.model.availability for id_, channel in self.channels.items()}
        return [
            judge_flow(
                flow,
                places,
                index=self.index,
                edges=facts,
                channels=availabilities,
                hop_limit=self.limit,
                default_availability=self.catalog.default_availability,
            )
            for flow, places in zip(self.flows, self.places, strict=True)
        ]

    @cached_property
    def shares(self) -> tuple[list[OutgoingShare], dict[str, OutgoingShare]]:
        """The edges in and out, and the synchronous share, of each service by its number and each system by its id."""
        per_service = [OutgoingShare() for _ in self.index.services]
        per_system = {system.id: OutgoingShare() for system in self.architecture.systems}
        for arc in self.index.arcs:
            per_service[arc.source].leave(arc)
            per_service[arc.target].edges_in += 1
            source_system = self.index.services[arc.source].system
            target_system = self.index.services[arc.target].system
            if source_system in per_system:
                per_system[source_system].leave(arc)
            if target_system in per_system:
                per_system[target_system].edges_in += 1
        return per_service, per_system

    @cached_property
    def radii(self) -> tuple[Sequence[BlastRadius], Sequence[int]]:
        """Who fails with each service, and how many entry points among them for certain, by its number."""
        needing: list[list[str]] = [[] for _ in self.index.ids]
        for request in self.requests:
            for service in request.availability.needs:
                needing[self.index.number[service]].append(request.flow.id)
        return blast_radii(self.graph, self.entries, needing)

    @cached_property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The synchronous cycles, as ids."""
        return self.graph.cycles()

    @cached_property
    def chains(self) -> dict[int, list[Arc]]:
        """The deepest chain from each entry point, by its number."""
        return {entry: self.graph.deepest_chain(entry, self.depths.depth) for entry in self.entries}

    @cached_property
    def subjects(self) -> Mapping[str, Sequence[tuple[Any, str, Location | None]]]:
        """All that rules are tried on, by scope: facts, id and place in the source, in the order of the review."""
        return {
            "edge": [
                (judged.facts, id_, judged.arc.edge.location)
                for id_, judged in self.judged.items()
                if judged.arc.edge.counted
            ],
            "flow": [(request.facts, request.flow.id, request.flow.location) for request in self.requests],
            "service": [(facts, facts.model.id, facts.model.location) for facts in self._service_facts()],
            "channel": [(facts, facts.model.id, facts.model.location) for facts in self.channels.values()],
            "system": [(facts, facts.model.id, facts.model.location) for facts in self._system_facts()],
        }

    def usable_rules(self, rules: Iterable[Rule]) -> tuple[list[Rule], list[NotEvaluated]]:
        """Split the enabled rules into those that can be evaluated with what is given, and those that cannot."""
        return usable_rules(rules, self.settings.given)

    def _judge_decisions(self, accepted: Sequence[AcceptedDecision]) -> tuple[DecisionReview, ...]:
        """Say of each whether it holds, by the rules that count today, and tell the facts of the edges."""
        usable, _ = self.usable_rules(self.catalog.rules)
        known = Known(
            facts={
                "edge": {id_: judged.facts for id_, judged in self.judged.items()},
                **{
                    scope: {id_: facts for facts, id_, _ in self.subjects[scope]}
                    for scope in ("flow", "service", "channel", "system")
                },
            },
            rules={rule.code: rule for rule in usable if not rule.is_upcoming(self.settings.as_of)},
        )
        return judge_decisions(accepted, self.judged, known)

    def _service_facts(self) -> list[ServiceFacts]:
        radii, certain_entries = self.radii
        counted, _ = self.shares
        in_flows = {place.arc.edge.id for places in self.places for place in walk(places) if place.arc}
        cycle_of = {cycle[0]: cycle for cycle in self.cycles}
        found = []
        for number, service in enumerate(self.index.services):
            chain = self.chains.get(number)
            found.append(
                ServiceFacts(
                    model=service,
                    hop_limit=self.limit,
                    is_entry=chain is not None,
                    sync_depth=self.depths.depth[number],
                    sync_depth_at_most=self.depths.at_most[number],
                    unbounded=self.depths.depth[number] is None,
                    deepest=self.services_of(number, chain) if chain else (),
                    uncovered=any(arc.weight and arc.edge.id not in in_flows for arc in chain or ()),
                    cycle=cycle_of.get(service.id, ()),
                    edges_in=counted[number].edges_in,
                    edges_out=counted[number].edges_out,
                    synchronous_share=counted[number].share,
                    blast_radius=radii[number].services.count,
                    certain_entries=certain_entries[number],
                    entry_count=len(self.entries),
                    asks=lambda name: (),
                )
            )
        return found

    def _system_facts(self) -> list[SystemFacts]:
        _, shares = self.shares
        system_of = {service.id: service.system for service in self.index.services}
        sizes = Counter(system_of.values())
        with_cycle = {system_of[member] for cycle in self.cycles for member in cycle}
        found = []
        for system in sorted(self.architecture.systems, key=lambda system: system.id):
            requests = [r for r in self.requests if r.flow.user_facing and system_of[r.flow.entry] == system.id]
            within = [request.facts.within_rule for request in requests]
            found.append(
                SystemFacts(
                    model=system,
                    services=sizes[system.id],
                    synchronous_share=shares[system.id].share,
                    has_cycle=system.id in with_cycle,
                    has_flow_over=True if False in within else (None if None in within else False),
                    asks=partial(_asks_of_system, requests=requests),
                )
            )
        return found

    def services_of(self, entry: int, chain: Sequence[Arc]) -> tuple[str, ...]:
        """Give the ids of the services along a chain, the entry point first."""
        return (self.index.ids[entry], *(self.index.ids[arc.target] for arc in chain))


def _in_request(flows: Sequence[tuple[Flow, Sequence[Place]]]) -> set[str]:
    """Give the edges that are a foreground step of a user-facing flow."""
    return {arc.edge.id for flow, places in flows if flow.user_facing for arc in foreground(places)}


def _asks_of_system(name: str, requests: Sequence[Request]) -> Missing:
    if name != "has_flow_over":
        return ()
    return tuple(
        dict.fromkeys(
            triple
            for request in requests
            if request.facts.within_rule is None
            for triple in request.facts.asks("within_rule")
        )
    )
