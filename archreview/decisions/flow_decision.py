"""Writes a decision about a flow that makes more calls in sequence than it may: which of them leave it, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archreview.decisions.draft import Confirmation, Draft, FactOfDecision, People
from archreview.decisions.flow_context import context, drivers
from archreview.decisions.flow_options import comparison, options
from archreview.decisions.flow_outcome import again, confirmation, consequences, next_steps, outcome
from archreview.decisions.flow_situation import TELLING, FlowSituation
from archreview.decisions.ground import flow_in
from archreview.decisions.matter import Change, Dissent
from archreview.decisions.outcome import more_information
from archreview.decisions.plan import Plan, nearest_to_a_plan, plan_of, plans, without_the_unneeded
from archreview.decisions.prose import bullets, counted, listed, plain
from archreview.decisions.sections import Content
from archreview.decisions.steps import with_next_steps
from archreview.decisions.surroundings import flow_map
from archreview.decisions.titles import shortened
from archreview.decisions.ways import WAYS
from archreview.drawing.reviewed import waterfall_of
from archreview.engine.model import Said

MOST_NAMED = 3


def draft_of_flow(
    situation: FlowSituation, *, changes: tuple[Change, ...], dissent: tuple[Dissent, ...], people: People
) -> Draft:
    """The draft of a decision about a flow; `changes` that were agreed on elsewhere take the place of a plan."""
    ground, flow, today = situation.ground, situation.flow, situation.today
    chosen, other = _chosen(situation, changes)
    change = chosen.change
    later = ground.reviewed_with(*change.edges, flows=change.flows) if change.edges else ground.review
    after = flow_in(later, flow) or today
    chosen = replace(chosen, flow=after)
    ways = options(situation, chosen, other)
    sections: Content = {
        "context": context(situation),
        "drivers": bullets(drivers(situation)),
        "options": bullets(option.title for option in ways),
        "outcome": outcome(situation, chosen, ways, dissent, agreed=bool(changes)),
        "consequences": with_next_steps(
            consequences(situation, chosen, ways[0], later), next_steps(situation, chosen, later)
        ),
        "confirmation": confirmation(situation, chosen, later),
        "comparison": comparison(situation, ways),
        "more": more_information(ground, again(situation, chosen)),
    }
    confirmations = tuple(
        Confirmation(
            edge=leaving.edge,
            styles=(leaving.way.style,),
            premises=tuple(
                f"answers.{key}" for key in TELLING if situation.situations[leaving.edge].fact(key) is not None
            ),
        )
        for leaving in chosen.leaving
    )
    rules = ("HOP-001",) if after.within_rule and any(r.code == "HOP-001" for r in ground.catalog.rules) else ()
    return Draft(
        title=_title(situation, chosen),
        sections=sections,
        facts=tuple(_facts(situation, chosen)),
        confirmation=Confirmation(flow=flow.id, rules=rules, also=confirmations),
        people=_with_those_who_answered(situation, chosen, people),
        before=flow_map(ground, ground.review, flow, today),
        after=flow_map(ground, later, flow, after, change=change) if change.edges else None,
        waterfalls=(
            waterfall_of(flow, today, ground.architecture),
            *((waterfall_of(flow, after, ground.architecture),) if change.edges else ()),
        ),
        catalog_version=ground.catalog.version,
    )


def _chosen(situation: FlowSituation, changes: tuple[Change, ...]) -> tuple[Plan, Plan | None]:
    """The plan that is proposed, or what was agreed on, and another that would do."""
    ground, flow, today, calls = situation.ground, situation.flow, situation.today, situation.situations
    found = plans(ground, flow, today, calls)
    if changes:
        agreed = {change.edge: WAYS[change.way] for change in changes if change.edge in calls}
        chosen = plan_of(ground, flow, today, calls, agreed)
    else:
        chosen = next(found, None) or nearest_to_a_plan(ground, flow, today, calls)
    if not changes and not chosen.keeps:
        bolder = next(plans(ground, flow, today, calls, guess=True), None)
        if bolder is not None:
            return chosen, bolder
    wider = without_the_unneeded(ground, flow, today, calls)
    if wider is not None and wider.keeps and wider.edges != chosen.edges:
        for_the_budget = chosen.keeps and chosen.flow.over_budget and wider.flow.over_budget is False
        if for_the_budget and not changes and not situation.awaited_behind(wider.flow):
            return replace(wider, instead_of=chosen), chosen
        return chosen, wider
    return chosen, next((plan for plan in found if not plan.edges >= chosen.edges), None)


def _title(situation: FlowSituation, chosen: Plan) -> str:
    flow = plain(situation.flow.name or situation.flow.id)
    names = [situation.situations[leaving.edge].plain_operation for leaving in chosen.leaving]
    if not names:
        return shortened(f"Find out which calls can leave the synchronous path of “{flow}”")
    what = listed(names) if len(names) <= MOST_NAMED else f"{counted(len(names), 'call')}"
    return shortened(f"Take {what} off the synchronous path of “{flow}”")


def _facts(situation: FlowSituation, chosen: Plan) -> Iterator[FactOfDecision]:
    """The flow's numbers, and what is known of the calls that leave."""
    flow, today = situation.flow, situation.today
    for name in ("sync_calls", "latency_p99_ms", "availability"):
        yield FactOfDecision("flow", flow.id, name, getattr(today, name), "computed")
    for leaving in chosen.leaving:
        call = situation.situations[leaving.edge]
        stated = situation.stated(leaving.edge)
        for key in TELLING:
            fact, said = call.facts[key], stated.get(f"answers.{key}", Said())
            if fact.answer is not None:
                name = f"answers.{key}"
                yield FactOfDecision(
                    "edge", leaving.edge, name, fact.answer, fact.basis or "", said.by, said.at, said.why
                )


def _with_those_who_answered(situation: FlowSituation, chosen: Plan, people: People) -> People:
    answered = (
        said.by
        for leaving in chosen.leaving
        for key in TELLING
        if (said := situation.ground.edges[leaving.edge].said.get(f"answers.{key}")) and said.by
    )
    return people.and_consulted(answered)
