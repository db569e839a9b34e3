"""What speaks for and against each way, as far as it bears on one edge."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archreview.decisions.flow_numbers import moved_behind
from archreview.decisions.prose import counted, first_few, in_words, milliseconds, number, ordinal, percent
from archreview.decisions.situation import Situation
from archreview.decisions.ways import WAYS, Way, way_of_today
from archreview.engine.fact_tables import SIDE_EFFECTS, WRITING_PURPOSES
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS
from archreview.engine.results import FlowReview


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: it weighs Good, Neutral or Bad."""

    weight: str
    text: str

    def __str__(self) -> str:
        return f"{self.weight}, because {self.text}"


def arguments(situation: Situation, way: Way, flow: FlowReview | None, *, beyond: bool = False) -> list[Argument]:
    """
    The arguments for a way, the good ones first. `flow` holds the flow's numbers with this way.

    An argument is made only where a fact or a number of this edge bears it. With `beyond`, those that a message of this
    kind has beyond what all messages have that nobody waits for.
    """
    if beyond and is_message(way):
        return in_order(_of_the_messaging(situation, way))
    return in_order(_all(situation, way, flow))


def in_order(found: Iterable[Argument]) -> list[Argument]:
    """The arguments, the good ones first and the bad ones last."""
    return sorted(found, key=lambda argument: ("Good", "Neutral", "Bad").index(argument.weight))


def is_message(way: Way) -> bool:
    """Whether the way has what all messages have that nobody waits for: no waiting, bursts held back, repeats."""
    return way.key in ("queue", "fifo", "pubsub", "stream", "log")


def _all(situation: Situation, way: Way, flow: FlowReview | None) -> Iterator[Argument]:
    if way.key in ("direct", "guarded", "in_process"):
        yield from _of_a_call(situation, way)
    elif FAMILY_OF_STYLE[way.style] == ASYNCHRONOUS:
        yield from _of_a_message(situation, way)
    else:
        yield from _of_a_hand_over(situation, way)
    if flow is not None:
        yield from _of_the_flow(situation, way, flow)


def good(text: str) -> Argument:
    return Argument("Good", text)


def neutral(text: str) -> Argument:
    return Argument("Neutral", text)


def bad(text: str) -> Argument:
    return Argument("Bad", text)


def _of_a_call(situation: Situation, way: Way) -> Iterator[Argument]:
    s, t, fact = situation.s, situation.t, situation.fact
    if fact("needs_result"):
        yield good(f"{s} has the result of {t} before it goes on, which it needs")
    elif fact("immediate_feedback"):
        yield good("the user learns at once whether it worked")
    else:
        yield good("it is the simplest thing that works: one call, one error to handle, one trace to read")
    if fact("strong_consistency") or fact("eventual_consistency_ok") is False:
        if situation.edge.purpose in WRITING_PURPOSES:
            yield good("when the call succeeds, both sides agree from then on")
        else:
            yield good(f"{s} goes on with what {t} says at that moment: no copy of it is out of date")
    if way.key == "in_process":
        yield good(f"there is no network between {s} and {t} that could fail or be slow")
        yield bad(f"{s} and {t} are released, scaled and restarted together")
        return
    if way.key == "guarded":
        yield from _of_the_fallback(situation)
    elif situation.edge.fallback is not True or way_of_today(situation) == WAYS["guarded"]:
        yield bad(_fails_with_it(situation))
    yield from _of_the_timeout(situation)
    if situation.edge.purpose == "payment":
        yield bad(
            f"after a timeout {s} does not know whether the money moved: it has to ask {t}, or to repeat with a key by "
            "which the repeat is recognised"
        )
    if fact("needs_result") is False:
        yield bad(f"{s} waits for {t} without needing what it gives back")
    if situation.edge.spiky or fact("benefits_from_decoupling"):
        yield bad(f"every peak of {s} is a peak of {t}: the two can only scale together")
    if fact("fan_out") and not situation.is_asynchronous:
        yield bad(f"{s} must know and call every service that reacts, one more with each that comes")
    yield from _of_its_time(situation)


def _of_the_fallback(situation: Situation) -> Iterator[Argument]:
    s, t = situation.s, situation.t
    if situation.fact("callee_may_be_down") is False:
        yield bad(f"{s} cannot do without {t}: a poorer answer of its own would not do")
    else:
        yield good(f"{s} goes on while {t} is down")
        yield bad(f"while {t} is down, whoever waits gets a poorer answer")
    if situation.edge.fallback is True:
        yield bad(f"the answer that {s} gives without {t} has to be kept tested, or it fails when it is needed")
    else:
        yield bad(f"somebody has to say what {s} answers without {t}, and keep that answer tested")


def over_the_budget_when_hanging(situation: Situation) -> tuple[float, float] | None:
    """How long the caller waits in all, and the flow's budget, in ms, where the one leaves nothing of the other."""
    timeout, flow = situation.edge.timeout_ms, situation.flow
    if timeout is None or math.isinf(timeout) or flow is None or flow.latency_budget_ms is None:
        return None
    waits = timeout * ((situation.edge.retries or 0) + 1)
    return (waits, flow.latency_budget_ms) if waits >= flow.latency_budget_ms else None


def _of_the_timeout(situation: Situation) -> Iterator[Argument]:
    found = over_the_budget_when_hanging(situation)
    if found is not None:
        waits, budget = (milliseconds(time) for time in found)
        s, t = situation.s, situation.t
        yield bad(f"when {t} hangs, {situation.f} misses its budget of {budget}: {s} gives up only after {waits}")


def _fails_with_it(situation: Situation) -> str:
    s, t, timeout = situation.s, situation.t, situation.edge.timeout_ms
    radius = next(found.blast_radius for found in situation.review.services if found.id == situation.target.id)
    others = [
        situation.name_of(id_) for id_ in radius.services.ids if id_ not in (situation.source.id, situation.target.id)
    ]
    with_it = f", and with it {first_few(others, most=4)}" if others else ""
    fails = f"{s} fails whenever {t} does{with_it}"
    if timeout is None:
        return f"{fails}; nobody has said how long {s} waits before it gives up"
    if math.isinf(timeout):
        return f"{fails}; as long as there is no timeout, {s} also hangs when {t} hangs"
    waits = milliseconds(timeout * ((situation.edge.retries or 0) + 1))
    return f"{fails}, after {waits} at the latest"


def fails_unseen(situation: Situation, way: Way) -> bool:
    """Whether a failure that the caller sees today would show only after it has gone on."""
    purpose = situation.edge.purpose
    harmless = purpose in SIDE_EFFECTS or purpose == "read"
    return is_message(way) and situation.judged.family == SYNCHRONOUS and not harmless


def _of_its_time(situation: Situation) -> Iterator[Argument]:
    edge, took = situation.edge, situation.judged.effective_latency_ms
    p50, p99 = edge.latency_p50_ms, edge.latency_p99_ms
    if p50 is not None and p99 is not None and p99 >= 10 * p50:
        yield bad(
            f"its time varies widely: half of the calls are done within {milliseconds(p50)}, and one in a hundred "
            f"takes {milliseconds(p99)} or more"
        )
    elif took is not None and took >= 1000:
        yield bad(f"{situation.s} holds a thread and the user for {milliseconds(took)} at P99")
    elif situation.fact("long_running"):
        yield bad(f"{situation.s} holds a thread and the user as long as the work takes")


def _of_a_message(situation: Situation, way: Way) -> Iterator[Argument]:
    s, t, fact, edge = situation.s, situation.t, situation.fact, situation.edge
    if way.key == "request_reply":
        yield good(f"{s} gets the result of {t}, and {t} may be late or restart meanwhile")
        yield bad("requests and replies have to be matched, and lost replies noticed")
        return
    if way.key == "batch":
        yield good("large amounts pass at once, at a time when nobody waits")
        yield bad("everything that arrives is as old as the last run")
        if edge.all_or_nothing:
            yield bad("one failing source fails the whole run")
        if edge.delay_hurts:
            yield bad("a delay of hours does harm here")
        return
    yield good(f"{s} goes on as soon as the message is stored, and {t} may be down meanwhile")
    if edge.style == "batch":
        yield good(f"{t} has what it needs soon after it arises, no longer only after a run")
    if edge.spiky or fact("benefits_from_decoupling"):
        where = {"stream": "in the log", "pubsub": "at the broker"}.get(way.style, "in the queue")
        yield good(f"bursts wait {where} until {t} gets to them")
    if fact("needs_result"):
        yield bad(f"{s} needs the result of {t} in order to go on, and a message brings none back")
    if fact("immediate_feedback"):
        yield bad("the user learns only later whether it worked, and has to be shown that it is on its way")
    if fact("strong_consistency") or fact("eventual_consistency_ok") is False:
        yield bad(f"for a moment {s} has changed and {t} has not")
    if situation.judged.family == SYNCHRONOUS:
        yield bad(f"what {t} does is done later than today, by as long as the message waits")
    if fails_unseen(situation, way):
        yield bad(
            f"when {situation.operation} fails, {s} has gone on already: somebody has to be told, and what was done "
            "meanwhile undone"
        )
    yield from _of_the_messaging(situation, way)
    if edge.idempotent is False and way.key != "fifo":
        yield bad(f"a message can arrive twice, and {t} does not recognise repeats today")
    elif edge.idempotent is None and way.key != "fifo":
        harm = ", and money moves twice where it does not" if edge.purpose == "payment" else ""
        yield bad(f"a message can arrive twice, and nobody has said that {t} recognises repeats{harm}")
    if situation.is_asynchronous and way.style == edge.style:
        yield bad("what carries the messages has to be run and watched, and what it sets aside worked off")
    if not situation.is_asynchronous:
        yield bad(
            "where a message is, and what became of it, has to be made visible: depth or lag, dead letters, traces"
        )


def _of_the_messaging(situation: Situation, way: Way) -> Iterator[Argument]:
    fact, t = situation.fact, situation.t
    ordered, replayed, fanned = fact("order_matters"), fact("replay_needed"), fact("fan_out")
    if way.key in ("queue", "fifo"):
        if fanned:
            yield bad("each further consumer needs a queue of its own, and the producer must know of it")
        elif fanned is False:
            yield good(f"{t} alone reacts, and a queue is all that one consumer needs")
        elif way.key == "queue":
            yield bad(f"it is the wrong choice if further services must react, and nobody has said that {t} alone does")
        if ordered and way.key == "queue":
            yield bad("a standard queue may hand messages over out of order, and the order matters here")
        if ordered and way.key == "fifo":
            yield good("it keeps the order within each group of messages")
        if replayed:
            yield bad("a message is gone once it is processed, and past messages must be there to be read again")
        if fact("exactly_once") and way.key == "fifo":
            yield good("repeats within its window are dropped, which the genuine need for exactly-once asks for")
        if way.key == "fifo" and not fact("exactly_once"):
            yield good("repeats within its window are dropped by the queue itself")
        if way.key == "fifo" and fact("exactly_once") is False:
            yield bad("it costs throughput and care for a guarantee that nobody here needs")
        if way.key == "fifo" and fact("exactly_once") is None:
            yield neutral("it pays off only if exactly-once is a genuine requirement, which nobody has said")
        return
    if way.key == "pubsub":
        if fanned:
            yield good(f"a further consumer subscribes without a change in {situation.s}")
        elif fanned is False:
            yield neutral(f"{t} alone reacts: the topic buys only the freedom to add others later")
        else:
            yield neutral("it pays off only if several independent services react, which nobody has said")
        if ordered:
            yield bad("the order of messages about one entity is not kept")
        if replayed:
            yield bad("what was published before a consumer came is not there for it")
        return
    if way.key == "stream" and ordered is None:
        yield neutral("it pays off only if the order of messages matters, which nobody has said")
    if way.key == "log" and replayed is None:
        yield neutral("it pays off only if past messages must be read again, which nobody has said")
    if fanned:
        yield good("each consumer reads with a group of its own, at its own pace")
    if ordered:
        yield good("events about one entity stay in order within their partition")
    if replayed:
        yield good("past events can be read again, by a new consumer or after a mended fault")
    if not (fanned or ordered or replayed) and None not in (fanned, ordered, replayed):
        yield bad(
            "partitions, retention, groups and lag are to be run for one consumer that needs neither order nor replay"
        )
    else:
        yield bad("partitions, retention, consumer groups and lag have to be understood and run")


def _of_a_hand_over(situation: Situation, way: Way) -> Iterator[Argument]:
    s, t, fact = situation.s, situation.t, situation.fact
    yield good(f"{s} answers as soon as {t} has accepted the work, however long that takes")
    yield bad("the result itself comes no sooner than today")
    yield bad(
        f"{t} still has to be up to accept the work: while it is down, {s} fails with it, unless it can do without"
    )
    if fact("strong_consistency") or fact("eventual_consistency_ok") is False:
        yield bad("until the result is there the two sides may differ, which the answers do not allow")
    if fact("immediate_feedback"):
        yield good("the user knows at once that it is on its way, and can see how far it is once there is a status")
    if fact("needs_result"):
        if fact("can_poll") is False:
            yield bad(f"{s} can neither poll nor be called back, so the front end has to ask for the result")
        else:
            yield good(f"{s} still gets the result of {t} when it is there")
    elif fact("needs_result") is False:
        yield neutral(f"{s} can go on without the result, so the way back is more than it needs")
    if way.key == "callback":
        yield bad(
            f"the callback is an interface of its own: authenticated, retried, with an expiry, and {s} keeps the state "
            "until it comes"
        )
    else:
        yield bad("somebody has to build the status that is asked for, and keep results until they are fetched")
    if way.key == "hybrid":
        yield bad(
            f"what can be said without {t} has to be told apart from what follows, and the user shown that it does"
        )


def _of_the_flow(situation: Situation, way: Way, flow: FlowReview) -> Iterator[Argument]:
    """What the way does to the numbers of the flow, compared with today's."""
    today = situation.flow_review
    if today is None:
        return
    f = situation.f
    yield from _of_what_is_behind(situation, flow)
    if flow.user_facing and flow.within_rule is False:
        position = _position(situation, flow)
        over = f"; this is the {ordinal(position)}" if position and position > flow.limit else ""
        yield bad(
            f"{f} makes {counted(flow.sync_calls, 'sequential synchronous call')} with it, "
            f"where {counted(flow.limit, 'is', 'are')} allowed{over}"
        )
    elif flow.user_facing and today.within_rule is False and flow.within_rule:
        calls = counted(flow.sync_calls, "sequential synchronous call")
        yield good(f"{f} keeps its limit of {in_words(flow.limit)}: it makes {calls}")
    if flow.latency_p99_ms > today.latency_p99_ms:
        budget_ms = situation.flow.latency_budget_ms if situation.flow else None
        of_its = f", of a budget of {milliseconds(budget_ms)}" if budget_ms is not None else ""
        took = f"from {milliseconds(today.latency_p99_ms)} to {milliseconds(flow.latency_p99_ms)}"
        ends = (
            ": today's ends when the message is stored, and the result comes later" if situation.is_asynchronous else ""
        )
        yield bad(f"the latency of {f} rises {took}{of_its}{ends}")
    if flow.availability - today.availability >= 0.01:
        yield good(f"the availability of {f} rises from {percent(today.availability)} to {percent(flow.availability)}")
    elif today.availability - flow.availability >= 0.01:
        yield bad(f"the availability of {f} falls from {percent(today.availability)} to {percent(flow.availability)}")
    budget = situation.flow.latency_budget_ms if situation.flow else None
    if flow.over_budget and budget is not None:
        still = "takes" if way.style == situation.edge.style else "still takes"
        estimate, least = (" an estimated", "") if flow.latency_complete else ("", " at least")
        times = flow.latency_p99_ms / budget
        over = f"{number(times, digits=0)} times" if times >= 2 else "over"
        took = milliseconds(flow.latency_p99_ms)
        yield bad(f"{f} {still}{estimate} {took}{least}, {over} its budget of {milliseconds(budget)}")
    elif today.over_budget and flow.over_budget is False:
        yield good(f"{f} comes down to {milliseconds(flow.latency_p99_ms)} and keeps its budget")
    handed_over = FAMILY_OF_STYLE[way.style] == HAND_OFF  # then the result is still to come when the user has an answer
    if (
        not handed_over
        and today.latency_p99_ms > flow.latency_p99_ms > 0
        and not (today.over_budget and flow.over_budget is False)
    ):
        falls = f"from {milliseconds(today.latency_p99_ms)} to {milliseconds(flow.latency_p99_ms)}"
        yield good(f"the user's wait in {f} falls {falls}" if flow.user_facing else f"{f} takes less time, {falls}")


def _of_what_is_behind(situation: Situation, flow: FlowReview) -> Iterator[Argument]:
    """The calls that leave the foreground together with this one: somebody may have waited for one of them."""
    moved = _moved_behind(situation, flow)
    if not moved:
        return
    names = [situation.name_of_edge(id_) for id_ in moved]
    verb = "goes" if len(names) == 1 else "go"
    yield bad(f"{counted(len(names), 'call')} behind it {verb} to the background with it: {first_few(names)}")
    awaited = awaited_behind(situation, flow)
    if awaited:
        them = "it" if len(awaited) == 1 else "them"
        yield bad(
            f"the user needs to know at once how {first_few(awaited)} went, and would not: first take {them} out from "
            f"behind {situation.t}"
        )


def awaited_behind(situation: Situation, flow: FlowReview | None) -> list[str]:
    """The names of the calls that would go to the background although the user waits for them."""
    moved = _moved_behind(situation, flow) if flow is not None else []
    return [situation.name_of_edge(id_) for id_ in moved if situation.edges[id_].answers.immediate_feedback]


def _moved_behind(situation: Situation, flow: FlowReview) -> list[str]:
    today = situation.flow_review
    return moved_behind(today, flow) if today is not None else []


def _position(situation: Situation, flow: FlowReview) -> int | None:
    numbers = [place.number for place in flow.places if place.edge == situation.edge.id and place.number]
    return max(numbers, default=None)
