"""Values in words, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archreview.engine.fact_tables import Kind, label_of
from archreview.registry.fields import FIELD_BY_NAME, NONE, Field, Sort

STYLE_NAMES: Mapping[str | None, str] = {
    "request_response": "request/response",
    "pubsub": "publish/subscribe",
    "request_reply": "request/reply over queues",
    "in_process": "in-process call",
    None: "unknown",
}
_TECHNOLOGY_NAMES: Mapping[str, str] = {
    "sqs": "SQS",
    "sqs_fifo": "SQS FIFO",
    "sns": "SNS",
    "nats": "NATS",
    "nats_jetstream": "NATS JetStream",
    "mqtt": "MQTT",
    "rabbitmq": "RabbitMQ",
    "eventbridge": "EventBridge",
    "google_pubsub": "Google Pub/Sub",
    "event_hubs": "Event Hubs",
    "http": "HTTP",
    "grpc": "gRPC",
    "graphql": "GraphQL",
    "soap": "SOAP",
    "mongodb": "MongoDB",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
}


def style_name(style: str | None) -> str:
    """Give a style as people call it."""
    return STYLE_NAMES.get(style) or str(style).replace("_", " ")


def choice_name(fact: str, choice: str) -> str:
    """Give one of the values that a fact can have, in words."""
    return style_name(choice) if fact == "style" else label_of(choice)


def technology_name(technology: str) -> str:
    """Give a technology as its makers write it."""
    return _TECHNOLOGY_NAMES.get(technology) or technology.replace("_", " ").capitalize()


def in_words(kind: str, fact: str, value: Any) -> str:
    """A value as a statement keeps it, in words: `yes`, `500 ms`, `request/response`, `none`, `unknown`."""
    return field_in_words(FIELD_BY_NAME[kind][fact], value)


def field_in_words(field: Field, value: Any) -> str:
    """A value of the field, as a statement keeps it, in words."""
    if value is None:
        return "unknown" if field.is_fact else "empty"
    if field.sort == Sort.LINKS:
        return ", ".join(name for name, _ in value) or "empty"
    if field.sort == Sort.STEPS:
        return steps_in_words(value)
    fact = field.fact
    if fact is None:
        return str(value) or "empty"
    if fact.kind == Kind.BOOLEAN:
        return "yes" if value else "no"
    if value in (NONE, ""):
        return "none"
    if field.name == "technology":
        return technology_name(str(value))
    if fact.kind == Kind.CHOICE and not fact.open_choice:
        return choice_name(fact.name, str(value))
    if isinstance(value, (int, float)):
        return f"{value:,.10g} {fact.unit}".strip()
    return str(value)


def steps_in_words(steps: list[dict[str, Any]]) -> str:
    """Steps on one line: `a (b, c), d | e`, nested ones in brackets, parallel ones with bars."""
    words = []
    for step in steps:
        if "parallel" in step:
            words.append(" | ".join(steps_in_words([member]) for member in step["parallel"]))
        elif "then" in step:
            words.append(f"{step['edge']} ({steps_in_words(step['then'])})")
        else:
            words.append(step["edge"])
    return ", ".join(words)
