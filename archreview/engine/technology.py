"""Is the technology of a channel of the class that is asked for, and no heavier?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from archreview.engine.results import TechnologyResult

QUEUE, FIFO, PUB_SUB, LOG = "queue", "fifo", "pub/sub", "log"
CLASSES = (QUEUE, FIFO, PUB_SUB, LOG)
HEAVY_LOAD_PER_S = 100_000

_CLASS_OF: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("sqs", "azure_queue", "celery"), QUEUE),
        "sqs_fifo": FIFO,
        **dict.fromkeys(("sns", "eventbridge", "google_pubsub", "mqtt"), PUB_SUB),
        **dict.fromkeys(("kafka", "kinesis", "pulsar", "redis_streams", "nats_jetstream", "event_hubs"), LOG),
    }
)
_BY_STYLE = ("rabbitmq", "redis", "nats", "service_bus")

# Requirement -> the classes that meet it.
_MEETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fan_out": (PUB_SUB, LOG),
        "replay_needed": (LOG,),
        "order_matters": (FIFO, LOG),
        "heavy_load": (LOG,),
    }
)


def class_of(technology: str | None, style: str | None) -> str | None:
    """Give the class of a technology as this style uses it, or None where it cannot be told."""
    if technology in _BY_STYLE:
        return PUB_SUB if style == "pubsub" else QUEUE
    return _CLASS_OF.get(technology) if technology else None


@lru_cache(maxsize=512)
def technology(
    technology_class: str | None,
    fan_out: bool | None,
    replay_needed: bool | None,
    order_matters: bool | None,
    heavy_load: bool | None,
) -> TechnologyResult:
    """
    Compare the class in use with what the facts require.

    `heavy_load`: more than `HEAVY_LOAD_PER_S` messages a second; unknown is not required.
    """
    facts = {
        "fan_out": fan_out,
        "replay_needed": replay_needed,
        "order_matters": order_matters,
        "heavy_load": heavy_load,
    }
    required = tuple(name for name, value in facts.items() if value)
    recommended = _simplest(required)
    next_classes = tuple(
        (name, _simplest((*required, name)))
        for name, value in facts.items()
        if not value and _simplest((*required, name)) != recommended
    )
    verdict = "undetermined"
    if technology_class is not None:
        if any(technology_class not in _MEETS[name] for name in required):
            verdict = "undersized"
        elif None not in (fan_out, replay_needed, order_matters):
            # What meets all is never simpler than the simplest that does.
            verdict = "fits" if technology_class == recommended[0] else "oversized"
    return TechnologyResult(verdict, recommended, required, next_classes)


def _simplest(required: tuple[str, ...]) -> tuple[str, ...]:
    """Give the simplest class that meets all; behind pub/sub stands the log, which meets the same."""
    meeting = [c for c in CLASSES if all(c in _MEETS[name] for name in required)]
    return (PUB_SUB, LOG) if meeting[0] == PUB_SUB else (meeting[0],)
