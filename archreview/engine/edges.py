"""What is true about each edge: verdicts, fit, technology, its place under the hop rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import inf

from archreview.engine.asks import EdgeBasis, asks_of_edge
from archreview.engine.derive import EffectiveLatency, Uses, derived_facts, facts_of
from archreview.engine.fact_tables import SIDE_EFFECTS
from archreview.engine.facts import ChannelFacts, EdgeFacts, Missing
from archreview.engine.fit import UNDETERMINED, fit
from archreview.engine.flows import Place, positions
from archreview.engine.index import Arc, Index
from archreview.engine.matrix import matrix
from archreview.engine.model import ASYNCHRONOUS, HAND_OFF, IN_PROCESS, SYNCHRONOUS, Channel, Flow
from archreview.engine.questions import MATRIX_FACTS, TREE_FACTS
from archreview.engine.results import Hop, MatrixResult, TechnologyResult, TreeResult
from archreview.engine.technology import HEAVY_LOAD_PER_S, class_of, technology
from archreview.engine.tree import agreement, tree

FOUR, TWELVE = len(MATRIX_FACTS), len(MATRIX_FACTS) + len(TREE_FACTS)

# Family -> is_hand_off, is_asynchronous, is_in_process, is_call.
_KINDS: Mapping[str | None, tuple[bool | None, ...]] = {
    None: (None, None, None, None),
    **{
        family: tuple(family == kind for kind in (HAND_OFF, ASYNCHRONOUS, IN_PROCESS, SYNCHRONOUS))
        for family in (SYNCHRONOUS, HAND_OFF, ASYNCHRONOUS, IN_PROCESS)
    },
}


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
        self._verdicts: dict[Uses, MatrixResult] = {}

    def judge(self, arc: Arc, latency: EffectiveLatency) -> Judged:
        """Give verdicts and facts of one edge; `latency` is its effective latency."""
        edge = arc.edge
        reached = self._reached.get((arc.source, edge.channel)) if edge.channel else None
        derived = derived_facts(arc, latency, reached)
        uses, answers, contradicted = facts_of(edge.answers, derived)
        four = uses[:FOUR]
        verdict = self._verdicts.get(four)
        if verdict is None:
            verdict = self._verdicts[four] = matrix(four)
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
        is_hand_off, is_asynchronous, is_in_process, is_call = _KINDS[family]
        contradictions = contradicted
        if edge.differing:
            contradictions += tuple(f for f in edge.differing if f.removeprefix("answers.") not in contradicted)
        basis = EdgeBasis(arc, verdict, outcome, model, used, used_class, answers, callers, self.missing_below)
        # By position, in the order of the class: this is made once for every edge, and names cost as much as the rest.
        edge_facts = EdgeFacts(
            edge,
            self.index.services[arc.source],
            self.index.services[arc.target],
            channel,
            answers,
            family,
            is_call and not arc.to_datastore,
            is_hand_off,
            is_asynchronous,
            is_in_process,
            is_call,
            purpose in SIDE_EFFECTS if purpose is not None else None,
            edge.id in self.in_request,
            hop.position if hop else None,
            hop is not None and hop.over,
            hop.basis if hop else None,
            self.hop_limit,
            None if verdict.strength is None else verdict.verdict,
            outcome.outcome,
            outcome.possible,
            None if agreed == UNDETERMINED else agreed,
            None if fitting == UNDETERMINED else fitting,
            latency.slowest_ms,
            edge.latency_basis == "peak" if edge.latency_p99_ms is not None else None,
            bool(callers),
            min(timeouts, default=None),
            used,
            used_class,
            (judged_technology.verdict if judged_technology and judged_technology.verdict != UNDETERMINED else None),
            bool(contradictions),
            contradictions,
            partial(asks_of_edge, basis),
            self._oldest_answer(arc, self.as_of) if self.as_of and edge.said else None,
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
