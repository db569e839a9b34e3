"""The second half of a decision about a flow: what leaves it and why, what that costs and gives, what is to be done."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.arguments import bad, in_order, neutral
from archreview.decisions.consequences import closed_and_opened, grave_findings
from archreview.decisions.flow_numbers import latency_of, measures
from archreview.decisions.flow_options import Option, arguments_for, duties_of
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.ground import flow_in
from archreview.decisions.matter import Dissent
from archreview.decisions.outcome import against, written_from
from archreview.decisions.phrases import SHORT_QUESTIONS, STYLES, VERDICTS, outcome_names
from archreview.decisions.plan import Plan, is_locked
from archreview.decisions.prose import (
    bullets,
    counted,
    first_few,
    in_words,
    listed,
    milliseconds,
    number,
    quoted,
    table,
)
from archreview.decisions.situation import Situation
from archreview.decisions.steps import Steps, checklists, steps_for
from archreview.decisions.ways import OF_OUTCOME, WAYS, edge_as
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF
from archreview.engine.results import FlowReview, Review

MOST_WAYS = 3
NEEDED = "is the result needed to answer the request?"


def outcome(
    situation: FlowSituation, chosen: Plan, option: Option, dissent: tuple[Dissent, ...], *, agreed: bool
) -> str:
    parts = [f'Chosen option: "{option.title}", because {_in_short(situation, chosen, agreed=agreed)}.']
    if chosen.leaving:
        how = "How it would talk" if len(chosen.leaving) == 1 else "How each of them would talk"
        parts += [f"{how}, and why it can:", bullets(_each(situation, chosen))]
    parts += _stays(situation, chosen)
    parts += _open(situation, chosen)
    parts += against(dissent)
    return "\n\n".join(parts)


def _in_short(situation: FlowSituation, chosen: Plan, *, agreed: bool) -> str:
    if not chosen.leaving:
        locked = [edge for edge in situation.today.calls if is_locked(situation.situations[edge])]
        if locked:
            return f"no call can leave as long as the results of {situation.names(locked)} are needed at once"
        if _unsaid(situation, chosen):
            return "nobody has said which of these calls the request can be answered without"
        return "taking any one call out would not make the sequence shorter"
    flow, today = chosen.flow, situation.today
    left = in_words(flow.sync_calls) if flow.sync_calls else "none"
    falls = f"the calls in sequence fall from {in_words(today.sync_calls)} to {left}"
    if agreed:
        return f"that is what was agreed on, and with it {falls}"
    if not chosen.keeps:
        if _unsaid(situation, chosen):
            return f"{falls}, and it is all that can be said as long as so little is known of the other calls"
        return f"{falls}; no set of calls that can leave keeps the limit of {in_words(flow.limit)}"
    weights = [str(leaving.cost) for leaving in chosen.leaving]
    total = f"{' + '.join(weights)} = {chosen.cost}" if len(weights) > 1 else str(chosen.cost)
    if chosen.instead_of is not None:
        return (
            f"{falls}, and the latency to {latency_of(flow)}, which keeps the limit of {in_words(flow.limit)} and the "
            f"budget; the lightest way to keep the limit alone (weight {chosen.instead_of.cost}, against "
            f"{chosen.cost} here) would stay over the budget with {latency_of(chosen.instead_of.flow)}"
        )
    return (
        f"{falls}, which keeps the limit of {in_words(flow.limit)}, and no other way of taking calls out of this flow "
        f"weighs less ({total})"
    )


def _unsaid(situation: FlowSituation, chosen: Plan) -> list[str]:
    """The calls that stay in the request although nobody has said that it needs them."""
    return [edge for edge in chosen.flow.calls if situation.situations[edge].fact("needs_result") is None]


def _each(situation: FlowSituation, chosen: Plan) -> Iterator[str]:
    """Each call that leaves, those of which the same is to be said together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for leaving in chosen.leaving:
        title = leaving.way.title
        why = "; ".join((_needs_it(situation, leaving.edge), _verdicts(situation.situations[leaving.edge])))
        alike.setdefault((f"{title[:1].lower()}{title[1:]}", why), []).append(leaving.edge)
    for (way, why), edges in alike.items():
        yield f"{listed([situation.call(edge) for edge in edges])}: {way}. {why}."


def _needs_it(situation: FlowSituation, edge: str) -> str:
    call = situation.situations[edge]
    needs = call.fact("needs_result")
    if needs is None:
        return f"Whether {call.s} needs the result, nobody has said"
    return f"{call.s} needs the result, and can have it later" if needs else f"{call.s} can go on without the result"


def _verdicts(call: Situation) -> str:
    tree, matrix = call.judged.tree, call.judged.matrix
    says = "the matrix is undecided"
    if matrix.verdict != "undetermined":
        how = "clearly" if matrix.strength == "strong" else "on balance"
        says = f"the matrix speaks {how} for {VERDICTS[matrix.verdict]}"
    if tree.outcome:
        return f"{says}; the tree ends at: {outcome_names((tree.outcome,))}"
    if len(tree.possible) <= MOST_WAYS:
        return f"{says}; the tree is open between {outcome_names(tree.possible, last='and')}"
    styles = {FAMILY_OF_STYLE[WAYS[OF_OUTCOME[outcome]].style] for outcome in tree.possible}
    all_of_them = ", all of them messages" if styles == {ASYNCHRONOUS} else ""
    return f"{says}; the tree leaves {counted(len(tree.possible), 'way')} open{all_of_them}"


def _stays(situation: FlowSituation, chosen: Plan) -> Iterator[str]:
    left = [edge for edge in chosen.flow.calls if edge not in chosen.edges]
    if not left or not chosen.leaving:
        return
    yield f"What stays in the request: {situation.names(left)}."
    locked = [edge for edge in left if is_locked(situation.situations[edge])]
    if not chosen.keeps and locked:
        yield (
            f"To keep the limit, one more of {situation.names(locked)} would have to go, and cannot: the result is "
            "needed, and the caller can neither poll nor be called back. Ask whether that is so, or whether the caller "
            "could keep a copy of the data."
        )


def _open(situation: FlowSituation, chosen: Plan) -> Iterator[str]:
    """The facts that nobody has stated and that could turn the plan."""
    asked: dict[str, list[str]] = {}
    if not chosen.keeps and (unsaid := _unsaid(situation, chosen)):
        asked[f"{NEEDED} What is not can leave, and the limit comes nearer."] = unsaid
    for leaving in chosen.leaving:
        call = situation.situations[leaving.edge]
        if call.fact("needs_result") is None:
            what = (
                "does the caller need the result to go on? If so, it can be handed over at best, not put in a message."
            )
        elif call.fact("needs_result") and call.fact("can_poll") is None:
            what = "can the caller poll, or be called back? If not, it cannot leave."
        elif call.judged.tree.next_question:
            question = SHORT_QUESTIONS[call.judged.tree.next_question]
            what = f"{question[:1].lower()}{question[1:]} That decides what carries it."
        else:
            continue
        asked.setdefault(what, []).append(leaving.edge)
    if asked:
        yield "To be settled before this is accepted:"
        yield bullets(f"{situation.names(edges)}: {what}" for what, edges in asked.items())


def consequences(situation: FlowSituation, chosen: Plan, later: Review) -> str:
    ground, today, flow = situation.ground, situation.today, chosen.flow
    if not chosen.leaving:
        option = Option("", "", today, None, 0, "ask")
        return bullets(str(item) for item in in_order(arguments_for(situation, option)))
    option = Option("", "", flow, chosen, 0, "plan")
    weighed = [*arguments_for(situation, option), *closed_and_opened(ground.review, later)]
    others = list(_other_flows(situation, chosen, later))
    if others:
        names = first_few([name for name, _, _ in others])
        yields = "changes" if len(others) == 1 else "change"
        weighed.append(
            neutral(f"{names} {yields} too, because the same calls stand in {'it' if len(others) == 1 else 'them'}")
        )
    duties = duties_of(situation, chosen, later)
    if duties:
        are = "is" if duties == 1 else "are"
        things = counted(duties, "thing")
        weighed.append(bad(f"it asks for {things} that {are} missing or not stated: see the next steps"))
    items = bullets(str(item) for item in in_order(weighed))
    rows = [*measures(situation.f, today, flow), *_needs(situation, flow), *grave_findings(ground.review, later)]
    numbers = table(("Measure", "Today", "With this decision"), rows, right=frozenset({1, 2}))
    parts = [items, numbers, _not_counted(situation, chosen)]
    if others:
        parts += [
            "What it makes of the other flows:",
            table(("Flow", "Calls in sequence today", "Then"), others, right=frozenset({1, 2})),
        ]
    return "\n\n".join(part for part in parts if part)


def _needs(situation: FlowSituation, flow: FlowReview) -> Iterator[tuple[str, str, str]]:
    before, after = len(situation.today.needs), len(flow.needs)
    if before != after:
        yield f"Services that must be up for {situation.f}", number(before), number(after)


def _not_counted(situation: FlowSituation, chosen: Plan) -> str:
    """Which times the numbers leave out, because nobody has measured them."""
    edges = situation.ground.edges
    publish = [
        one.edge
        for one in chosen.leaving
        if FAMILY_OF_STYLE[one.way.style] == ASYNCHRONOUS and edges[one.edge].publish_p99_ms is None
    ]
    accept = [
        one.edge
        for one in chosen.leaving
        if FAMILY_OF_STYLE[one.way.style] == HAND_OFF and edges[one.edge].handover_p99_ms is None
    ]
    sentences = []
    if publish:
        messages = "message" if len(publish) == 1 else "messages"
        sentences.append(f"The time to publish the {messages} is not known and counts 0 here: measure it.")
    if accept:
        sentences.append(
            f"The time until {situation.names(accept)} {'is' if len(accept) == 1 else 'are'} accepted is not known and "
            "not in these numbers: measure it."
        )
    return " ".join(sentences)


def _other_flows(situation: FlowSituation, chosen: Plan, later: Review) -> Iterator[tuple[str, str, str]]:
    for flow in situation.ground.flows_with(chosen.edges):
        before, after = flow_in(situation.ground.review, flow), flow_in(later, flow)
        if flow.id == situation.flow.id or before is None or after is None or before.sync_calls == after.sync_calls:
            continue
        yield quoted(flow.name or flow.id), number(before.sync_calls), number(after.sync_calls)


def confirmation(situation: FlowSituation, chosen: Plan, later: Review) -> str:
    if not chosen.leaving:
        return ""
    items = [f"The edge `{leaving.edge}` is registered as: {STYLES[leaving.way.style]}." for leaving in chosen.leaving]
    if chosen.flow.within_rule:
        items.append(
            f"{situation.f} makes at most {counted(chosen.flow.limit, 'sequential synchronous call')}: rule HOP-001 "
            "finds nothing on it."
        )
    free = [one.edge for one in chosen.leaving if situation.situations[one.edge].fact("needs_result") is False]
    if free:
        names = situation.names(free)
        items.append(f"What it rests on still holds: the request can be answered without {names}.")
    if situation.flow.latency_budget_ms is not None and chosen.flow.over_budget is False:
        budget = milliseconds(situation.flow.latency_budget_ms)
        items.append(f"{situation.f} stays within its latency budget of {budget}.")
    return f"Each analysis of the model can check this:\n\n{bullets(items)}"


def more(situation: FlowSituation, chosen: Plan, later: Review) -> str:
    ground = situation.ground
    steps = _steps(situation, chosen, later) if chosen.leaving else Steps(missing=tuple(_to_ask(situation, chosen)))
    each = (
        "What follows is asked of each of the calls that leave, unless one is named." if len(chosen.leaving) > 1 else ""
    )
    parts = [
        each,
        checklists(steps, changes=bool(chosen.leaving)),
        *_again(situation, chosen),
        written_from(ground),
    ]
    return "\n\n".join(part for part in parts if part)


def _to_ask(situation: FlowSituation, chosen: Plan) -> Iterator[str]:
    """What is to be asked before any call can leave."""
    for edge in _unsaid(situation, chosen):
        yield f"An answer about {situation.call(edge)}: {NEEDED}"


def _steps(situation: FlowSituation, chosen: Plan, later: Review) -> Steps:
    """What the calls ask for together, and first where a call that the user waits for has to go."""
    edges = [edge_as(situation.situations[one.edge], one.way) for one in chosen.leaving]
    found = steps_for(situation.ground, later, edges)
    first = tuple(
        f"{situation.call(edge)} called from where the request still is, because the user waits for it"
        for edge in situation.awaited_behind(chosen.flow)
    )
    return Steps((*first, *found.missing), found.unknown, found.met)


def _again(situation: FlowSituation, chosen: Plan) -> Iterator[str]:
    """What would change the decision."""
    items = []
    free = [one.edge for one in chosen.leaving if situation.situations[one.edge].fact("needs_result") is False]
    if free:
        items.append(
            f"The result of {situation.names(free)} turns out to be needed for the response: then "
            f"{'it stays' if len(free) == 1 else 'such a call stays'} in the request."
        )
    locked = [edge for edge in situation.today.calls if is_locked(situation.situations[edge])]
    if locked:
        items.append(
            f"A caller can poll for {situation.names(locked)}, or be called back: then lighter plans may open up."
        )
    if not chosen.leaving and _unsaid(situation, chosen):
        items.append("The questions above are answered: then a plan can be made.")
    items.append(f"A further call joins {situation.f}: then the limit has to be looked at again.")
    yield f"Take this up again when {'this' if len(items) == 1 else 'one of these'} comes true:"
    yield bullets(items)
