"""Does the way two services talk today fit what the decision tree asks for?"""

from __future__ import annotations

import math
from collections.abc import Iterable

from archreview.engine.model import IN_PROCESS, Channel, Edge

FITS, TOLERABLE, MISFIT, UNDETERMINED = "fits", "tolerable", "misfit", "undetermined"

# Outcome -> what style fits, what is tolerable; styles whose cell hangs on a fact are judged by `_hangs_on_facts`.
_CELLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sync": (("request_response",), ("polling", "webhook", "request_reply")),
    "sync_guarded": (("polling", "webhook", "request_reply"), ()),
    "callback": (("webhook", "polling", "request_reply"), ("queue",)),
    "queue_and_poll": (("polling", "request_reply", "queue"), ()),
    "ordered_stream": (("stream",), ()),
    "pubsub": (("pubsub",), ("stream",)),
    "replayable_log": (("stream",), ("batch",)),
    "transactional_queue": ((), ()),
    "standard_queue": (("queue",), ("pubsub", "stream", "batch", "request_reply", "webhook")),
}


def fit(outcomes: Iterable[str], edge: Edge, family: str | None, channel: Channel | None) -> str:
    """
    Judge the edge by the outcomes still possible: fits, tolerable or misfit where all agree, else undetermined.

    An in-process edge fits whatever the outcome.
    """
    if family == IN_PROCESS:
        return FITS
    if family is None:
        return UNDETERMINED
    cells = {cell(outcome, edge, channel)[0] for outcome in outcomes}
    return cells.pop() if len(cells) == 1 else UNDETERMINED


def cell(outcome: str, edge: Edge, channel: Channel | None) -> tuple[str, tuple[str, ...]]:
    """
    Judge the edge's style by one outcome, and name the unknown facts where they leave it undetermined.

    The facts are the edge's, but `ordering`, which is the channel's; the edge's style is known.
    """
    hanging = _hangs_on_facts(outcome, edge, channel)
    if hanging is not None:
        return hanging
    fits, tolerable = _CELLS[outcome]
    if edge.style in fits:
        return FITS, ()
    return (TOLERABLE, ()) if edge.style in tolerable else (MISFIT, ())


def _hangs_on_facts(outcome: str, edge: Edge, channel: Channel | None) -> tuple[str, tuple[str, ...]] | None:
    style = edge.style
    if outcome == "sync_guarded" and style == "request_response":
        has_timeout = None if edge.timeout_ms is None else not math.isinf(edge.timeout_ms)
        guards = {"circuit_breaker": edge.circuit_breaker, "timeout_ms": has_timeout, "fallback": edge.fallback}
        if False in guards.values():
            return TOLERABLE, ()
        missing = tuple(name for name, there in guards.items() if there is None)
        return (UNDETERMINED, missing) if missing else (FITS, ())
    if outcome == "queue_and_poll" and style == "request_response":
        if edge.timeout_ms is None:
            return UNDETERMINED, ("timeout_ms",)
        return (MISFIT if math.isinf(edge.timeout_ms) else TOLERABLE), ()
    if outcome == "ordered_stream" and style in ("queue", "pubsub"):
        if channel is None:
            return UNDETERMINED, ("channel",)
        if channel.ordering is None:
            return UNDETERMINED, ("ordering",)
        return {"per_entity": FITS, "global": TOLERABLE, "none": MISFIT}[channel.ordering], ()
    if outcome == "transactional_queue" and style in ("queue", "stream"):
        if edge.delivery == "exactly_once" or edge.idempotent:
            return FITS, ()
        missing = tuple(name for name in ("delivery", "idempotent") if getattr(edge, name) is None)
        return (UNDETERMINED, missing) if missing else (TOLERABLE, ())
    return None
