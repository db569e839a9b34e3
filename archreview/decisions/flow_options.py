"""The options of a decision about a flow, each with the flow as it would be and what speaks for and against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archreview.decisions.arguments import Argument, bad, good, in_order
from archreview.decisions.flow_numbers import latency_of, longest_wait, moved_behind
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.plan import Plan
from archreview.decisions.prose import bullets, counted, in_words, milliseconds, number, percent, table
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS, Step
from archreview.engine.results import FlowReview, Review


@dataclass(frozen=True, slots=True)
class Option:
    """One way to deal with the flow: its title, how it works, and the flow as it would be."""

    title: str
    how: str
    flow: FlowReview
    plan: Plan | None = None
    duties: int = 0
    kind: str = ""


def options(situation: FlowSituation, chosen: Plan, other: Plan | None, later: Review) -> tuple[Option, ...]:
    today = situation.today
    found = []
    if chosen.leaving:
        found.append(
            Option(_plan_title(situation, chosen), _plan_how(situation, chosen), chosen.flow, chosen, 0, "plan")
        )
    else:
        found.append(
            Option(
                "Find out first which calls can leave",
                "The open questions about these calls are answered, and the review is run again.",
                today,
                None,
                0,
                "ask",
            )
        )
    if other is not None and other.leaving:
        found.append(Option(_plan_title(situation, other), _plan_how(situation, other), other.flow, other, 0, "plan"))
    side_by_side = _side_by_side(situation)
    if side_by_side is not None:
        names = situation.names(place.edge for place in side_by_side.places if place.parallel is not None)
        how = (
            f"What one service calls one after another, it calls at the same time: {names}. Nothing leaves the request."
        )
        found.append(Option("Call side by side", how, side_by_side, None, 0, "parallel"))
    found.append(
        Option(
            "Leave it as it is",
            "The flow keeps its calls, and the risk is accepted with a reason and a date.",
            today,
            None,
            0,
            "keep",
        )
    )
    duties = duties_of(situation, chosen, later)
    return tuple(replace(option, duties=duties) if option.plan is chosen else option for option in found)


def _plan_title(situation: FlowSituation, plan: Plan) -> str:
    edges = [leaving.edge for leaving in plan.leaving]
    ways = list(dict.fromkeys(leaving.way.key for leaving in plan.leaving))
    hand_over = all(FAMILY_OF_STYLE[leaving.way.style] == HAND_OFF for leaving in plan.leaving)
    verb = "Hand over" if hand_over else "Put on a queue:" if ways == ["queue"] else "Take out of the request:"
    return f"{verb} {situation.names(edges, most=4)}"


def _plan_how(situation: FlowSituation, plan: Plan) -> str:
    told: dict[str, list[str]] = {}
    for leaving in plan.leaving:
        told.setdefault(leaving.way.title, []).append(leaving.edge)
    parts = [f"{title} for {situation.names(edges)}" for title, edges in told.items()]
    return f"{'; '.join(parts)}. The request no longer waits until {_they(plan)} done."


def _they(plan: Plan) -> str:
    return "it is" if len(plan.leaving) == 1 else "they are"


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


def duties_of(situation: FlowSituation, plan: Plan, later: Review) -> int:
    edges = plan.edges
    return sum(duty.state != "met" for judged in later.edges if judged.id in edges for duty in judged.obligations)


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
        items = in_order(arguments_for(situation, option))
        parts.append(f"### {option.title}\n\n{option.how}\n\n{bullets(str(item) for item in items)}")
    return "\n\n".join(parts)


def _complexity(option: Option) -> str:
    if option.plan is not None:
        moved = counted(len(option.plan.leaving), "call")
        return f"{moved} rebuilt"
    return {"parallel": "one caller rebuilt", "ask": "none yet"}.get(option.kind, "none")


def _in_step(situation: FlowSituation, flow: FlowReview) -> set[str]:
    """The services that must grow with the requests, because each request calls them while it waits."""
    edges = situation.ground.edges
    return {edges[place.edge].target for place in flow.places if place.foreground and place.family == SYNCHRONOUS} | {
        flow.entry
    }


def arguments_for(situation: FlowSituation, option: Option) -> Iterator[Argument]:
    today, flow = situation.today, option.flow
    if option.kind in ("keep", "ask"):
        yield from _of_waiting(situation, option)
        return
    yield from _of_the_numbers(situation, flow)
    if option.kind == "parallel":
        yield good("every call stays a call: there is no message to lose and no status to show")
        yield bad("it works only for calls that do not need each other's results, and nobody has said which do not")
        if len(flow.needs) == len(today.needs):
            yield bad(
                f"all {counted(len(flow.needs), 'service')} must still be up at once: {percent(flow.availability)}"
            )
        return
    plan = option.plan
    if plan is None:
        return
    guessed = [one.edge for one in plan.leaving if situation.situations[one.edge].fact("needs_result") is None]
    if guessed:
        yield bad(f"nobody has said whether the request can be answered without {situation.names(guessed)}")
    messages = [one for one in plan.leaving if FAMILY_OF_STYLE[one.way.style] == ASYNCHRONOUS]
    handed = [one for one in plan.leaving if FAMILY_OF_STYLE[one.way.style] == HAND_OFF]
    if messages:
        them = situation.names(one.edge for one in messages)
        yield bad(f"where the {'message' if len(messages) == 1 else 'messages'} of {them} went has to be made visible")
    if handed:
        yield bad(f"a status, or a callback, has to be built for {situation.names(one.edge for one in handed)}")
    yield from _of_what_goes_along(situation, flow)
    against = [one.edge for one in plan.leaving if situation.situations[one.edge].judged.matrix.verdict == "sync"]
    if against:
        yield bad(f"the matrix speaks for a synchronous call at {situation.names(against)}")


def _of_waiting(situation: FlowSituation, option: Option) -> Iterator[Argument]:
    today = situation.today
    if option.kind == "ask":
        yield good("nothing is rebuilt on a guess")
    else:
        yield good("nothing has to be rebuilt, and everybody knows how it behaves")
    yield bad(
        f"{situation.f} stays at {counted(today.sync_calls, 'sequential synchronous call')}, "
        f"where {counted(today.limit, 'is', 'are')} allowed"
    )
    if today.over_budget:
        budget = milliseconds(situation.flow.latency_budget_ms or 0)
        yield bad(f"it takes {latency_of(today)}, and its budget is {budget}")
    if today.waits_for_ever:
        yield bad("a service that hangs makes the user wait for ever")


def _of_the_numbers(situation: FlowSituation, flow: FlowReview) -> Iterator[Argument]:
    today, f = situation.today, situation.f
    calls = counted(flow.sync_calls, "sequential synchronous call")
    before = in_words(today.sync_calls)
    if flow.within_rule:
        yield good(f"{f} makes {calls} instead of {before}, and keeps the limit of {in_words(flow.limit)}")
    elif flow.sync_calls < today.sync_calls:
        yield good(f"{f} makes {calls} instead of {before}")
        yield bad(f"that is still over the limit of {in_words(flow.limit)}")
    if flow.latency_p99_ms < today.latency_p99_ms:
        within = ", within its budget" if today.over_budget and flow.over_budget is False else ""
        yield good(f"its latency falls from {latency_of(today)} to {latency_of(flow)}{within}")
    if flow.over_budget:
        yield bad(f"it is still over its budget of {milliseconds(situation.flow.latency_budget_ms or 0)}")
    if flow.availability - today.availability >= 0.01:
        yield good(f"its availability rises from {percent(today.availability)} to {percent(flow.availability)}")
    if today.waits_for_ever and flow.waits_for_ever is False:
        bound = f": {longest_wait(flow)} at most" if flow.worst_wait_ms else ""
        yield good(f"a hanging service no longer keeps the user waiting{bound}")


def _of_what_goes_along(situation: FlowSituation, flow: FlowReview) -> Iterator[Argument]:
    moved = moved_behind(situation.today, flow)
    if moved:
        verb = "goes" if len(moved) == 1 else "go"
        yield bad(f"{counted(len(moved), 'call')} behind {verb} to the background along: {situation.names(moved)}")
    awaited = situation.awaited_behind(flow)
    if awaited:
        yield bad(
            f"the user needs to know at once how {situation.names(awaited)} went, and would not: "
            f"first call {'it' if len(awaited) == 1 else 'them'} from where the request still is, where "
            f"{'it counts' if len(awaited) == 1 else 'they count'} again"
        )
