"""The ways in which two services can talk, as options of a decision, and the edge as it would be with each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from archreview.decisions.situation import Situation
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, IN_PROCESS, Edge


@dataclass(frozen=True, slots=True)
class Way:
    """
    One way to talk: the style that it is registered as, and what it costs and gives in general.

    `title` names it as an option, `chosen` as the title of a decision (with {name} and {target}), `kept` as the title
    of a decision that changes nothing; `how` tells how it works (with {s} and {t}).
    """

    key: str
    title: str
    style: str
    chosen: str
    kept: str
    how: str
    coupling: str
    resilience: str
    complexity: str
    latency: str
    scalability: str
    best_for: str


_ALL = (
    Way(
        "direct",
        "Direct synchronous call",
        "request_response",
        "Call {target} directly for {name}",
        "Keep {name} a direct call to {target}",
        "{s} calls {t}, waits, and goes on with the answer; a timeout and a circuit breaker let it fail quickly.",
        "tight",
        "low: fails with the callee",
        "low",
        "low while the callee is fast",
        "hard: both scale together",
        "a quick answer without which the caller cannot go on",
    ),
    Way(
        "guarded",
        "Synchronous call with a fallback",
        "request_response",
        "Give the call to {target} for {name} a circuit breaker and a fallback",
        "Keep {name} a call to {target} with a fallback",
        "{s} calls {t} in the same way, and goes on with a poorer answer of its own while {t} gives none.",
        "tight, with a way out",
        "medium: the fallback answers",
        "low to medium",
        "low, and bounded by the timeout",
        "hard: both scale together",
        "a quick answer that can be replaced by a poorer one for a while",
    ),
    Way(
        "queue",
        "Queue",
        "queue",
        "Put {name} on a queue for {target}",
        "Keep {name} on a queue",
        "{s} puts a message on a queue and goes on; {t} works the queue off at its own pace.",
        "loose",
        "high: messages wait",
        "medium",
        "medium until the work is done",
        "easy: add workers",
        "a job that one service does, soon enough",
    ),
    Way(
        "fifo",
        "Transactional queue",
        "queue",
        "Put {name} on a queue for {target} on which each message counts once",
        "Keep {name} on a transactional queue",
        "{s} puts a message with an idempotency key on a queue that keeps order and drops repeats; {t} works it off.",
        "loose",
        "high: messages wait",
        "medium to high",
        "medium until the work is done",
        "limited by the groups kept in order",
        "work that must count exactly once although its consumer cannot recognise repeats",
    ),
    Way(
        "pubsub",
        "Publish and subscribe",
        "pubsub",
        "Publish {name} for {target} and others to subscribe to",
        "Keep publishing {name} to subscribers",
        "{s} publishes what happened and knows nobody who listens; {t} is one of the subscribers.",
        "very loose",
        "high: each consumer on its own",
        "medium",
        "medium until the work is done",
        "easy: add consumers",
        "something that happened and that several services react to",
    ),
    Way(
        "stream",
        "Ordered event stream",
        "stream",
        "Publish {name} on an ordered event stream",
        "Keep {name} on the event stream",
        "{s} appends events to a stream, partitioned by entity; {t} reads them in order, in its own consumer group.",
        "very loose",
        "very high: events are kept",
        "high",
        "low to medium until the work is done",
        "excellent: add partitions",
        "events whose order matters, for several readers",
    ),
    Way(
        "log",
        "Replayable event log",
        "stream",
        "Publish {name} on a replayable event log",
        "Keep {name} on the event log",
        "{s} appends events to a log that keeps them; {t} reads them, and can read them again from any point.",
        "very loose",
        "very high: events are kept",
        "high",
        "low to medium until the work is done",
        "excellent: add partitions",
        "events that are read again: for audits, repairs and later readers",
    ),
    Way(
        "callback",
        "Hand over and call back",
        "webhook",
        "Hand {name} over to {target} and be called back",
        "Keep handing {name} over with a callback",
        "{t} accepts the work and confirms at once; when it is done, it calls {s} back.",
        "loose after the hand-over",
        "medium to high",
        "medium to high",
        "short until accepted",
        "easy: the callee works at its own pace",
        "long work whose result the caller still needs",
    ),
    Way(
        "polling",
        "Hand over and poll",
        "polling",
        "Hand {name} over to {target} and poll for the result",
        "Keep handing {name} over with polling",
        "{t} queues the work and answers with a job number at once; {s} or the front end asks how far it is.",
        "loose after the hand-over",
        "medium to high",
        "medium",
        "short until accepted",
        "easy: the callee works at its own pace",
        "long work that somebody watches",
    ),
    Way(
        "hybrid",
        "Hybrid: answer at once, finish in the background",
        "polling",
        "Answer {name} at once and finish it in the background",
        "Keep answering {name} at once",
        "{t} takes the work with a job number; {s} answers at once with that and what is certain, the rest follows.",
        "loose after the first answer",
        "medium to high",
        "medium to high",
        "short until answered",
        "easy: the callee works at its own pace",
        "a user who wants a sign at once, and can have the rest a little later",
    ),
    Way(
        "request_reply",
        "Request and reply over messages",
        "request_reply",
        "Send {name} to {target} as a message and await the reply",
        "Keep {name} as request and reply over messages",
        "{s} sends a message with a correlation id and gets the reply on a channel of its own.",
        "loose",
        "medium to high",
        "high",
        "medium until the reply is there",
        "easy: add workers",
        "an answer that is needed, from a callee that must be free to be late",
    ),
    Way(
        "batch",
        "Batch",
        "batch",
        "Pass {name} to {target} in batches",
        "Keep passing {name} in batches",
        "{s} collects, and {t} gets everything at fixed times.",
        "loose",
        "medium: one bad batch holds up all",
        "low to medium",
        "high: until the next run",
        "limited by the time window",
        "large amounts that may be hours late",
    ),
    Way(
        "in_process",
        "Call within one process",
        "in_process",
        "Keep {name} a call within one process",
        "Keep {name} a call within one process",
        "{s} and {t} are modules of one deployable and call each other without a network.",
        "one unit",
        "they stand and fall together",
        "lowest",
        "lowest",
        "only as a whole",
        "parts that change and scale together",
    ),
)
WAYS: Mapping[str, Way] = MappingProxyType({way.key: way for way in _ALL})
ORDER = tuple(WAYS)

OF_OUTCOME: Mapping[str, str] = MappingProxyType(
    {
        "sync": "direct",
        "sync_guarded": "guarded",
        "callback": "callback",
        "queue_and_poll": "polling",
        "ordered_stream": "stream",
        "pubsub": "pubsub",
        "replayable_log": "log",
        "transactional_queue": "fifo",
        "standard_queue": "queue",
    }
)
# What one would begin with while several outcomes are open: the simplest first.
SIMPLEST = ("direct", "guarded", "queue", "fifo", "polling", "callback", "pubsub", "stream", "log")
_OF_STYLE = {
    "polling": "polling",
    "webhook": "callback",
    "queue": "queue",
    "pubsub": "pubsub",
    "stream": "stream",
    "request_reply": "request_reply",
    "batch": "batch",
    "in_process": "in_process",
}


def way_of_today(situation: Situation) -> Way | None:
    """How the two talk today; None where nobody has said."""
    edge = situation.edge
    if situation.judged.family == IN_PROCESS:
        return WAYS["in_process"]
    if edge.style == "request_response":
        guarded = edge.circuit_breaker and edge.fallback
        return WAYS["guarded" if guarded else "direct"]
    if edge.style == "stream" and situation.judged.tree.outcome == "replayable_log":
        return WAYS["log"]
    if edge.style == "queue" and situation.judged.tree.outcome == "transactional_queue":
        return WAYS["fifo"]
    if edge.style == "polling" and situation.judged.matrix.verdict == "hybrid":
        return WAYS["hybrid"]
    return WAYS[_OF_STYLE[edge.style]] if edge.style else None


def way_of(changed: Edge) -> Way:
    """The way that an edge would talk in, by its style."""
    if changed.style == "request_response" or changed.style is None:
        return WAYS["guarded" if changed.circuit_breaker and changed.fallback else "direct"]
    return WAYS[_OF_STYLE[changed.style]]


def carries_wrongly(situation: Situation) -> bool:
    """Whether the technology of today is more, or less, than is asked of it."""
    technology = situation.judged.technology
    return technology is not None and technology.verdict in ("oversized", "undersized")


def edge_as(situation: Situation, way: Way) -> Edge:
    """
    The edge as it would be: the style replaced, and of the rest only what the new way is made of.

    What a new way needs and nobody has stated stays unknown. A channel of the right class stays with an edge that stays
    asynchronous.
    """
    edge = situation.edge
    if way.style == edge.style:
        changed = edge
    else:
        both = {FAMILY_OF_STYLE.get(edge.style or ""), FAMILY_OF_STYLE[way.style]}
        stays = both == {ASYNCHRONOUS} and not carries_wrongly(situation)
        changed = replace(
            edge,
            style=way.style,
            technology=edge.technology if stays else None,
            channel=edge.channel if stays else None,
            waits_for_reply=None,
        )
    if way.key == "guarded":
        endless = changed.timeout_ms is not None and math.isinf(changed.timeout_ms)
        timeout = None if endless else changed.timeout_ms
        changed = replace(changed, circuit_breaker=True, fallback=True, timeout_ms=timeout)
    return changed
