"""What people are asked: the questions that decide an edge, in the order of matrix and tree, and those about facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions whose answers decide an edge; `asked_by` says by whom, `help` how to tell."""

    key: str
    text: str
    asked_by: str
    help: str


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

# What is asked about the other facts, by kind and name; what it means stands in the fact's own table.
FACT_QUESTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "service": {
            "kind": "What kind of service is it?",
            "tier": "How critical is it, from 1 (most) to 4?",
            "entry_point": "Does it receive user requests?",
            "deployable": "In which deployable does it run?",
            "availability": "Which availability does it promise, in percent?",
            "latency_p99_ms": "How long does it take by itself, P99 at peak, in ms?",
        },
        "channel": {
            "intent": "Does it carry an event or a command?",
            "technology": "Which technology carries it?",
            "ordering": "What does it deliver in order?",
            "partition_key": "Which partition key does it have?",
            "retention_hours": "How many hours does it keep messages?",
            "schema_format": "In which format are its messages described?",
            "contract": "Are producers and consumers held to a contract?",
            "global_order_required": "Must all messages stay in one order?",
            "availability": "Which availability does it promise, in percent?",
        },
        "edge": {
            "style": "How do the two talk today?",
            "technology": "Which technology does it run on?",
            "purpose": "What is it for?",
            "latency_p50_ms": "How long does half of the calls take at most, in ms?",
            "latency_p99_ms": "How long do 99 of 100 calls take at most, in ms?",
            "latency_basis": "Under which load was the latency measured?",
            "handover_p99_ms": "How long until the callee has accepted the work, P99 in ms?",
            "publish_p99_ms": "How long does handing the message over take, P99 in ms?",
            "throughput_per_s": "How many calls or messages a second are there at peak?",
            "spiky": "Does the load come in bursts?",
            "timeout_ms": "After how many ms does the caller give up?",
            "retries": "How often does the caller try again?",
            "retry_backoff": "How does the wait between attempts grow?",
            "retry_jitter": "Is the wait between attempts spread at random?",
            "circuit_breaker": "Is there a circuit breaker?",
            "fallback": "Is there a fallback?",
            "bulkhead": "Is there a bulkhead?",
            "tracing": "Does one trace show both sides?",
            "idempotent": "Is the operation or the consumer idempotent?",
            "idempotency_key": "Which key tells a repeat from a new one?",
            "waits_for_reply": "Does the request stay open until the reply is there?",
            "delivery": "How often does a message arrive?",
            "dead_letter_queue": "Is there a dead-letter queue?",
            "dead_letter_procedure": "Is there a procedure for the dead-letter queue?",
            "correlation_id": "Does a correlation id follow the work?",
            "outbox": "Is it published through an outbox?",
            "lag_monitored": "Is queue depth or consumer lag monitored?",
            "max_deliveries": "After how many tries does a message go to the dead-letter queue?",
            "consumer_group": "In which consumer group does the consumer read?",
            "group_shared": "Do independent consumers share one group?",
            "callee_isolated": "Are the channel's consumers isolated from each other's failures?",
            "status_visible": "Can the user see how far the work is?",
            "state_audited": "Can the state of the transaction be looked up?",
            "callback_auth": "Is the callback authenticated?",
            "callback_retry": "Is a failed callback tried again?",
            "callback_expiry": "Does waiting for the callback expire?",
            "callback_state_kept": "Does the caller keep the state that the callback needs?",
            "duplicate_impact": "What happens when it is processed twice?",
            "loss_impact": "What happens when it is lost?",
            "replay_window_hours": "How many hours back must one be able to replay?",
            "delay_hurts": "Do hours of delay matter?",
            "all_or_nothing": "Does one failing source fail the whole?",
            "saga": "Of which saga is it a step?",
            "compensation": "Is its undo defined?",
        },
    }
)
