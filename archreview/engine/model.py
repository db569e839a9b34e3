"""
What a team registers, as frozen values. `fact_tables` describes their facts, `questions` the answers of an edge.

A fact is a value, or `None` where nobody has said. A number known to be absent (the word `none` in the
native file) is `math.inf`: a timeout of none waits for ever, a retention of none keeps for ever. A text
known to be absent is the empty string.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

NONE_NUMBER = math.inf
NONE_TEXT = ""

HOP_LIMIT = 2
DEFAULT_AVAILABILITY = 99.9

SYNCHRONOUS = "synchronous"
HAND_OFF = "hand-off"
ASYNCHRONOUS = "asynchronous"
IN_PROCESS = "in-process"

FAMILY_OF_STYLE: Mapping[str, str] = MappingProxyType(
    {
        "request_response": SYNCHRONOUS,
        "polling": HAND_OFF,
        "webhook": HAND_OFF,
        "queue": ASYNCHRONOUS,
        "pubsub": ASYNCHRONOUS,
        "stream": ASYNCHRONOUS,
        "request_reply": ASYNCHRONOUS,
        "batch": ASYNCHRONOUS,
        "in_process": IN_PROCESS,
    }
)
STYLES = tuple(FAMILY_OF_STYLE)

CONFIDENCES = ("declared", "configured", "observed", "suggested")
ORIGINS = ("declared", "observed")


@dataclass(frozen=True, slots=True)
class Said:
    """Who or what stated a fact: a person (`by`), or a named source; when (ISO date or time) and why."""

    by: str = ""
    at: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Where an edge came from.

    `line` counts from 1; `calls`, `errors` and `sample` are numbers seen in a trace window.
    """

    source: str
    confidence: str = "declared"
    line: int | None = None
    window: str = ""
    at: str = ""
    calls: int | None = None
    errors: int | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; `line` counts from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A named address beside a service: its repository, runbook or dashboard."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Team:
    """Who owns services."""

    id: str
    name: str = ""
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class System:
    """A named part of the workspace that is reviewed together."""

    id: str
    name: str = ""
    description: str = ""
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Service:
    """Something that runs, or a third party; see `fact_tables.SERVICE_FACTS`."""

    id: str
    name: str = ""
    description: str = ""
    team: str | None = None
    system: str | None = None
    links: tuple[Link, ...] = ()
    kind: str = "service"
    tier: int | None = None
    entry_point: bool | None = None
    deployable: str | None = None
    availability: float | None = None
    latency_p99_ms: float | None = None
    said: Mapping[str, Said] = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Channel:
    """What an asynchronous communication travels over; see `fact_tables.CHANNEL_FACTS`."""

    id: str
    name: str = ""
    description: str = ""
    intent: str | None = None
    technology: str | None = None
    ordering: str | None = None
    partition_key: str | None = None
    retention_hours: float | None = None
    schema_format: str | None = None
    contract: bool | None = None
    global_order_required: bool | None = None
    availability: float | None = None
    said: Mapping[str, Said] = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False)


class Answers(NamedTuple):
    """What people answered to the questions of an edge, in their order; true, false, or None where nobody has."""

    immediate_feedback: bool | None = None
    long_running: bool | None = None
    eventual_consistency_ok: bool | None = None
    benefits_from_decoupling: bool | None = None
    needs_result: bool | None = None
    fast_at_peak: bool | None = None
    callee_may_be_down: bool | None = None
    can_poll: bool | None = None
    fan_out: bool | None = None
    order_matters: bool | None = None
    replay_needed: bool | None = None
    exactly_once: bool | None = None
    strong_consistency: bool | None = None


NO_ANSWERS = Answers()


@dataclass(frozen=True, slots=True)
class Edge:
    """
    One communication, from one service (`source`) to another (`target`); see `fact_tables.EDGE_FACTS`.

    `differing` names the facts (`answers.` before an answer's key) that two sources state differently.
    """

    id: str
    source: str
    target: str
    name: str = ""
    description: str = ""
    style: str | None = None
    technology: str | None = None
    channel: str | None = None
    purpose: str | None = None
    answers: Answers = NO_ANSWERS
    expectation: str = ""
    delay_cost: str = ""
    latency_p50_ms: float | None = None
    latency_p99_ms: float | None = None
    latency_basis: str | None = None
    handover_p99_ms: float | None = None
    publish_p99_ms: float | None = None
    throughput_per_s: float | None = None
    spiky: bool | None = None
    timeout_ms: float | None = None
    retries: int | None = None
    retry_backoff: str | None = None
    retry_jitter: bool | None = None
    circuit_breaker: bool | None = None
    fallback: bool | None = None
    bulkhead: bool | None = None
    tracing: bool | None = None
    idempotent: bool | None = None
    idempotency_key: str | None = None
    waits_for_reply: bool | None = None
    delivery: str | None = None
    dead_letter_queue: bool | None = None
    dead_letter_procedure: bool | None = None
    correlation_id: bool | None = None
    outbox: bool | None = None
    lag_monitored: bool | None = None
    max_deliveries: float | None = None
    consumer_group: str | None = None
    group_shared: bool | None = None
    callee_isolated: bool | None = None
    status_visible: bool | None = None
    state_audited: bool | None = None
    callback_auth: bool | None = None
    callback_retry: bool | None = None
    callback_expiry: bool | None = None
    callback_state_kept: bool | None = None
    duplicate_impact: str | None = None
    loss_impact: str | None = None
    replay_window_hours: float | None = None
    delay_hurts: bool | None = None
    all_or_nothing: bool | None = None
    saga: str | None = None
    compensation: bool | None = None
    evidence: tuple[Evidence, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False)

    @property
    def counted(self) -> bool:
        """False where nothing but hints speak for the edge: it is listed, and takes part in nothing."""
        return not self.evidence or any(e.confidence != "suggested" for e in self.evidence)


@dataclass(frozen=True, slots=True)
class Step:
    """
    One place in a flow: a call over `edge` with what the callee does before it is done (`then`),
    or a group of steps that run side by side (`parallel`, with `edge` None).
    """

    edge: str | None = None
    then: tuple[Step, ...] = ()
    parallel: tuple[Step, ...] = ()

    def walk(self) -> Iterator[Step]:
        """Yield this step and all below it, parents first."""
        stack = [self]
        while stack:
            step = stack.pop()
            yield step
            stack.extend(reversed(step.then or step.parallel))


@dataclass(frozen=True, slots=True)
class Flow:
    """One user request, or one background process, as a tree of calls."""

    id: str
    entry: str
    steps: tuple[Step, ...]
    name: str = ""
    description: str = ""
    user_facing: bool = True
    latency_budget_ms: float | None = None
    availability_target: float | None = None
    origin: str = "declared"
    traces: int | None = None
    location: Location | None = field(default=None, compare=False)

    def walk(self) -> Iterator[Step]:
        """Yield all steps, parents before what is nested under them."""
        for step in self.steps:
            yield from step.walk()


@dataclass(frozen=True, slots=True)
class Architecture:
    """
    All that is reviewed together. References are sound: every id that is named exists.

    `sources` are (file, format) pairs, for the result of `archreview check`.
    """

    services: tuple[Service, ...] = ()
    channels: tuple[Channel, ...] = ()
    edges: tuple[Edge, ...] = ()
    flows: tuple[Flow, ...] = ()
    systems: tuple[System, ...] = ()
    teams: tuple[Team, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
