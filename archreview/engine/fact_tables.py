"""
The facts that describe services, channels and edges: one row for each, with its kind and the values that it may take.

Readers, forms, database columns and the rule language are checked against these tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from archreview.engine.model import STYLES

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


def label_of(name: str) -> str:
    """Give the name of a fact, or of an answer, in words: `latency_p99_ms` is "latency P99"."""
    words = name.removeprefix("answers.").split("_")
    if words[-1] in {"ms", "hours"} or words[-2:] == ["per", "s"]:
        words = words[: -2 if words[-1] == "s" else -1]
    return " ".join(word.upper() if re.fullmatch(r"p\d\d", word) else word for word in words)


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
