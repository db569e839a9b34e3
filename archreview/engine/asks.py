"""
Which unknown facts keep a computed name unknown.

Each answer is a tuple of (kind, id, fact): whom to ask, and for what. A fact that is known, but is no evidence (a
latency that was not measured at peak), is nobody's open question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archreview.engine.facts import Missing
from archreview.engine.fit import cell
from archreview.engine.flows import PASSING, Place, foreground
from archreview.engine.index import Arc, Index
from archreview.engine.model import ASYNCHRONOUS, HAND_OFF, SYNCHRONOUS, Answers, Channel, Flow
from archreview.engine.results import MatrixResult, TreeResult

if TYPE_CHECKING:
    from archreview.engine.paths import Graph

_FAMILY_NAMES = ("family", "is_synchronous", "is_hand_off", "is_asynchronous", "is_in_process", "is_call")
_TECHNOLOGY_FACTS = ("fan_out", "replay_needed", "order_matters")


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


class EdgeBasis(NamedTuple):
    """What the computed names of an edge rest on; `callers` are the synchronous edges into its source."""

    arc: Arc
    matrix: MatrixResult
    tree: TreeResult
    channel: Channel | None
    technology: str | None
    technology_class: str | None
    answers: Answers
    callers: Sequence[Arc]
    below: Sequence[Missing]


def asks_of_edge(basis: EdgeBasis, name: str) -> Missing:
    """Give the unknown facts that a computed name of an edge rests on."""
    arc = basis.arc
    id_ = arc.edge.id
    if name in _FAMILY_NAMES:
        return (("edge", id_, "style"),)
    if name == "is_side_effect":
        return (("edge", id_, "purpose"),)
    if name == "latency_at_peak":
        return (("edge", id_, "latency_p99_ms"),)
    if name == "effective_latency_ms":
        return unique((*peak_latency_facts(arc), *(() if arc.to_datastore else basis.below[arc.target])))
    if name == "matrix_verdict":
        return _questions(id_, basis.matrix.next_question)
    if name == "tree_outcome":
        return _questions(id_, basis.tree.next_question)
    if name == "agreement":
        return _questions(id_, basis.matrix.next_question, basis.tree.next_question)
    if name == "fit":
        return _asks_of_fit(basis)
    if name == "caller_timeout_ms":
        return tuple(
            ("edge", caller.edge.id, "timeout_ms") for caller in basis.callers if caller.edge.timeout_ms is None
        )
    if name in ("technology", "technology_class", "technology_verdict"):
        return _asks_of_technology(name, basis)
    return ()


def _questions(id_: str, *keys: str | None) -> Missing:
    return tuple([("edge", id_, f"answers.{key}") for key in keys if key])


def _asks_of_fit(basis: EdgeBasis) -> Missing:
    edge = basis.arc.edge
    if basis.arc.family is None:
        return (("edge", edge.id, "style"),)
    if basis.tree.next_question:
        return _questions(edge.id, basis.tree.next_question)
    facts = cell(basis.tree.possible[0], edge, basis.channel)[1]
    return tuple(
        ("channel", basis.channel.id, fact) if fact == "ordering" and basis.channel else ("edge", edge.id, fact)
        for fact in facts
    )


def _asks_of_technology(name: str, basis: EdgeBasis) -> Missing:
    edge, channel = basis.arc.edge, basis.channel
    if basis.arc.family is None:
        return (("edge", edge.id, "style"),)
    if basis.arc.family != ASYNCHRONOUS:
        return ()
    if basis.technology is None:
        return (("channel", channel.id, "technology"),) if channel else (("edge", edge.id, "technology"),)
    if name != "technology_verdict" or basis.technology_class is None:
        return ()
    return _questions(edge.id, *[key for key in _TECHNOLOGY_FACTS if getattr(basis.answers, key) is None])


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
