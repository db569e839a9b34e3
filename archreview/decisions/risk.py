"""What it costs to leave findings as they are, in numbers, and what should make somebody look at them again."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.finding_situation import FindingSituation
from archreview.decisions.flow_numbers import latency_of
from archreview.decisions.prose import counted, first_few, milliseconds, number, percent, quoted
from archreview.engine.results import PENALTIES

HOURS_OF_A_YEAR = 8_760
WHOLE_SCORE = 100


def cost_of_waiting(situation: FindingSituation) -> Iterator[str]:
    """The costs as clauses with the numbers of the model; at least one."""
    told = False
    for cost in (*_of_the_flow(situation), *_of_the_edge(situation), *_of_the_count(situation)):
        told = True
        yield cost
    if not told:
        code = situation.rules[0].code
        yield f"what {code} warns of stays possible, and nothing in the model says how often it happens"


def _edges(situation: FindingSituation) -> list[str]:
    if situation.flow is not None:
        return list(situation.flow.situations)
    return [subject.id for subject in situation.subjects if subject.kind == "edge"]


def _of_the_flow(situation: FindingSituation) -> Iterator[str]:
    found = situation.flow_of(_edges(situation))
    if found is None:
        return
    name, flow = found
    if flow.user_facing and flow.availability < 100:
        hours = (100 - flow.availability) / 100 * HOURS_OF_A_YEAR
        yield (
            f"{name} stays at an availability of {percent(flow.availability)}: of the {HOURS_OF_A_YEAR:,} hours of a "
            f"year it fails in {number(hours, digits=1)}"
        )
    if flow.within_rule is False:
        calls = counted(flow.sync_calls, "sequential synchronous call")
        yield f"{name} stays at {calls}, where {counted(flow.limit, 'is', 'are')} allowed"
    if flow.over_budget:
        budget = next(f.latency_budget_ms for f in situation.ground.architecture.flows if f.id == flow.id) or 0
        yield f"{name} stays at {latency_of(flow)}, over its budget of {milliseconds(budget)}"
    if flow.waits_for_ever:
        yield f"the user of {name} waits for ever when a service hangs"
    elif flow.worst_wait_ms:
        yield f"the user of {name} waits up to {milliseconds(flow.worst_wait_ms)} when services hang"


def _of_the_edge(situation: FindingSituation) -> Iterator[str]:
    if situation.edge is None:
        return
    edge = situation.edge
    radius = next(s.blast_radius for s in situation.ground.review.services if s.id == edge.target.id)
    if radius.services.count and edge.judged.family != "asynchronous":
        names = first_few([edge.name_of(id_) for id_ in radius.services.ids], most=3)
        fails = "fails" if radius.services.count == 1 else "fail"
        yield f"when {edge.t} fails, {names} {fails} with it"
    if edge.edge.duplicate_impact == "critical":
        yield "what is processed twice does critical harm"
    if edge.edge.loss_impact == "critical":
        yield "what is lost does critical harm"


def _of_the_count(situation: FindingSituation) -> Iterator[str]:
    if not situation.is_about_one:
        places = counted(len(situation.subjects), "place")
        yield f"all {places} stay as they are, and what happens at one can happen at each"


def worth_in_points(situation: FindingSituation) -> str:
    """What the findings take from the score of their subjects, as a clause."""
    points = sum(PENALTIES[finding.severity] for finding in situation.findings)
    if not points:
        return ""
    whose = f"the score of {situation.where}" if situation.is_about_one else "the scores of these places together"
    if situation.is_about_one and points >= WHOLE_SCORE:
        return f"it leaves {whose} at 0 of {WHOLE_SCORE} points"
    return f"it costs {whose} {number(points)} points"


def look_again(situation: FindingSituation) -> Iterator[str]:
    """What would change the decision, as sentences."""
    yield (
        "A user-facing flow begins to depend on it that does not today."
        if situation.is_about_one
        else ("The same pitfall appears in a further place.")
    )
    if situation.edge is not None:
        yield f"The load on {situation.edge.t} grows, or its time at P99: what is rare today is not rare then."
    names = [
        quoted(flow.name or flow.id) for flow in situation.ground.flows_with(_edges(situation)) if flow.user_facing
    ]
    if names:
        yield f"{first_few(names)} {'gets' if len(names) == 1 else 'get'} a stricter budget or a higher promise."
