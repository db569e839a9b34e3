"""The second half of a decision about a flow: what leaves it and why, what that costs and gives, what is to be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archreview.decisions.arguments import Argument, bad, in_order, neutral
from archreview.decisions.consequences import grave_findings
from archreview.decisions.effects import (
    callers_in_words,
    findings_that_come,
    findings_that_go,
    not_in_the_numbers,
    owners,
    question_of_order,
    question_of_reads,
    questions_of_callers,
    steps_of_callers,
    without_timeout,
    work_to_do,
)
from archreview.decisions.flow_numbers import latency_of, measures_of
from archreview.decisions.flow_options import Option, arguments_for, why_not
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.ground import flow_in
from archreview.decisions.matter import Dissent
from archreview.decisions.outcome import against
from archreview.decisions.phrases import SHORT_QUESTIONS, STYLES, VERDICTS, outcome_names
from archreview.decisions.plan import Plan, is_locked
from archreview.decisions.prose import (
    all_of,
    bullets,
    clauses,
    counted,
    escaped,
    first_few,
    in_words,
    listed,
    lower_first,
    milliseconds,
    number,
    quoted,
    table,
    upper_first,
)
from archreview.decisions.situation import Situation
from archreview.decisions.steps import Steps, checklists, steps_for
from archreview.decisions.ways import OF_OUTCOME, WAYS, edge_as
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF
from archreview.engine.results import Review

MOST_WAYS = 3
NEEDED = "is the result needed to answer the request?"


def outcome(
    situation: FlowSituation, chosen: Plan, ways: tuple[Option, ...], dissent: tuple[Dissent, ...], *, agreed: bool
) -> str:
    """The section "Decision Outcome" down to the consequences."""
    parts = [f'Chosen option: "{ways[0].title}", because {_in_short(situation, chosen, agreed=agreed)}.']
    if chosen.leaving:
        how = "How it would talk" if len(chosen.leaving) == 1 else "How each of them would talk"
        parts += [f"{how}, and why it can:", bullets(_each(situation, chosen))]
        parts.append(callers_in_words(situation.ground, chosen.change))
    else:
        parts += _where_answers_lead(situation, chosen)
    parts += _stays(situation, chosen)
    parts += ["Why not the others:", bullets(why_not(situation, option, chosen) for option in ways[1:])]
    if chosen.leaving and any(_open(situation, chosen)):
        parts.append("What is not answered yet stands first among the next steps.")
    parts += against(dissent)
    return "\n\n".join(part for part in parts if part)


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
            return (
                f"{falls}; more cannot leave, and the limit of {in_words(flow.limit)} cannot be kept, before somebody "
                "says which of the other calls the request can be answered without"
            )
        return f"{falls}; no set of calls that can leave keeps the limit of {in_words(flow.limit)}"
    if chosen.instead_of is not None:
        return (
            f"{falls} and the latency to {latency_of(flow)}, which keeps the limit of {in_words(flow.limit)} and the "
            f"budget of {milliseconds(situation.flow.latency_budget_ms or 0)}"
        )
    rests_on = _what_it_rests_on(situation, chosen)
    keeps = f"{falls}, which keeps the limit of {in_words(flow.limit)}"
    equals = _with_equal_right(situation, chosen)
    if not equals:
        most = "of the calls that can leave, these are the ones whose answers speak most for it"
        return f"{keeps}; and {most}: {rests_on}"
    gain = "bring the flow within its budget" if today.over_budget and flow.over_budget is False else "save most time"
    others = f"{situation.names(equals)} could leave with equal right, but these {gain}"
    return f"{keeps}; {rests_on}. {upper_first(others)}"


def _with_equal_right(situation: FlowSituation, chosen: Plan) -> list[str]:
    """The calls that stay although the four-question matrix says of them what it says of those that leave."""
    matrices = {edge: call.judged.matrix for edge, call in situation.situations.items()}
    leaving = {(matrices[one.edge].verdict, matrices[one.edge].strength) for one in chosen.leaving}
    stay = [edge for edge in dict.fromkeys(chosen.flow.calls) if edge not in chosen.edges]
    return [
        edge
        for edge in stay
        if (matrices[edge].verdict, matrices[edge].strength) in leaving
        and situation.situations[edge].fact("needs_result") is False
    ]


def _what_it_rests_on(situation: FlowSituation, chosen: Plan) -> str:
    """What the four-question matrix says of the calls that leave, as one clause."""
    verdicts: dict[tuple[str, str | None], list[str]] = {}
    for leaving in chosen.leaving:
        matrix = situation.situations[leaving.edge].judged.matrix
        verdicts.setdefault((matrix.verdict, matrix.strength), []).append(leaving.edge)
    told = []
    for (verdict, strength), edges in verdicts.items():
        them = f"{all_of(len(edges))} of them"
        whom = situation.names(edges) if len(verdicts) > 1 or len(edges) == 1 else them
        how = "clearly" if strength == "strong" else "on balance"
        says = f"speaks {how} for {VERDICTS[verdict]}" if verdict in VERDICTS else "is undecided"
        told.append(f"for {whom} the four-question matrix {says}")
    return clauses(told)


def _where_answers_lead(situation: FlowSituation, chosen: Plan) -> Iterator[str]:
    """What the answers to the open questions would make of it, where nothing can be decided before them."""
    unsaid = _unsaid(situation, chosen)
    if not unsaid:
        return
    today = situation.today
    beyond = today.sync_calls - today.limit
    has = "has" if beyond == 1 else "have"
    yield (
        f"At least {counted(beyond, 'call')} {has} to leave the request to keep the limit, unless calls are made side "
        "by side. Where each answer leads:"
    )
    yield bullets(
        (
            "The request can be answered without the result: the call leaves, and becomes a message on a queue.",
            "The result is needed, but may come later: the work is handed over, and the caller asks for the result, or "
            "is called back.",
            "The result is needed at once: the call stays. Where too many stay, the next thing to look at is whether "
            "they can be made side by side, or whether a caller can keep a copy of what it reads.",
        )
    )


def _unsaid(situation: FlowSituation, chosen: Plan) -> list[str]:
    """The calls that stay in the request although nobody has said that it needs them."""
    calls = dict.fromkeys(chosen.flow.calls)
    return [edge for edge in calls if situation.situations[edge].fact("needs_result") is None]


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
    says = "the four-question matrix is undecided"
    if matrix.verdict != "undetermined":
        how = "clearly" if matrix.strength == "strong" else "on balance"
        says = f"the four-question matrix speaks {how} for {VERDICTS[matrix.verdict]}"
    if tree.outcome:
        return f"{says}; the decision tree ends at: {outcome_names((tree.outcome,))}"
    if len(tree.possible) <= MOST_WAYS:
        return f"{says}; the decision tree is open between {outcome_names(tree.possible, last='and')}"
    styles = {FAMILY_OF_STYLE[WAYS[OF_OUTCOME[outcome]].style] for outcome in tree.possible}
    if styles == {ASYNCHRONOUS}:
        return f"{says}; the decision tree rules a call out, and leaves open which kind of message it becomes"
    return f"{says}; the decision tree leaves {counted(len(tree.possible), 'way')} open"


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
        asked[f"{NEEDED} Those whose result is not can leave too, which makes the sequence shorter."] = unsaid
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
            carrier = lower_first(leaving.way.title)
            what = f"{lower_first(question)} That decides what carries it; until then a {carrier} is assumed."
        else:
            continue
        asked.setdefault(what, []).append(leaving.edge)
    for what, edges in asked.items():
        yield f"{situation.names(edges)}: {what}"


def consequences(situation: FlowSituation, chosen: Plan, option: Option, later: Review) -> str:
    """The section "Consequences": what it gives and costs, and the numbers today and then."""
    ground, today, flow = situation.ground, situation.today, chosen.flow
    weighed = list(arguments_for(situation, option))
    if not chosen.leaving:
        return bullets(str(item) for item in in_order(weighed))
    weighed += [*findings_that_go(ground, later), *findings_that_come(ground, later)]
    weighed += _findings_that_stay(situation, later)
    others = list(_other_flows(situation, chosen, later))
    if others:
        names = first_few([name for name, _, _ in others])
        yields = "changes" if len(others) == 1 else "change"
        weighed.append(
            neutral(f"{names} {yields} too, because the same calls stand in {'it' if len(others) == 1 else 'them'}")
        )
    steps = _steps(situation, chosen, later)
    weighed += work_to_do(steps)
    items = bullets(str(item) for item in in_order(weighed))
    rows = [*measures_of(ground, situation.flow, today, flow), *grave_findings(ground.review, later)]
    numbers = table(("Measure", "Today", "With this decision"), rows, right=frozenset({1, 2}))
    too_good = not_in_the_numbers(ground, situation.awaited_behind(flow))
    parts = [items, numbers, too_good, _not_counted(situation, chosen)]
    if others:
        parts += [
            "What it makes of the other flows:",
            table(("Flow", "Calls in sequence today", "Then"), others, right=frozenset({1, 2})),
        ]
    return "\n\n".join(part for part in parts if part)


def _findings_that_stay(situation: FlowSituation, later: Review) -> Iterator[Argument]:
    """What is still wrong with the flow itself."""
    stays = [finding for finding in later.findings if finding.subject == ("flow", situation.flow.id)]
    known = {finding.fingerprint for finding in situation.ground.review.findings}
    stays = [finding for finding in stays if finding.fingerprint in known]
    if stays:
        titles = {rule.code: rule.title for rule in situation.ground.catalog.rules}
        named = listed([f"{escaped(titles[finding.rule])} ({finding.rule}, {finding.severity})" for finding in stays])
        what = "finding on the flow stays" if len(stays) == 1 else "findings on the flow stay"
        yield bad(f"{in_words(len(stays))} {what}: {named}")


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
        them = "it" if len(publish) == 1 else "them"
        sentences.append(
            f"The time to publish the {messages} is not known and counts 0 here; the downtime of what carries {them} "
            "is not counted either."
        )
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
    return f"Each analysis of the model checks this:\n\n{bullets(items)}"


def next_steps(situation: FlowSituation, chosen: Plan, later: Review) -> str:
    """What is to be done, and who is to be asked."""
    steps = _steps(situation, chosen, later) if chosen.leaving else _questions(situation, chosen)
    each = "Each step is meant for every call that leaves, unless it names one." if len(chosen.leaving) > 1 else ""
    edges = [*chosen.edges, *(caller.edge for caller in chosen.change.callers)] or situation.today.calls
    whose = owners(situation.ground, [edge for edge in situation.situations if edge in edges])
    return "\n\n".join(part for part in (whose, each, checklists(steps, changes=bool(chosen.leaving))) if part)


def _questions(situation: FlowSituation, chosen: Plan) -> Steps:
    """What is to be asked, and of whom, before any call can leave; and what can be mended meanwhile."""
    questions = [
        f"{situation.call(edge)}: ask {_whoever_builds(situation, edge)} whether it can answer the request without "
        "the result, or have it later; and whether the call needs what another one gives."
        for edge in _unsaid(situation, chosen)
    ]
    if questions:
        questions.append("The answers written into the model, and this decision drafted anew.")
    if situation.endless:
        endless = situation.names(situation.endless)
        questions.append(f"Meanwhile a timeout for {endless}, so that nobody waits for ever.")
    return Steps(missing=tuple(questions))


def _whoever_builds(situation: FlowSituation, edge: str) -> str:
    call = situation.situations[edge]
    team = situation.ground.team_of(call.edge.source)
    return f"team {team}, who own {call.s}," if team else f"whoever builds {call.s}"


def _steps(situation: FlowSituation, chosen: Plan, later: Review) -> Steps:
    """What the calls ask for together, and first the calls that somebody else has to make."""
    edges = [edge_as(situation.situations[one.edge], one.way) for one in chosen.leaving]
    found = steps_for(situation.ground, later, edges)
    first = steps_of_callers(situation.ground, chosen.change)
    behind = tuple(
        f"{situation.call(edge)} called from where the request still is, because the user waits for it"
        for edge in situation.awaited_behind(chosen.flow)
    )
    asked = _questions(situation, chosen).missing if not chosen.keeps else ()
    to_answer = tuple(upper_first(question) for question in _open(situation, chosen))
    messages = [one.edge for one in chosen.leaving if FAMILY_OF_STYLE[one.way.style] == ASYNCHRONOUS]
    to_answer += (*question_of_reads(situation.ground, messages), *question_of_order(situation.ground, messages))
    to_answer = (*questions_of_callers(situation.ground, chosen.change), *to_answer)
    at_once = (*found.at_once, *without_timeout(situation.ground, chosen.flow, chosen.change))
    return replace(found, missing=(*asked, *first, *behind, *found.missing), asked=to_answer, at_once=at_once)


def again(situation: FlowSituation, chosen: Plan) -> Iterator[str]:
    """What would change the decision."""
    free = [one.edge for one in chosen.leaving if situation.situations[one.edge].fact("needs_result") is False]
    if free:
        yield (
            f"The result of {situation.names(free)} turns out to be needed for the response: then "
            f"{'it stays' if len(free) == 1 else 'such a call stays'} in the request."
        )
    locked = [edge for edge in situation.today.calls if is_locked(situation.situations[edge])]
    if locked:
        yield (
            f"The caller of {situation.names(locked, last='or')} becomes able to ask for the result later, or to be "
            "called back: then there may be a cheaper way."
        )
    if not chosen.leaving and _unsaid(situation, chosen):
        yield "The questions above are answered: then it can be said which calls leave."
    yield f"A further call joins {situation.f}: then the limit has to be looked at again."
