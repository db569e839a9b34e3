"""How facts are said in a text. {s} is the caller, {t} the callee; a clause begins with a small letter or a name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from archreview.decisions.prose import clauses, listed, upper_first
from archreview.decisions.situation import Situation
from archreview.decisions.ways import OF_OUTCOME, WAYS
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS

# Fact -> what it says where it is true, and where it is false.
CLAUSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "immediate_feedback": (
            "the user needs to know at once how it went",
            "no user needs to know the outcome at once",
        ),
        "long_running": (
            "the work takes long, or its time varies",
            "the work is short, and its time is steady",
        ),
        "eventual_consistency_ok": (
            "{s} and {t} may differ for a moment",
            "{s} and {t} may not differ, not even for a moment",
        ),
        "benefits_from_decoupling": (
            "both gain from scaling and failing separately",
            "nothing is gained by taking the two apart",
        ),
        "needs_result": (
            "{s} cannot go on without what {t} gives back",
            "{s} can go on without what {t} gives back",
        ),
        "fast_at_peak": (
            "the work is done in under a second at P99 under peak load",
            "the work takes a second or more at P99 under peak load",
        ),
        "callee_may_be_down": (
            "{t} may be down for a while without blocking {s}",
            "{s} cannot do without {t}, not even for a while",
        ),
        "can_poll": (
            "{s} itself can poll, or be called back",
            "{s} can neither poll nor be called back",
        ),
        "fan_out": (
            "several independent services must react",
            "{t} alone reacts",
        ),
        "order_matters": (
            "messages about one entity must be processed in order",
            "the order of messages does not matter",
        ),
        "replay_needed": (
            "past messages must be there to be read again",
            "nobody has to read past messages again",
        ),
        "exactly_once": (
            "a repeat would do harm that {t} cannot prevent",
            "delivering at least once is enough",
        ),
        "strong_consistency": (
            "both sides must agree at every moment",
            "the two sides need not agree at every moment",
        ),
    }
)

# What follows from a fact for a way that it excludes.
SO_IT_IS_NOT: Mapping[tuple[str, bool], str] = MappingProxyType(
    {
        ("needs_result", True): ", and a message brings nothing back",
        ("needs_result", False): ", so nothing is gained by waiting",
        ("fast_at_peak", True): ", so it can be waited for",
        ("fast_at_peak", False): ", which is too long to wait for",
        ("callee_may_be_down", True): ", so it need not fail with it",
        ("callee_may_be_down", False): ", so a poorer answer in its place would not do",
        ("fan_out", True): ", and each would need a queue of its own",
        ("fan_out", False): ", and one consumer needs no more than a queue",
        ("order_matters", True): ", and publish and subscribe keeps no order",
        ("order_matters", False): ", so its price for order buys nothing",
        ("replay_needed", True): ", and a queue forgets what is processed",
        ("replay_needed", False): ", so nothing has to be kept",
        ("exactly_once", True): ", and a plain queue may deliver twice",
        ("exactly_once", False): ", so its price for that buys nothing",
    }
)

# The questions as short as a table's cell.
SHORT_QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "immediate_feedback": "Does the user need immediate feedback?",
        "long_running": "Is the work long, or its time variable?",
        "eventual_consistency_ok": "May both sides differ for a moment?",
        "benefits_from_decoupling": "Does decoupling help (scaling, resilience)?",
        "needs_result": "Does the caller need the result to go on?",
        "fast_at_peak": "Is it done in under 1 s at P99 under peak load?",
        "callee_may_be_down": "May the callee be down for a while?",
        "can_poll": "Can the caller poll, or be called back?",
        "fan_out": "Must several independent consumers react?",
        "order_matters": "Does the order of messages matter?",
        "replay_needed": "Must past messages be read again?",
        "exactly_once": "Would a repeat do harm that the consumer cannot prevent?",
        "strong_consistency": "Must both sides agree at every moment?",
    }
)

VERDICTS: Mapping[str, str] = MappingProxyType(
    {"sync": "a synchronous call", "async": "asynchronous communication", "hybrid": "a hybrid of both"}
)

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "request_response": "request and response",
        "polling": "hand-over with polling",
        "webhook": "hand-over with a callback",
        "queue": "queue",
        "pubsub": "publish and subscribe",
        "stream": "event stream",
        "request_reply": "request and reply over messages",
        "batch": "batch",
        "in_process": "call within one process",
    }
)

TECHNOLOGIES: Mapping[str, str] = MappingProxyType(
    {
        "kafka": "Kafka",
        "kinesis": "Kinesis",
        "pulsar": "Pulsar",
        "redis_streams": "Redis Streams",
        "nats_jetstream": "NATS JetStream",
        "event_hubs": "Event Hubs",
        "rabbitmq": "RabbitMQ",
        "sqs": "SQS",
        "sqs_fifo": "SQS FIFO",
        "azure_queue": "Azure Queue Storage",
        "service_bus": "Service Bus",
        "celery": "Celery",
        "redis": "Redis",
        "nats": "NATS",
        "sns": "SNS",
        "eventbridge": "EventBridge",
        "google_pubsub": "Google Pub/Sub",
        "mqtt": "MQTT",
        "http": "HTTP",
        "grpc": "gRPC",
        "graphql": "GraphQL",
        "soap": "SOAP",
        "thrift": "Thrift",
        "postgresql": "PostgreSQL",
    }
)

# Class of technology -> what a reader knows it by.
CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "queue": "a plain queue (such as SQS or RabbitMQ)",
        "fifo": "a queue that keeps order (such as SQS FIFO)",
        "pub/sub": "publish and subscribe (such as SNS, EventBridge or Google Pub/Sub)",
        "log": "an event log (such as Kafka or Kinesis)",
    }
)


def clause(situation: Situation, key: str, *, answer: bool) -> str:
    """The fact as a part of a sentence."""
    return _template(key, answer=answer).format(s=situation.s, t=situation.t)


def sentence(situation: Situation, key: str, *, answer: bool) -> str:
    """The fact as a sentence. A name at its beginning stays as it is written."""
    template = _template(key, answer=answer)
    text = clause(situation, key, answer=answer)
    return f"{text if template.startswith('{') else upper_first(text)}."


def because(situation: Situation, keys: tuple[str, ...]) -> str:
    """The known ones of the facts as one enumeration."""
    known = [(key, situation.fact(key)) for key in keys]
    return clauses(clause(situation, key, answer=answer) for key, answer in known if answer is not None)


def outcome_names(outcomes: tuple[str, ...], *, last: str = "or") -> str:
    """The tree's outcomes as ways, each once: `a queue or an event stream`."""
    titles = dict.fromkeys(WAYS[OF_OUTCOME[outcome]].title for outcome in outcomes)
    return listed([title[:1].lower() + title[1:] for title in titles], last=last)


def ways_in_short(outcomes: tuple[str, ...]) -> str:
    """The tree's outcomes by name where they are one or two, else as the kinds of communication that they are."""
    if len(outcomes) <= 2:
        return outcome_names(outcomes)
    families = {FAMILY_OF_STYLE[WAYS[OF_OUTCOME[outcome]].style] for outcome in outcomes}
    names = {
        SYNCHRONOUS: "a call that waits",
        HAND_OFF: "handing the work over",
        ASYNCHRONOUS: "a message on a queue, a topic or a stream",
    }
    return listed([name for family, name in names.items() if family in families], last="or")


def _template(key: str, *, answer: bool) -> str:
    return CLAUSES[key][0 if answer else 1]
