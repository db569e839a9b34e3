"""The options of a decision about a flow, each with the flow as it would be and what speaks for and against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archreview.decisions.arguments import Argument, bad, good, in_order
from archreview.decisions.effects import CHOSEN, callers_in_words, rebuilt, what_is_built
from archreview.decisions.flow_numbers import (
    breaks_its_promise,
    hours_down,
    latency_of,
    left_by_dependencies,
    longest_wait,
    moved_behind,
)
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.plan import Plan
from archreview.decisions.prose import all_of, bullets, counted, in_words, milliseconds, number, percent, table
from archreview.engine.flows import exceeds
from archreview.engine.model import FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS, Step
from archreview.engine.results import FlowReview


@dataclass(frozen=True, slots=True)
class Option:
    """One way to deal with the flow: its title, how it works, and the flow as it would be."""

    title: str
    how: str
    flow: FlowReview
    plan: Plan | None
    kind: str


def options(situation: FlowSituation, chosen: Plan, other: Plan | None) -> tuple[Option, ...]:
    """What could be done, the proposed one first."""
    today = situation.today
    ask = "The open questions about these calls are answered, and the analysis is run again."
    keep = "The flow keeps its calls, and the risk is accepted with a reason and a date."
    found = [
        Option(_plan_title(situation, plan), plan_how(situation, plan), plan.flow, plan, "plan")
        for plan in (chosen, other)
        if plan is not None and plan.leaving
    ]
    if not chosen.leaving:
        found.insert(0, Option("Find out first which calls can leave", ask, today, None, "ask"))
    side_by_side = _side_by_side(situation)
    if side_by_side is not None:
        names = situation.names(place.edge for place in side_by_side.places if place.parallel is not None)
        how = (
            f"What one service calls one after another, it calls at the same time: {names}. Nothing leaves the request."
        )
        found.append(Option("Call side by side", how, side_by_side, None, "parallel"))
    found.append(Option("Leave it as it is", keep, today, None, "keep"))
    return tuple(found)


def _plan_title(situation: FlowSituation, plan: Plan) -> str:
    edges = [leaving.edge for leaving in plan.leaving]
    ways = list(dict.fromkeys(leaving.way.key for leaving in plan.leaving))
    hand_over = all(FAMILY_OF_STYLE[leaving.way.style] == HAND_OFF for leaving in plan.leaving)
    verb = "Hand over" if hand_over else "Put on a queue:" if ways == ["queue"] else "Take out of the request:"
    return f"{verb} {situation.names(edges, most=4)}"


def plan_how(situation: FlowSituation, plan: Plan) -> str:
    """How the calls that leave would talk, and who makes which call instead of whom."""
    told: dict[str, list[str]] = {}
    for leaving in plan.leaving:
        told.setdefault(leaving.way.title, []).append(leaving.edge)
    parts = [f"{title} instead of a call for {situation.names(edges)}" for title, edges in told.items()]
    done = "it is" if len(plan.leaving) == 1 else "they are"
    how = f"{'; '.join(parts)}: the request no longer waits until {done} done."
    return f"{how} {callers_in_words(situation.ground, plan.change)}".rstrip()


def _side_by_side(situation: FlowSituation) -> FlowReview | None:
    """The flow with what one service calls in a row called at the same time; None where that saves no call."""
    families = {place.edge: place.family for place in situation.today.places}

    def grouped(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        steps = tuple(replace(step, then=grouped(step.then)) if step.edge else step for step in steps)
        if len(steps) > 1 and all(step.edge and families.get(step.edge) == SYNCHRONOUS for step in steps):
            return (Step(parallel=steps),)
        return steps

    flow = replace(situation.flow, steps=grouped(situation.flow.steps))
    found = situation.ground.flow_with(flow)
    return found if found.sync_calls < situation.today.sync_calls else None


def comparison(situation: FlowSituation, ways: tuple[Option, ...]) -> str:
    """The options side by side, each dimension with the number that this flow has for it."""
    rows = []
    for option in ways:
        flow = option.flow
        work = _complexity(option)
        rows.append(
            (
                option.title,
                number(flow.sync_calls),
                counted(len(flow.needs), "service"),
                percent(flow.availability),
                work,
                latency_of(flow),
                counted(len(_in_step(situation, flow)), "service"),
            )
        )
    header = (
        "Option",
        "Calls in sequence",
        "Coupling: must be up at once",
        "Resilience: availability",
        "Complexity",
        "Latency (P99, estimate)",
        "Scalability: must grow with the requests",
    )
    parts = [table(header, rows, right=frozenset({1}))]
    for option in ways:
        items = bullets(str(item) for item in in_order(arguments_for(situation, option)))
        parts.append(f"### {option.title}\n\n{option.how}\n\n{items if option is not ways[0] else CHOSEN}")
    return "\n\n".join(parts)


def _complexity(option: Option) -> str:
    if option.plan is not None:
        return rebuilt(len(option.plan.leaving), option.plan.change)
    return {"parallel": "one caller rebuilt", "ask": "none yet"}.get(option.kind, "none")


def _in_step(situation: FlowSituation, flow: FlowReview) -> set[str]:
    """The services that must grow with the requests, because each request calls them while it waits."""
    edges = situation.ground.edges
    return {edges[place.edge].target for place in flow.places if place.foreground and place.family == SYNCHRONOUS} | {
        flow.entry
    }


def arguments_for(situation: FlowSituation, option: Option) -> Iterator[Argument]:
    """What speaks for and against an option, beside the findings that it closes and opens."""
    today, flow = situation.today, option.flow
    if option.kind in ("keep", "ask"):
        yield from _of_waiting(situation, option)
        return
    yield from of_the_numbers(situation, flow)
    if option.plan is None:
        yield good("every call stays a call: there is no message to lose and no status to show")
        yield bad("it works only for calls that do not need each other's results, and nobody has said which do not")
        if len(flow.needs) == len(today.needs):
            yield bad(f"{all_of(len(flow.needs))} services must still be up at once: {percent(flow.availability)}")
        return
    plan = option.plan
    guessed = [one.edge for one in plan.leaving if situation.situations[one.edge].fact("needs_result") is None]
    if guessed:
        yield bad(f"nobody has said whether the request can be answered without {situation.names(guessed)}")
    yield from what_is_built(situation.ground, plan.change)
    yield from _of_what_goes_along(situation, plan)
    against = [one.edge for one in plan.leaving if situation.situations[one.edge].judged.matrix.verdict == "sync"]
    if against:
        yield bad(f"the four-question matrix speaks for a synchronous call at {situation.names(against)}")


def why_not(situation: FlowSituation, option: Option, chosen: Plan) -> str:
    """One sentence: why this option is not the chosen one."""
    today, flow, title = situation.today, option.flow, option.title
    if option.kind == "keep":
        stay = f"{in_words(today.sync_calls)} calls in sequence stay"
        return f"{title}: {stay} where {counted(today.limit, 'is', 'are')} allowed."
    if option.plan is None:
        why = "nobody has said which of these calls do not need each other's results"
        if chosen.leaving:
            up = f"{counted(len(flow.needs), 'service')} would still have to be up at once"
            why = f"it may be less work, but {up} ({percent(flow.availability)}), and {why}"
        return f"{title}: {why}."
    if not chosen.leaving or not chosen.keeps:
        return f"{title}: nobody has said whether the request can be answered without these calls."
    if flow.over_budget and not chosen.flow.over_budget:
        budget = milliseconds(situation.flow.latency_budget_ms or 0)
        return f"{title}: it changes less, but stays over the budget of {budget} with {latency_of(flow)}."
    if option.plan.edges > chosen.edges:
        more, enough = counted(len(option.plan.leaving), "call"), in_words(len(chosen.leaving))
        is_enough = "is" if len(chosen.leaving) == 1 else "are"
        why = f"{title}: it rebuilds {more} where {enough} {is_enough} enough to keep the limit"
        ground = situation.ground
        if breaks_its_promise(ground, chosen.flow) and not breaks_its_promise(ground, flow):
            promise = percent(ground.services[flow.entry].availability or 0)
            return f"{why}. Take it if {ground.name_of(flow.entry)} is to keep the {promise} that it promises."
        return f"{why}."
    if not option.plan.keeps:
        calls = counted(flow.sync_calls, "call")
        return f"{title}: {calls} in sequence stay, over the limit of {in_words(flow.limit)}."
    callers = len(option.plan.change.callers) - len(chosen.change.callers)
    more = f", and {counted(callers, 'more call')} made by another caller" if callers > 0 else ""
    calls = counted(len(option.plan.leaving), "call")
    return f"{title}: it costs as much or more ({calls} rebuilt{more}) to keep the same limit."


def _of_waiting(situation: FlowSituation, option: Option) -> Iterator[Argument]:
    today = situation.today
    if option.kind == "ask":
        yield good("nothing is rebuilt on a guess")
    else:
        yield good("nothing has to be rebuilt, and everybody knows how it behaves")
    meanwhile = " until the answers are there" if option.kind == "ask" else ""
    yield bad(
        f"{situation.f} stays at {counted(today.sync_calls, 'sequential synchronous call')}{meanwhile}, "
        f"where {counted(today.limit, 'is', 'are')} allowed"
    )
    if today.over_budget:
        budget = milliseconds(situation.flow.latency_budget_ms or 0)
        yield bad(f"it takes {latency_of(today)}, and its budget is {budget}")
    if today.availability < 100:
        yield bad(f"it stays at an availability of {percent(today.availability)}: {hours_down(today.availability)}")
    if today.waits_for_ever:
        yield bad("a service that hangs makes the user wait for ever")
    elif today.worst_wait_ms:
        yield bad(f"services that hang make the user wait up to {milliseconds(today.worst_wait_ms)}")


def of_the_numbers(situation: FlowSituation, flow: FlowReview) -> Iterator[Argument]:
    """What the numbers of the flow as it would be say for and against it, beside today's."""
    today, f = situation.today, situation.f
    calls = counted(flow.sync_calls, "sequential synchronous call")
    before = in_words(today.sync_calls)
    if flow.within_rule:
        yield good(f"{f} makes {calls} instead of {before}, and keeps the limit of {in_words(flow.limit)}")
    elif flow.sync_calls < today.sync_calls:
        yield good(f"{f} makes {calls} instead of {before}")
        yield bad(f"{calls} are still over the limit of {in_words(flow.limit)}")
    if flow.latency_p99_ms < today.latency_p99_ms:
        within = ", within its budget" if today.over_budget and flow.over_budget is False else ""
        yield good(f"the latency of {f} falls from {latency_of(today)} to {latency_of(flow)}{within}")
    if flow.over_budget:
        budget = milliseconds(situation.flow.latency_budget_ms or 0)
        yield bad(f"the latency of {f} is still over its budget of {budget}: {latency_of(flow)}")
    yield from _of_its_availability(situation, flow)
    if today.waits_for_ever and flow.waits_for_ever is False:
        bound = f": {longest_wait(flow)} at most" if flow.worst_wait_ms else ""
        yield good(f"a hanging service no longer keeps the user waiting{bound}")


def _of_its_availability(situation: FlowSituation, flow: FlowReview) -> Iterator[Argument]:
    today, target = situation.today, situation.flow.availability_target
    f = situation.f
    rises = f"the availability of {f} rises from {percent(today.availability)} to {percent(flow.availability)}"
    if flow.availability - today.availability >= 0.01:
        if target is not None and exceeds(target, today.availability) and not exceeds(target, flow.availability):
            rises = f"{rises}, which keeps its target of {percent(target)}"
        yield good(rises)
    if target is not None and exceeds(target, flow.availability):
        yield bad(
            f"the availability of {f} is still under the target of {percent(target)}: {percent(flow.availability)}"
        )
    if not breaks_its_promise(situation.ground, today):
        return
    entry = situation.ground.name_of(flow.entry)
    promise = percent(situation.ground.services[flow.entry].availability or 0)
    left = left_by_dependencies(flow)
    if not breaks_its_promise(situation.ground, flow):
        what = (
            f"what it waits for leaves {percent(left)}" if left is not None else "it can do without all that it calls"
        )
        yield good(f"what {entry} promises ({promise}) becomes possible: {what}")
        if left is not None and left < 100:
            needed = percent((situation.ground.services[flow.entry].availability or 0) / left * 100)
            yield bad(
                f"for that {entry} has to be up for {needed} itself, which nobody has said; with the {promise} that is "
                f"counted, {f} reaches {percent(flow.availability)}"
            )
    else:
        leaves = percent(left or 0)
        yield bad(f"{entry} still cannot keep the {promise} that it promises: what it waits for leaves {leaves}")


def _of_what_goes_along(situation: FlowSituation, plan: Plan) -> Iterator[Argument]:
    flow = plan.flow
    moved = [edge for edge in moved_behind(situation.today, flow) if edge not in plan.edges]
    if moved:
        goes = "goes to the background along with it" if len(moved) == 1 else "go to the background along with it"
        yield bad(f"{situation.names(moved)}, made behind what leaves, {goes}")
    awaited = situation.awaited_behind(flow)
    if awaited:
        them = "it" if len(awaited) == 1 else "them"
        yield bad(
            f"the user needs to know at once how {situation.names(awaited)} went, and would not: first somebody has to "
            f"say from where the request can call {them} instead"
        )
