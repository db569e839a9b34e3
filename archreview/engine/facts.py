"""
What the rule language can read: the registered values with the computed ones beside them.

Each class serves one scope. The attribute `model` holds the registered value; the other attributes are results of
the analysis under the names of the rule language. `asks(name)` gives the unknown facts that a computed name rests
on, as (kind, id, fact) triples, for a name whose value is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archreview.engine.model import Answers, Channel, Edge, Flow, Service, System

Missing = tuple[tuple[str, str, str], ...]
Asks = Callable[[str], Missing]


@dataclass(slots=True, eq=False)
class ChannelFacts:
    """A channel with its producers and consumers (ids of services, sorted, over counted edges)."""

    model: Channel
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    name_is_past: bool | None

    def asks(self, name: str) -> Missing:
        """`name_is_past` rests on a word list, not on a fact: nobody can be asked."""
        return ()


@dataclass(slots=True, eq=False)
class EdgeFacts:
    """
    An edge with its ends, its channel and what was computed.

    `answers` holds the facts as the verdicts use them: answered, else derived. `caller_timeout_ms` is the smallest
    known timeout of the synchronous edges into the source; `has_caller` says whether there is such an edge. The last
    five wait for decisions and a date: None where none are given.
    """

    model: Edge
    source: Service
    target: Service
    channel: ChannelFacts | None
    answers: Answers
    family: str | None
    is_synchronous: bool | None
    is_hand_off: bool | None
    is_asynchronous: bool | None
    is_in_process: bool | None
    is_call: bool | None
    is_side_effect: bool | None
    in_request: bool
    hop_position: int | None
    hop_over: bool
    hop_basis: str | None
    hop_limit: int
    matrix_verdict: str | None
    tree_outcome: str | None
    tree_possible: tuple[str, ...]
    agreement: str | None
    fit: str | None
    effective_latency_ms: float | None
    latency_at_peak: bool | None
    has_caller: bool
    caller_timeout_ms: float | None
    technology: str | None
    technology_class: str | None
    technology_verdict: str | None
    contradicted: bool
    contradictions: tuple[str, ...]
    asks: Asks
    oldest_answer_days: float | None = None
    has_decision: bool | None = None
    drifted: bool | None = None
    drift: tuple[str, ...] | None = None
    changed_premises: tuple[str, ...] | None = None


@dataclass(slots=True, eq=False)
class FlowFacts:
    """
    A flow with its numbers.

    `steps` are the facts of the edges of its places, in the order written; `writes` those that write.
    """

    model: Flow
    steps: tuple[EdgeFacts, ...]
    hop_limit: int
    within_rule: bool | None
    sync_calls: int
    sync_calls_at_most: int
    first_over: EdgeFacts | None
    calls: tuple[str, ...]
    over_budget: bool | None
    latency_p99_ms: float
    waits_for_ever: bool | None
    worst_wait_at_least_ms: float
    below_target: bool | None
    availability: float
    attempts: int
    unneeded_in_sequence: int
    repeated_calls: tuple[str, ...]
    written_services: tuple[str, ...]
    writes: tuple[EdgeFacts, ...]
    asks: Asks


@dataclass(slots=True, eq=False)
class ServiceFacts:
    """
    A service with its place in the graph.

    `uncovered`: the deepest chain from this entry point holds a counted edge that is a step of no flow.
    `cycle` names the members of the synchronous cycle whose first service this is (empty where there is none).
    `certain_entries` counts the entry points other than itself that its failure certainly takes down.
    """

    model: Service
    hop_limit: int
    is_entry: bool
    sync_depth: int | None
    sync_depth_at_most: int | None
    unbounded: bool
    deepest: tuple[str, ...]
    uncovered: bool
    cycle: tuple[str, ...]
    edges_in: int
    edges_out: int
    synchronous_share: float | None
    blast_radius: int
    certain_entries: int
    entry_count: int
    asks: Asks


@dataclass(slots=True, eq=False)
class SystemFacts:
    """A system with the numbers that rules ask for."""

    model: System
    services: int
    synchronous_share: float | None
    has_cycle: bool
    has_flow_over: bool | None
    asks: Asks
