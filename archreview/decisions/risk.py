"""What it costs to leave findings as they are, in numbers, and what should make somebody look at them again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from archreview.decisions.finding_situation import FindingSituation
from archreview.decisions.flow_numbers import hours_down, latency_of
from archreview.decisions.ground import flow_in
from archreview.decisions.prose import all_of, counted, escaped, first_few, milliseconds, percent, quoted
from archreview.engine.model import HAND_OFF, SYNCHRONOUS
from archreview.engine.results import FlowReview


def cost_of_waiting(situation: FindingSituation, days: int | None = None) -> Iterator[str]:
    """
    The costs as clauses, at least one; for a year, or for so many days from today.

    Of the numbers of a flow those are costs that the best change would make better: the others stay anyhow.
    """
    costs = (*_of_the_flow(situation, days), *_of_the_edge(situation, days))
    yield from costs
    rule = situation.rules[0]
    first = re.split(r"(?<=[.;]) ", " ".join(rule.why.split()))[0].rstrip(";")
    warning = f": {quoted(first)}" if first else ""
    if not situation.is_about_one:
        yield f"{all_of(len(situation.subjects))} places stay as they are{warning}"
    elif not costs:
        yield f"what {rule.code} warns of stays possible, and nothing in the model says how often it happens{warning}"


def _edges(situation: FindingSituation) -> list[str]:
    if situation.flow is not None:
        return list(situation.flow.situations)
    return [subject.id for subject in situation.subjects if subject.kind == "edge"]


def _of_the_flow(situation: FindingSituation, days: int | None) -> Iterator[str]:
    """What stays with the flow; first that which the findings are about."""
    asked = {name.removeprefix("flow.") for finding in situation.findings for name in finding.facts}
    told = sorted(_numbers_that_stay(situation, days), key=lambda cost: not asked & cost[0])
    yield from (text for _, text in told)


def _numbers_that_stay(situation: FindingSituation, days: int | None) -> Iterator[tuple[set[str], str]]:
    """Each with the facts of the flow that it is made of."""
    found = situation.flow_of(_edges(situation))
    if found is None:
        return
    flow, today = found
    name = quoted(flow.name or flow.id)
    later = flow_in(situation.mends[0].later, flow) if situation.mends else None

    def would_be(better: Callable[[FlowReview], bool]) -> bool:
        return later is None or better(later)

    available = today.availability
    if today.user_facing and available < 100 and would_be(lambda then: then.availability > available):
        stays = f"{name} stays at an availability of {percent(available)}"
        yield {"below_target", "availability"}, f"{stays}: {hours_down(available, days)}"
    if today.within_rule is False and would_be(lambda then: then.sync_calls < today.sync_calls):
        calls = counted(today.sync_calls, "sequential synchronous call")
        yield {"sync_calls"}, f"{name} stays at {calls}, where {counted(today.limit, 'is', 'are')} allowed"
    if today.over_budget and would_be(lambda then: then.latency_p99_ms < today.latency_p99_ms):
        stays = f"{name} stays at {latency_of(today)}, over its budget of {milliseconds(flow.latency_budget_ms or 0)}"
        yield {"over_budget", "latency_p99_ms"}, stays
    waits = {"waits_for_ever", "worst_wait_ms", "worst_wait_at_least_ms"}
    if today.waits_for_ever and would_be(lambda then: not then.waits_for_ever):
        endless = {found.id for found in situation.ground.review.flows if found.waits_for_ever}
        flows = [one for one in situation.ground.flows_with(_edges(situation)) if one.user_facing and one.id in endless]
        names = first_few([quoted(one.name or one.id) for one in flows]) or name
        yield (
            waits,
            f"whoever uses {names} waits for ever when a service hangs; how often one does, the model does not say",
        )
    elif today.worst_wait_ms and would_be(lambda then: (then.worst_wait_ms or 0) < (today.worst_wait_ms or 0)):
        yield waits, f"the user of {name} waits up to {milliseconds(today.worst_wait_ms)} when services hang"


def _of_the_edge(situation: FindingSituation, days: int | None) -> Iterator[str]:
    if situation.edge is None:
        return
    edge = situation.edge
    radius = next(s.blast_radius for s in situation.ground.review.services if s.id == edge.target.id)
    if radius.services.count and edge.judged.family != "asynchronous":
        names = first_few([edge.name_of(id_) for id_ in radius.services.ids], most=3)
        fails = "fails" if radius.services.count == 1 else "fail"
        own = edge.target.availability
        often = f": at the {percent(own)} that it promises, {hours_down(own, days)}" if own is not None else ""
        yield f"when {edge.t} fails, {names} {fails} with it{often}"
    if edge.edge.timeout_ms == math.inf and edge.judged.family in (SYNCHRONOUS, HAND_OFF):
        yield f"when {edge.t} hangs, {edge.s} waits for ever, and whoever waits for {edge.s} with it"
    if edge.edge.duplicate_impact == "critical":
        yield "what is processed twice does critical harm"
    if edge.edge.loss_impact == "critical":
        yield "what is lost does critical harm"


def look_again(situation: FindingSituation) -> Iterator[str]:
    """What would change the decision, as sentences."""
    if situation.is_about_one and situation.flow is None:
        one, more = ("user-facing flow", "users feel") if situation.edge is not None else ("service", "depends on")
        yield f"A further {one} begins to use {situation.where}: then more {more} it."
    elif not situation.is_about_one:
        rule = situation.rules[0]
        yield f"{escaped(rule.title)} ({rule.code}) is found in a further place."
    if situation.edge is not None:
        yield f"{situation.edge.t} gets busier or slower: what is rare today is not rare then."
    flows = [flow for flow in situation.ground.flows_with(_edges(situation)) if flow.user_facing]
    if situation.flow is not None:
        flows = [situation.flow.flow]
        yield f"A further call joins {situation.flow.f}."
    if flows:
        names = first_few([quoted(flow.name or flow.id) for flow in flows])
        yield f"More is promised of {names}: a shorter latency budget, or a higher availability."
