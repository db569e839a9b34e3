"""
What a team registers: frozen values, and the tables of facts that describe them.

A fact is a value, or `None` where nobody has said. A number known to be absent (the word `none` in the
native file) is `math.inf`: a timeout of none waits for ever, a retention of none keeps for ever. A text
known to be absent is the empty string. The tables at the foot (`SERVICE_FACTS`, `CHANNEL_FACTS`,
`EDGE_FACTS`, `ANSWERS`) are what readers, forms, database columns and the rule language are checked against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
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

SERVICE_KINDS = ("service", "gateway", "frontend", "worker", "external", "datastore")
INTENTS = ("event", "command")
CHANNEL_TECHNOLOGIES = (
    "kafka",
    "kinesis",
    "pulsar",
    "redis_streams",
    "nats_jetstream",
    "event_hubs",
    "rabbitmq",
    "sqs",
    "sqs_fifo",
    "azure_queue",
    "service_bus",
    "celery",
    "redis",
    "nats",
    "sns",
    "eventbridge",
    "google_pubsub",
    "mqtt",
    "other",
)
CALL_TECHNOLOGIES = ("http", "grpc", "graphql", "soap", "thrift")
SIDE_EFFECTS = (
    "notification",
    "analytics",
    "logging",
    "recommendation",
    "loyalty",
    "cache_invalidation",
    "search_index",
    "report",
    "webhook_delivery",
    "media_processing",
)
PURPOSES = ("read", "write", "auth", "validation", "payment", "workflow", "other", *SIDE_EFFECTS)
WRITING_PURPOSES = ("write", "payment")
ORDERINGS = ("none", "per_entity", "global")
SCHEMA_FORMATS = ("protobuf", "avro", "json_schema", "cloudevents", "none")
LATENCY_BASES = ("peak", "idle", "average", "estimate")
BACKOFFS = ("none", "fixed", "exponential")
DELIVERIES = ("at_most_once", "at_least_once", "exactly_once")
IMPACTS = ("harmless", "annoying", "critical")
CONFIDENCES = ("declared", "configured", "observed", "suggested")
ORIGINS = ("declared", "observed")


class Kind(StrEnum):
    """How the value of a fact is written."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    COUNT = "count"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Fact:
    """
    One row of a fact table.

    `none` says that the value may be known to be absent. Numbers are `over`, or at least `least`, and at
    most `most`. `group` is where forms and pages show it; `styles` names the styles that it is about
    (empty: all). `open_choice` admits texts beside the choices.
    """

    name: str
    kind: Kind
    meaning: str
    group: str
    choices: tuple[str, ...] = ()
    none: bool = False
    unit: str = ""
    over: float | None = None
    least: float | None = None
    most: float | None = None
    styles: tuple[str, ...] = ()
    open_choice: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions whose answers decide an edge; `asked_by` says by whom, `help` how to tell."""

    key: str
    text: str
    asked_by: str
    help: str


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
    """Something that runs, or a third party; see `SERVICE_FACTS`."""

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
    """What an asynchronous communication travels over; see `CHANNEL_FACTS`."""

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
    One communication, from one service (`source`) to another (`target`); see `EDGE_FACTS`.

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


_B, _N, _I, _C, _T = Kind.BOOLEAN, Kind.NUMBER, Kind.COUNT, Kind.CHOICE, Kind.TEXT
_SYNC = ("request_response",)
_HAND_OFF = ("polling", "webhook")
_CALLS = (*_SYNC, *_HAND_OFF)
_MESSAGES = ("queue", "pubsub", "stream", "request_reply", "batch")

SERVICE_FACTS: tuple[Fact, ...] = (
    Fact("kind", _C, "what it is", "identity", SERVICE_KINDS),
    Fact("tier", _C, "how critical it is; 1 is most critical", "promises", ("1", "2", "3", "4")),
    Fact("entry_point", _B, "it receives user requests", "role"),
    Fact("deployable", _T, "services with the same deployable run in one process", "role"),
    Fact("availability", _N, "as promised (SLO), dependencies included", "promises", unit="%", over=0, most=100),
    Fact(
        "latency_p99_ms",
        _N,
        "own time per request at expected peak load, downstream calls excluded",
        "promises",
        unit="ms",
        over=0,
    ),
)

CHANNEL_FACTS: tuple[Fact, ...] = (
    Fact("intent", _C, "an event states what happened; a command tells one service to act", "message", INTENTS),
    Fact("technology", _C, "what carries it", "message", CHANNEL_TECHNOLOGIES),
    Fact("ordering", _C, "what is delivered in order", "guarantees", ORDERINGS),
    Fact("partition_key", _T, "what decides which messages stay in order", "guarantees", none=True),
    Fact(
        "retention_hours", _N, "how long messages are kept; none: for ever", "guarantees", none=True, unit="h", over=0
    ),
    Fact("schema_format", _C, "how messages are described", "contract", SCHEMA_FORMATS),
    Fact(
        "contract",
        _B,
        "a schema registry or a documented contract that producers and consumers are held to",
        "contract",
    ),
    Fact(
        "global_order_required", _B, "all messages must stay in one order, not only those of one entity", "guarantees"
    ),
    Fact("availability", _N, "as promised (SLO)", "guarantees", unit="%", over=0, most=100),
)

EDGE_FACTS: tuple[Fact, ...] = (
    Fact("style", _C, "how they talk today", "communication", STYLES),
    Fact(
        "technology",
        _C,
        "what it runs on; where there is a channel, the channel's counts",
        "communication",
        (*CALL_TECHNOLOGIES, *CHANNEL_TECHNOLOGIES),
        open_choice=True,
    ),
    Fact("purpose", _C, "what it is for", "communication", PURPOSES),
    Fact(
        "latency_p50_ms",
        _N,
        "half of the calls are done by then, downstream calls excluded",
        "latency",
        unit="ms",
        over=0,
    ),
    Fact(
        "latency_p99_ms",
        _N,
        "99 of 100 calls are done by then, downstream calls excluded",
        "latency",
        unit="ms",
        over=0,
    ),
    Fact("latency_basis", _C, "under which load it was measured; only peak is evidence", "latency", LATENCY_BASES),
    Fact(
        "handover_p99_ms",
        _N,
        "how long until the callee has accepted the work",
        "latency",
        unit="ms",
        over=0,
        styles=_HAND_OFF,
    ),
    Fact(
        "publish_p99_ms",
        _N,
        "how long the caller takes to hand the message over",
        "latency",
        unit="ms",
        over=0,
        styles=_MESSAGES,
    ),
    Fact("throughput_per_s", _N, "calls or messages a second at peak", "load", unit="/s", least=0),
    Fact("spiky", _B, "load comes in bursts", "load"),
    Fact(
        "timeout_ms",
        _N,
        "how long the caller waits; none: for ever",
        "resilience",
        none=True,
        unit="ms",
        over=0,
        styles=(*_CALLS, "request_reply"),
    ),
    Fact("retries", _I, "attempts after the first", "resilience", least=0, styles=_CALLS),
    Fact("retry_backoff", _C, "how the wait between attempts grows", "resilience", BACKOFFS, styles=_CALLS),
    Fact("retry_jitter", _B, "the wait between attempts is spread at random", "resilience", styles=_CALLS),
    Fact("circuit_breaker", _B, "the caller stops calling a callee that keeps failing", "resilience", styles=_SYNC),
    Fact("fallback", _B, "the caller has a defined degraded answer without the callee", "resilience"),
    Fact(
        "bulkhead",
        _B,
        "a slow callee can use up only its own share of the caller's threads",
        "resilience",
        styles=_SYNC,
    ),
    Fact("tracing", _B, "one trace shows both sides", "observability"),
    Fact("idempotent", _B, "the same request or message twice gives the same result as once", "processing"),
    Fact("idempotency_key", _T, "what tells a repeat from a new one", "processing", none=True),
    Fact(
        "waits_for_reply",
        _B,
        "the request stays open until the reply is there",
        "communication",
        styles=("request_reply",),
    ),
    Fact("delivery", _C, "how often a message arrives", "messaging", DELIVERIES, styles=_MESSAGES),
    Fact("dead_letter_queue", _B, "messages that cannot be processed are set aside", "messaging", styles=_MESSAGES),
    Fact(
        "dead_letter_procedure", _B, "someone is told of them, and replays or discards", "messaging", styles=_MESSAGES
    ),
    Fact(
        "correlation_id",
        _B,
        "one id follows the work through all services",
        "observability",
        styles=(*_MESSAGES, *_HAND_OFF),
    ),
    Fact(
        "outbox",
        _B,
        "published together with the database write; false: beside it, unprotected",
        "messaging",
        styles=_MESSAGES,
    ),
    Fact("lag_monitored", _B, "queue depth or consumer lag is watched", "observability", styles=_MESSAGES),
    Fact(
        "max_deliveries",
        _N,
        "tries before the dead-letter queue; none: for ever",
        "messaging",
        none=True,
        least=1,
        styles=_MESSAGES,
    ),
    Fact("consumer_group", _T, "the group in which the consumer reads", "messaging", none=True, styles=_MESSAGES),
    Fact("group_shared", _B, "independent consumers share one group", "messaging", styles=_MESSAGES),
    Fact(
        "callee_isolated",
        _B,
        "one failing consumer of the channel does not hold up the others, and that is tested",
        "messaging",
        styles=_MESSAGES,
    ),
    Fact("status_visible", _B, "the user can see how far the work is", "processing", styles=(*_MESSAGES, *_HAND_OFF)),
    Fact("state_audited", _B, "the state of the business transaction can be looked up", "processing"),
    Fact("callback_auth", _B, "the callback or the status request is authenticated", "callback", styles=_HAND_OFF),
    Fact("callback_retry", _B, "a callback that fails is tried again", "callback", styles=_HAND_OFF),
    Fact(
        "callback_expiry", _B, "after a known time nobody waits for the callback any more", "callback", styles=_HAND_OFF
    ),
    Fact(
        "callback_state_kept",
        _B,
        "the caller keeps what it needs to process the callback later",
        "callback",
        styles=_HAND_OFF,
    ),
    Fact("duplicate_impact", _C, "what happens when it is processed twice", "processing", IMPACTS),
    Fact("loss_impact", _C, "what happens when it is lost", "processing", IMPACTS),
    Fact(
        "replay_window_hours",
        _N,
        "how far back one must be able to replay",
        "messaging",
        unit="h",
        least=0,
        styles=_MESSAGES,
    ),
    Fact("delay_hurts", _B, "hours of delay matter", "batch", styles=("batch",)),
    Fact("all_or_nothing", _B, "one failing source fails the whole", "batch", styles=("batch",)),
    Fact("saga", _T, "the multi-service transaction that it is a step of", "transaction", none=True),
    Fact("compensation", _B, "its undo is defined", "transaction"),
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        "immediate_feedback",
        "Does the user need immediate feedback from this operation?",
        "matrix",
        "Yes where somebody waits at a screen until this is done. No where a confirmation later is as good.",
    ),
    Question(
        "long_running",
        "Is the operation long, or its runtime variable?",
        "matrix",
        "A second and more at peak is long; a P99 of ten times the P50 is variable.",
    ),
    Question(
        "eventual_consistency_ok",
        "Can it tolerate eventual consistency?",
        "matrix",
        "Yes where both sides may differ for a moment without harm to anybody.",
    ),
    Question(
        "benefits_from_decoupling",
        "Does it benefit from decoupling (scaling, resilience)?",
        "matrix",
        "Yes where load comes in bursts, the callee scales differently, or its outage must not spread.",
    ),
    Question(
        "needs_result",
        "Does the caller need the result to go on (a real data dependency in the response path, not convenience)?",
        "tree",
        "Does the caller's response contain data from the callee? Could the user be shown a loading state instead?",
    ),
    Question(
        "fast_at_peak",
        "Does it complete in under one second at P99 under expected peak load?",
        "tree",
        "Measured under peak load, not on average and not on an idle test system.",
    ),
    Question(
        "callee_may_be_down",
        "Can the callee be unavailable for a while without blocking the caller?",
        "tree",
        "Is there a degraded mode, a cached answer, or can the work wait? That the callee is rarely down is no reason.",
    ),
    Question(
        "can_poll",
        "Can the caller use polling or a callback?",
        "tree",
        "Yes where the caller can take a job's number now and its result later.",
    ),
    Question(
        "fan_out",
        "Must several independent consumers react?",
        "tree",
        "List every system that reacts to it; three and more that do not know each other are several.",
    ),
    Question(
        "order_matters",
        "Does processing break when messages of one entity arrive out of order?",
        "tree",
        "Think of one customer, one order: may an update overtake the creation?",
    ),
    Question(
        "replay_needed",
        "Must past messages be replayed or audited?",
        "tree",
        "For a new consumer, after a mended fault, or because a regulator asks.",
    ),
    Question(
        "exactly_once",
        "Is exactly-once a genuine requirement, beyond at-least-once with idempotent consumers?",
        "tree",
        "What happens when it is processed twice, and can the consumer be made to tell?",
    ),
    Question(
        "strong_consistency",
        "Must both sides change together, at once?",
        "consistency",
        "Yes where a moment in which only one side has changed does real harm, as with money in two accounts.",
    ),
)

MATRIX_FACTS = ("immediate_feedback", "long_running", "eventual_consistency_ok", "benefits_from_decoupling")
TREE_FACTS = (
    "needs_result",
    "fast_at_peak",
    "callee_may_be_down",
    "can_poll",
    "fan_out",
    "order_matters",
    "replay_needed",
    "exactly_once",
)
ANSWERS: tuple[str, ...] = tuple(question.key for question in QUESTIONS)
QUESTION_BY_KEY: Mapping[str, Question] = MappingProxyType({q.key: q for q in QUESTIONS})
