"""
Which unknown facts keep a computed name unknown.

Each answer is a tuple of (kind, id, fact): whom to ask, and for what. A fact that is known, but is no evidence (a
latency that was not measured at peak), is nobody's open question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from archreview.engine.facts import Missing
from archreview.engine.fit import cell
from archreview.engine.flows import PASSING, Place, foreground
from archreview.engine.index import Arc, Index
from archreview.engine.model import ASYNCHRONOUS, HAND_OFF, SYNCHRONOUS, Flow

if TYPE_CHECKING:
    from archreview.engine.edges import Judged
    from archreview.engine.paths import Graph

_FAMILY_NAMES = ("family", "is_synchronous", "is_hand_off", "is_asynchronous", "is_in_process", "is_call")


def unique(missing: Iterable[tuple[str, str, str]]) -> Missing:
    """Give each triple once, in the order met."""
    return tuple(dict.fromkeys(missing))


def family_fact(arc: Arc) -> tuple[str, str, str]:
    """Give the fact that would settle the family of an edge in chains."""
    return ("edge", arc.edge.id, "style" if arc.family is None else "waits_for_reply")


def peak_latency_facts(arc: Arc) -> Missing:
    """Give what is missing for an edge's own P99 at peak; nothing where it is known on another basis."""
    if arc.peak_ms is not None:
        return ()
    if arc.edge.latency_p99_ms is None:
        return (("edge", arc.edge.id, "latency_p99_ms"),)
    return (("edge", arc.edge.id, "latency_basis"),) if arc.edge.latency_basis is None else ()


def missing_below(graph: Graph) -> list[Missing]:
    """
    Give, per service, the nearest facts that keep the latency below it unknown.

    Nearest: those of its own calls; where these are known, those of the first callee that lacks any.
    """
    found: list[Missing] = [()] * graph.size
    for part in graph.parts:
        for node in part:
            facts: list[tuple[str, str, str]] = [family_fact(arc) for arc in graph.maybe[node]]
            for arcs in (graph.passing[node], graph.handing[node]):
                for arc in arcs:
                    if arc.peak_ms is None:
                        facts.extend(peak_latency_facts(arc))
            if not facts:
                for arc in graph.passing[node]:
                    if found[arc.target]:
                        found[node] = found[arc.target]
                        break
            else:
                found[node] = unique(facts)
    return found


def asks_of_edge(name: str, judged: Judged, callers: Sequence[Arc], below: Sequence[Missing]) -> Missing:
    """Give the unknown facts that a computed name of an edge rests on."""
    arc = judged.arc
    edge = arc.edge
    if name in _FAMILY_NAMES:
        return (("edge", edge.id, "style"),)
    if name == "is_side_effect":
        return (("edge", edge.id, "purpose"),)
    if name == "latency_at_peak":
        return (("edge", edge.id, "latency_p99_ms"),)
    if name == "caller_timeout_ms":
        return tuple(("edge", caller.edge.id, "timeout_ms") for caller in callers if caller.edge.timeout_ms is None)
    if name == "effective_latency_ms":
        return unique((*peak_latency_facts(arc), *(() if arc.to_datastore else below[arc.target])))
    questions = {
        "matrix_verdict": (judged.matrix.next_question,),
        "tree_outcome": (judged.tree.next_question,),
        "agreement": (judged.matrix.next_question, judged.tree.next_question),
    }
    if name in questions:
        return tuple(("edge", edge.id, f"answers.{question}") for question in questions[name] if question)
    if name == "fit":
        return _asks_of_fit(judged)
    if name in ("technology", "technology_class", "technology_verdict"):
        return _asks_of_technology(name, judged)
    return ()


def _asks_of_fit(judged: Judged) -> Missing:
    edge = judged.arc.edge
    if judged.arc.family is None:
        return (("edge", edge.id, "style"),)
    if judged.tree.next_question:
        return (("edge", edge.id, f"answers.{judged.tree.next_question}"),)
    channel = judged.facts.channel
    facts = cell(judged.tree.possible[0], edge, channel.model if channel else None)[1]
    return tuple(
        ("channel", channel.model.id, fact) if fact == "ordering" and channel else ("edge", edge.id, fact)
        for fact in facts
    )


def _asks_of_technology(name: str, judged: Judged) -> Missing:
    edge, channel = judged.arc.edge, judged.facts.channel
    if judged.arc.family is None:
        return (("edge", edge.id, "style"),)
    if judged.arc.family != ASYNCHRONOUS:
        return ()
    if judged.facts.technology is None:
        return (("channel", channel.model.id, "technology"),) if channel else (("edge", edge.id, "technology"),)
    if name != "technology_verdict" or judged.facts.technology_class is None:
        return ()
    answers = judged.facts.answers
    keys = ("fan_out", "replay_needed", "order_matters")
    return tuple(("edge", edge.id, f"answers.{key}") for key in keys if getattr(answers, key) is None)


def _possible_calls(places: Iterable[Place]) -> Iterable[Arc]:
    """Yield the edges of unknown family that could be counted calls of a user's request."""
    for place in places:
        arc = place.arc
        if arc is not None and arc.chain is None:
            yield arc
        if place.passes or (arc is not None and arc.chain is None):
            yield from _possible_calls(place.below)


def asks_of_flow(name: str, flow: Flow, places: Sequence[Place], index: Index) -> Missing:
    """Give the unknown facts that a computed name of a flow rests on."""
    if name == "within_rule":
        return unique(family_fact(arc) for arc in _possible_calls(places) if arc.weight_at_most)
    if name == "over_budget":
        return unique(_latency_facts(flow, places, index)) if flow.latency_budget_ms is not None else ()
    if name == "waits_for_ever":
        return unique(_wait_facts(places))
    if name == "below_target":
        return unique(_availability_facts(flow, places, index))
    return ()


def _latency_facts(flow: Flow, places: Sequence[Place], index: Index) -> Iterable[tuple[str, str, str]]:
    if index.services[index.number[flow.entry]].latency_p99_ms is None:
        yield ("service", flow.entry, "latency_p99_ms")
    for arc in foreground(places):
        if arc.chain is None:
            yield family_fact(arc)
        elif arc.chain in PASSING and arc.own_ms is None:
            yield ("edge", arc.edge.id, "latency_p99_ms")
        elif arc.chain == HAND_OFF and arc.edge.handover_p99_ms is None:
            yield ("edge", arc.edge.id, "handover_p99_ms")


def _wait_facts(places: Iterable[Place]) -> Iterable[tuple[str, str, str]]:
    for place in places:
        arc = place.arc
        if arc is not None and arc.chain is None:
            yield family_fact(arc)
        elif arc is not None and arc.chain in (SYNCHRONOUS, HAND_OFF):
            if arc.edge.timeout_ms is None:
                yield ("edge", arc.edge.id, "timeout_ms")
        elif place.passes:
            yield from _wait_facts(place.below)


def _availability_facts(flow: Flow, places: Iterable[Place], index: Index) -> Iterable[tuple[str, str, str]]:
    if index.services[index.number[flow.entry]].availability is None:
        yield ("service", flow.entry, "availability")
    yield from _needed_facts(places, index)


def _needed_facts(places: Iterable[Place], index: Index) -> Iterable[tuple[str, str, str]]:
    for place in places:
        arc = place.arc
        if arc is None:
            yield from _needed_facts(place.below, index)
            continue
        if arc.edge.fallback:
            continue
        if arc.edge.fallback is None:
            yield ("edge", arc.edge.id, "fallback")
        if arc.chain is None:
            yield family_fact(arc)
        elif arc.chain in (*PASSING, HAND_OFF):
            callee = index.services[arc.target]
            if callee.availability is None:
                yield ("service", callee.id, "availability")
            if arc.chain in PASSING:
                yield from _needed_facts(place.below, index)
