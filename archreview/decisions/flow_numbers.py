"""The numbers of a flow in words and tables: its calls, its latency, its availability, and what changes of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from archreview.decisions.ground import Ground
from archreview.decisions.prose import counted, first_few, milliseconds, number, percent, quoted, table
from archreview.engine.flows import exceeds
from archreview.engine.model import ASYNCHRONOUS, HAND_OFF, IN_PROCESS, SYNCHRONOUS, Flow
from archreview.engine.results import FlowReview, StepReview

MOST_CALLS = 12
MOST_TERMS = 6
MOST_TIMES = 9
HOURS_OF_A_YEAR = 8_760


def calls_table(ground: Ground, review: FlowReview, *, here: Mapping[str, str]) -> str:
    """
    The calls of a flow in order, the first dozen, below the entry's own work where its time is known; `here` says of
    some edges what a reader should see.
    """
    rows = []
    if review.entry_latency_ms is not None:
        own = milliseconds(review.entry_latency_ms)
        rows.append(("–", f"{ground.name_of(review.entry)} itself", "–", "own work", own))
    for place in review.places[:MOST_CALLS]:
        edge = ground.edges[place.edge]
        called = f"{ground.name_of(edge.source)} → {ground.name_of(edge.target)}"
        name = quoted(edge.name) if edge.name and edge.name != edge.id else ""
        own = milliseconds(place.own_ms) if place.own_ms is not None else "not known"
        note = f" ({here[edge.id]})" if edge.id in here else ""
        rows.append((_position(place), f"{called}{note}", name or "–", _how(place), own))
    more = len(review.places) - MOST_CALLS
    header = ("No.", "Call", "For", "How", "Own time (P99)")
    text = table(header, rows, right=frozenset({4}))
    return f"{text}\n\n{number(more)} more calls follow." if more > 0 else text


def _position(place: StepReview) -> str:
    return f"{place.number}{', over' if place.over else ''}" if place.number else "–"


def _how(place: StepReview) -> str:
    words = {
        SYNCHRONOUS: "synchronous",
        HAND_OFF: "handed over",
        ASYNCHRONOUS: "asynchronous",
        IN_PROCESS: "in process",
        None: "not known",
    }
    how = words[place.family]
    if place.parallel is not None:
        how = f"{how}, side by side"
    return how if place.foreground else f"{how}, in the background"


def latency_of_flow(flow: Flow, review: FlowReview) -> str:
    """One sentence: how long the flow takes, the sum behind it, and its budget; empty where nothing is known."""
    if not review.latency_p99_ms:
        return ""
    f = quoted(flow.name or flow.id)
    terms = _terms(review)
    arithmetic = f" ({' + '.join(number(term, digits=1) for term in terms)})" if terms else ""
    total = milliseconds(review.latency_p99_ms)
    estimate = f"{f} takes an estimated {total}{arithmetic}"
    if not review.latency_complete:
        unknown = len(review.unknown_latency_edges)
        missing = f"; the time of {counted(unknown, 'call')} is not known" if unknown else "; not every time is known"
        estimate = f"{f} takes {total} at least{arithmetic}{missing}"
    budget = flow.latency_budget_ms
    if budget is None:
        return f"{estimate}."
    if review.over_budget is None:
        return f"{estimate}. Its budget is {milliseconds(budget)}."
    return f"{estimate}, {'over' if review.over_budget else 'within'} its budget of {milliseconds(budget)}."


def _terms(review: FlowReview) -> list[float]:
    """The times that add up to the flow's, where they simply do and are few."""
    foreground = [place for place in review.places if place.foreground]
    if any(place.parallel is not None for place in foreground):
        return []
    terms = [review.entry_latency_ms or 0, *(place.own_ms or 0 for place in foreground)]
    terms = [term for term in terms if term]
    simple = 2 <= len(terms) <= MOST_TIMES and math.isclose(sum(terms), review.latency_p99_ms)
    return terms if simple else []


def availability(ground: Ground, review: FlowReview) -> str:
    """One sentence: what must be up at the same time, and the product; empty where it is one thing alone."""
    factors = [(value, assumed) for _, value, assumed in review.availability_groups]
    factors += [(value, False) for _, value in review.availability_channels]
    if len(factors) < 2:
        return ""
    product = percent(review.availability)
    groups = [service for services, _, _ in review.availability_groups for service in services]
    names = first_few([ground.name_of(service) for service in groups], most=MOST_TERMS)
    guessed = [services for services, _, assumed in review.availability_groups if assumed]
    note = ""
    if guessed:
        default = percent(ground.catalog.default_availability)
        of = first_few([ground.name_of(services[0]) for services in guessed])
        whom = "each of them" if len(guessed) == len(factors) else of
        note = f" For {whom} nobody has stated an availability, and {default} is assumed."
    note += _may_be_down(ground, review, groups)
    if len(factors) > MOST_TERMS:
        return f"It needs {names} to be up at the same time: {product}.{note}"
    arithmetic = " × ".join(percent(value) for value, _ in factors)
    return f"It needs {names} to be up at the same time: {arithmetic} = {product}.{note}"


def _may_be_down(ground: Ground, review: FlowReview, needed: list[str]) -> str:
    """That some services are called and yet not needed, since whoever calls them has another answer."""
    edges = [ground.edges[place.edge] for place in review.places if place.foreground and place.family == SYNCHRONOUS]
    spared = [edge.target for edge in edges if edge.fallback and edge.target not in needed]
    if not spared:
        return ""
    names = first_few([ground.name_of(service) for service in dict.fromkeys(spared)])
    return f" {names} may be down: there is a fallback for {'it' if len(set(spared)) == 1 else 'them'}."


def left_by_dependencies(review: FlowReview) -> float | None:
    """The availability in percent that is left at best by what the entry waits for; None where nothing is stated."""
    needed = _needed(review)
    return math.prod(value / 100 for value in needed) * 100 if needed else None


def _needed(review: FlowReview) -> list[float]:
    groups = review.availability_groups
    return [value for services, value, assumed in groups if review.entry not in services and not assumed]


def breaks_its_promise(ground: Ground, review: FlowReview) -> bool:
    """Whether the entry promises more than what it needs leaves it."""
    promise, left = ground.services[review.entry].availability, left_by_dependencies(review)
    return bool(review.below_target) and promise is not None and left is not None and exceeds(promise, left)


def promises(ground: Ground, flow: Flow, review: FlowReview) -> str:
    """What was promised of the flow's availability, and whether it can be kept; empty where nothing was."""
    sentences = []
    target, entry = flow.availability_target, ground.name_of(flow.entry)
    if target is not None:
        kept = "missed" if exceeds(target, review.availability) else "kept"
        guess = ", if what is assumed is so" if kept == "missed" and not review.below_target else ""
        sentences.append(f"Its target of {percent(target)} is {kept}{guess}.")
    left = left_by_dependencies(review)
    if left is not None and breaks_its_promise(ground, review):
        needed = _needed(review)
        arithmetic = f" ({' × '.join(percent(value) for value in needed)})" if 1 < len(needed) <= MOST_TERMS else ""
        promise = percent(ground.services[flow.entry].availability or 0)
        sentences.append(
            f"{entry} promises to be up for {promise} of the time, and what it waits for leaves {percent(left)} at "
            f"best{arithmetic}, however well {entry} itself runs: the promise cannot be kept."
        )
    return " ".join(sentences)


def latency_of(flow: FlowReview) -> str:
    """The flow's latency as a table's cell."""
    if flow.latency_complete:
        return milliseconds(flow.latency_p99_ms)
    return f"{milliseconds(flow.latency_p99_ms)} and more" if flow.latency_p99_ms else "not known"


def hours_down(availability: float, days: int | None = None) -> str:
    """What a percentage means: in about how many hours of a year, or of so many days from now, it fails."""
    whole = HOURS_OF_A_YEAR if days is None else 24 * days
    span = "of a year" if days is None else "until then"
    return f"of the {whole:,} hours {span} it fails in {number((100 - availability) / 100 * whole, digits=1)}"


def longest_wait(flow: FlowReview) -> str:
    """How long a user can be kept waiting when services hang, as a table's cell."""
    if flow.waits_for_ever:
        return "for ever"
    if flow.worst_wait_ms == 0:
        return "none"
    if flow.worst_wait_ms is None:
        return f"{milliseconds(flow.worst_wait_at_least_ms)} or more" if flow.worst_wait_at_least_ms else "not known"
    return milliseconds(flow.worst_wait_ms)


def measures_of(ground: Ground, flow: Flow, today: FlowReview, later: FlowReview) -> Iterator[tuple[str, str, str]]:
    """
    The flow's numbers, today and later, each with what is allowed or was promised: those that differ, and those that
    miss it today.
    """
    f, entry = quoted(flow.name or flow.id), ground.name_of(flow.entry)
    if today.sync_calls != later.sync_calls:
        limit = f" (at most {number(today.limit)})" if flow.user_facing else ""
        yield f"Sequential synchronous calls of {f}{limit}", number(today.sync_calls), number(later.sync_calls)
    budget = flow.latency_budget_ms
    if today.latency_p99_ms != later.latency_p99_ms or today.over_budget:
        most = f"; budget {milliseconds(budget)}" if budget is not None else ""
        yield f"Latency of {f} (P99, estimate{most})", latency_of(today), latency_of(later)
    target = flow.availability_target
    if today.availability != later.availability or (target is not None and exceeds(target, today.availability)):
        least = f" (target {percent(target)})" if target is not None else ""
        yield f"Availability of {f}{least}", percent(today.availability), percent(later.availability)
    if breaks_its_promise(ground, today) and _left(today) != _left(later):
        promise = percent(ground.services[flow.entry].availability or 0)
        yield f"What {entry} waits for is up (it promises {promise})", _left(today), _left(later)
    if (today.waits_for_ever, today.worst_wait_ms) != (later.waits_for_ever, later.worst_wait_ms):
        yield f"Longest wait in {f} when services hang", longest_wait(today), longest_wait(later)
    if len(today.needs) != len(later.needs):
        yield f"Services that must be up for {f}", number(len(today.needs)), number(len(later.needs))


def _left(review: FlowReview) -> str:
    left = left_by_dependencies(review)
    return percent(left) if left is not None else "needs nobody"


def measures(f: str, today: FlowReview, later: FlowReview) -> Iterator[tuple[str, str, str]]:
    """Each number of the flow called `f` that differs: what it is, today, and later."""
    if today.sync_calls != later.sync_calls:
        yield f"Sequential synchronous calls of {f}", number(today.sync_calls), number(later.sync_calls)
    if today.latency_p99_ms != later.latency_p99_ms:
        yield f"Latency of {f} (P99, estimate)", latency_of(today), latency_of(later)
    if today.availability != later.availability:
        yield f"Availability of {f}", percent(today.availability), percent(later.availability)
    if (today.waits_for_ever, today.worst_wait_ms) != (later.waits_for_ever, later.worst_wait_ms):
        yield f"Longest wait in {f} when services hang", longest_wait(today), longest_wait(later)


def moved_behind(today: FlowReview, later: FlowReview) -> list[str]:
    """The edges that leave the foreground together with what is changed, in the order of the flow."""
    before, after = (Counter(place.edge for place in found.places if place.foreground) for found in (today, later))
    return [edge for edge in before if after[edge] < before[edge]]
