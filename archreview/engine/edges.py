"""What is true about each edge: verdicts, fit, technology, its place under the hop rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import inf

from archreview.engine.asks import EdgeBasis, asks_of_edge
from archreview.engine.derive import EffectiveLatency, Uses, derived_facts, facts_of
from archreview.engine.facts import ChannelFacts, EdgeFacts, Missing
from archreview.engine.fit import UNDETERMINED, fit
from archreview.engine.flows import Place, positions
from archreview.engine.index import Arc, Index
from archreview.engine.matrix import matrix
from archreview.engine.model import (
    ASYNCHRONOUS,
    HAND_OFF,
    IN_PROCESS,
    MATRIX_FACTS,
    SIDE_EFFECTS,
    SYNCHRONOUS,
    TREE_FACTS,
    Channel,
    Flow,
)
from archreview.engine.results import Hop, MatrixResult, TechnologyResult, TreeResult
from archreview.engine.technology import HEAVY_LOAD_PER_S, class_of, technology
from archreview.engine.tree import agreement, tree

FOUR, TWELVE = len(MATRIX_FACTS), len(MATRIX_FACTS) + len(TREE_FACTS)


@dataclass(slots=True, eq=False)
class Judged:
    """An edge with its verdicts, before rules have looked at it."""

    arc: Arc
    facts: EdgeFacts
    matrix: MatrixResult
    tree: TreeResult
    agreement: str
    fit: str
    technology: TechnologyResult | None
    hop: Hop | None
    latency: EffectiveLatency
    uses: Uses
    reached: int | None


def channel_reach(index: Index) -> Mapping[tuple[int, str], int]:
    """Count, per service and channel, the distinct services that it reaches over the channel."""
    reached: dict[tuple[int, str], set[int]] = {}
    for arc in index.arcs:
        if arc.edge.channel is not None:
            reached.setdefault((arc.source, arc.edge.channel), set()).add(arc.target)
    return {pair: len(targets) for pair, targets in reached.items()}


def caller_timeouts(index: Index) -> list[list[Arc]]:
    """Give, per service, the synchronous edges into it (by their style's family)."""
    callers: list[list[Arc]] = [[] for _ in index.services]
    for arc in index.arcs:
        if arc.family == SYNCHRONOUS and not arc.to_datastore:
            callers[arc.target].append(arc)
    return callers


def hops_from_flows(flows: Sequence[tuple[Flow, Sequence[Place]]], limit: int) -> dict[str, Hop]:
    """Give the largest position of every counted call of the user-facing flows, with the first flow that has it."""
    hops: dict[str, Hop] = {}
    for flow, places in flows:
        if not flow.user_facing:
            continue
        for arc, position in positions(places):
            id_ = arc.edge.id
            if id_ not in hops or position > hops[id_].position:
                hops[id_] = Hop(position, position > limit, "flow", flow.id)
    return hops


class EdgeJudge:
    """
    Judges one edge after another, with what all of them share.
    """

    def __init__(
        self,
        *,
        index: Index,
        channels: Mapping[str, ChannelFacts],
        hops: Mapping[str, Hop],
        reach: Sequence[int | None],
        in_request: Iterable[str],
        missing_below: Sequence[Missing],
        hop_limit: int,
        as_of: date | None,
    ) -> None:
        self.index = index
        self.channels = channels
        self.hops = hops
        self.reach = reach
        self.in_request = frozenset(in_request)
        self.missing_below = missing_below
        self.hop_limit = hop_limit
        self.as_of = as_of
        self._reached = channel_reach(index)
        self._callers = caller_timeouts(index)
        self._fits: dict[tuple[object, ...], str] = {}

    def judge(self, arc: Arc, latency: EffectiveLatency) -> Judged:
        """Give verdicts and facts of one edge; `latency` is its effective latency."""
        edge = arc.edge
        reached = self._reached.get((arc.source, edge.channel)) if edge.channel else None
        derived = derived_facts(arc, latency, reached)
        uses, answers, contradicted = facts_of(edge.answers, derived)
        verdict = matrix(uses[:FOUR])
        outcome = tree(uses[FOUR:TWELVE])
        agreed = agreement(verdict, outcome)
        channel = self.channels[edge.channel] if edge.channel else None
        model = channel.model if channel else None
        fitting = self._fit(outcome.possible, arc, model)
        used = channel.model.technology if channel else edge.technology
        used_class = judged_technology = None
        if arc.family == ASYNCHRONOUS:
            used_class = class_of(used, edge.style)
            load = edge.throughput_per_s
            judged_technology = technology(
                used_class,
                answers.fan_out,
                answers.replay_needed,
                answers.order_matters,
                None if load is None else load > HEAVY_LOAD_PER_S,
            )
        hop = self._hop(arc)
        callers = self._callers[arc.source]
        timeouts = (
            [caller.edge.timeout_ms for caller in callers if caller.edge.timeout_ms is not None] if callers else ()
        )
        family, purpose = arc.family, edge.purpose
        known = family is not None
        contradictions = contradicted
        if edge.differing:
            contradictions += tuple(f for f in edge.differing if f.removeprefix("answers.") not in contradicted)
        edge_facts = EdgeFacts(
            model=edge,
            source=self.index.services[arc.source],
            target=self.index.services[arc.target],
            channel=channel,
            answers=answers,
            family=family,
            is_synchronous=(family == SYNCHRONOUS and not arc.to_datastore) if known else None,
            is_hand_off=family == HAND_OFF if known else None,
            is_asynchronous=family == ASYNCHRONOUS if known else None,
            is_in_process=family == IN_PROCESS if known else None,
            is_call=family == SYNCHRONOUS if known else None,
            is_side_effect=purpose in SIDE_EFFECTS if purpose is not None else None,
            in_request=edge.id in self.in_request,
            hop_position=hop.position if hop else None,
            hop_over=hop is not None and hop.over,
            hop_basis=hop.basis if hop else None,
            hop_limit=self.hop_limit,
            matrix_verdict=None if verdict.strength is None else verdict.verdict,
            tree_outcome=outcome.outcome,
            tree_possible=outcome.possible,
            agreement=None if agreed == UNDETERMINED else agreed,
            fit=None if fitting == UNDETERMINED else fitting,
            effective_latency_ms=latency.slowest_ms,
            latency_at_peak=edge.latency_basis == "peak" if edge.latency_p99_ms is not None else None,
            has_caller=bool(callers),
            caller_timeout_ms=min(timeouts, default=None),
            technology=used,
            technology_class=used_class,
            technology_verdict=(
                judged_technology.verdict if judged_technology and judged_technology.verdict != UNDETERMINED else None
            ),
            contradicted=bool(contradictions),
            contradictions=contradictions,
            asks=partial(
                asks_of_edge,
                EdgeBasis(arc, verdict, outcome, model, used, used_class, answers, callers, self.missing_below),
            ),
            oldest_answer_days=self._oldest_answer(arc, self.as_of) if self.as_of and edge.said else None,
        )
        return Judged(
            arc, edge_facts, verdict, outcome, agreed, fitting, judged_technology, hop, latency, uses, reached
        )

    def _fit(self, outcomes: tuple[str, ...], arc: Arc, channel: Channel | None) -> str:
        edge = arc.edge
        on = (
            outcomes,
            arc.family,
            edge.style,
            edge.circuit_breaker,
            edge.timeout_ms is None,
            edge.timeout_ms == inf,
            edge.fallback,
            edge.delivery,
            edge.idempotent,
            channel.ordering if channel else "no channel",
        )
        known = self._fits.get(on)
        if known is None:
            known = self._fits[on] = fit(outcomes, edge, arc.family, channel)
        return known

    def _hop(self, arc: Arc) -> Hop | None:
        if not arc.weight or not arc.edge.counted:
            return None
        hop = self.hops.get(arc.edge.id)
        if hop is None and self.index.services[arc.source].kind != "datastore":
            before = self.reach[arc.source]
            if before is not None:
                hop = Hop(before + 1, before + 1 > self.hop_limit, "graph", None)
        return hop

    def _oldest_answer(self, arc: Arc, as_of: date) -> float | None:
        days = []
        for fact, said in arc.edge.said.items():
            if fact.startswith("answers.") and said.at:
                try:
                    days.append((as_of - date.fromisoformat(said.at[:10])).days)
                except ValueError:
                    continue
        return float(max(days)) if days else None
