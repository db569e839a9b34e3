"""What the catalog asks of a way of communicating, as something that one can set out to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from archreview.decisions.choice import Choice
from archreview.decisions.prose import escaped
from archreview.decisions.situation import Situation
from archreview.engine.model import Edge
from archreview.engine.results import Duty

# Duty -> the facts of an edge that make it met.
MET_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "breaker": ("circuit_breaker",),
        "published": ("outbox",),
        "queued": ("lag_monitored",),
        "picked_up": ("tracing",),
        "processed": ("correlation_id", "dead_letter_procedure"),
    }
    | {
        duty: (duty,)
        for duty in (
            "fallback",
            "tracing",
            "idempotent",
            "dead_letter_queue",
            "dead_letter_procedure",
            "lag_monitored",
            "correlation_id",
            "callee_isolated",
            "callback_auth",
            "callback_retry",
            "callback_expiry",
            "callback_state_kept",
            "status_visible",
            "compensation",
        )
    }
)
# The catalog asks where a message went as four answers; as a step, each says what is to be built.
WHERE_IT_WENT: Mapping[str, str] = MappingProxyType(
    {
        "published": "A message that is stored together with the change that it tells of (outbox): none gets lost.",
        "queued": "A depth or a lag that tells how long the line of waiting messages is.",
        "picked_up": "A trace that shows who took the message, and when.",
        "processed": "A way to find what became of a message: an id, and a procedure for what was set aside.",
    }
)
# Each of these says nothing that the others do not say, where all of them are asked for.
SAID_ALREADY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"queued": ("lag_monitored",), "processed": ("correlation_id", "dead_letter_procedure")}
)
# Of the duties of a hand-over the catalog speaks as of a callback; where one asks instead, they are these.
WHERE_ONE_ASKS: Mapping[str, str] = MappingProxyType(
    {
        "callback_auth": "Status requests that are authenticated.",
        "callback_retry": "Status requests that are sent again when they fail.",
        "callback_expiry": "A time after which nobody asks any more, and what the user sees then.",
        "callback_state_kept": "A result that is kept until it has been fetched.",
    }
)


def told_once(duties: Iterable[Duty]) -> Iterator[Duty]:
    """The duties without those that say nothing beside the others."""
    asked = {duty.duty for duty in duties}
    for duty in duties:
        others = SAID_ALREADY.get(duty.duty)
        if others is None or not asked.issuperset(others):
            yield duty


def in_words_of(situation: Situation, choice: Choice, duty: Duty) -> str:
    """A duty as Markdown; in the catalog's words, unless those are an answer, or about another way than this."""
    text = next(found.text for found in situation.catalog.obligations if found.duty == duty.duty)
    t = situation.t
    if duty.duty == "fallback" and is_without_alternative(situation, choice):
        return (
            f"A clear error for the user while {t} is down, and a way to try again, kept tested: nothing else will do."
        )
    if duty.duty == "fallback" and choice.way.key == "direct":
        return f"What the user sees while {t} is down, defined and kept tested: at least a clear error."
    if duty.duty == "fallback" and duty.state == "met":
        return f"An answer for the time in which {t} is down: the model says that there is one."
    if duty.duty == "timeout":
        return (
            f"A timeout by which {situation.s} gives up on {t} before whoever waits for {situation.s} gives up on it."
        )
    if duty.duty == "idempotent" and situation.edge.purpose == "payment":
        return f"{t} does no harm when the same message comes twice: otherwise money moves twice."
    if duty.duty in WHERE_IT_WENT and text.startswith("Where did my message go?"):
        return WHERE_IT_WENT[duty.duty]
    if choice.way.style == "polling" and duty.duty in WHERE_ONE_ASKS:
        return WHERE_ONE_ASKS[duty.duty]
    return escaped(text)


def is_without_alternative(situation: Situation, choice: Choice) -> bool:
    """Whether the caller waits for an answer in whose place no other can be given."""
    return choice.way.key == "direct" and situation.fact("callee_may_be_down") is False


def with_all_met(situation: Situation, choice: Choice, edge: Edge, duties: Iterable[Duty]) -> Edge:
    """The edge with what is missing or not stated made so, as far as it can be."""
    given: dict[str, object] = {}
    for duty in duties:
        if duty.state == "met" or (duty.duty == "fallback" and is_without_alternative(situation, choice)):
            continue
        given |= dict.fromkeys(MET_BY.get(duty.duty, ()), True)
        if duty.duty == "timeout" and edge.timeout_ms is not None:
            given["timeout_ms"] = None  # there will be one; how long it is, somebody has to say
    # The names are those of an edge's facts, so each value fits; the type checker sees only a mapping.
    return replace(edge, **given)  # type: ignore[arg-type]
