"""The first half of a decision about a flow: what it does today, which calls can leave, and what drives the choice."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.context import who_said
from archreview.decisions.flow_numbers import (
    availability,
    breaks_its_promise,
    calls_table,
    latency_of,
    latency_of_flow,
    left_by_dependencies,
    promises,
)
from archreview.decisions.flow_situation import TELLING, FlowSituation
from archreview.decisions.phrases import SHORT_QUESTIONS, VERDICTS
from archreview.decisions.plan import is_locked
from archreview.decisions.prose import bullets, counted, escaped, in_words, milliseconds, number, percent, quoted, table
from archreview.engine.flows import exceeds
from archreview.engine.model import HAND_OFF
from archreview.engine.results import FlowReview


def context(situation: FlowSituation) -> str:
    """The section "Context and Problem Statement"."""
    parts = [what_it_is(situation), calls_table(situation.ground, situation.today, here={}), *flow_in_words(situation)]
    parts += [*_who_can_leave(situation), *_known(situation), *_findings(situation)]
    parts.append(f"Which calls of {situation.f} must the user wait for, and which can be finished afterwards?")
    return "\n\n".join(part for part in parts if part)


def what_it_is(situation: FlowSituation) -> str:
    """Two or three sentences: what the flow is, and how many calls it makes."""
    flow, today = situation.flow, situation.today
    kind = "user-facing flow" if flow.user_facing else "background flow"
    calls = counted(today.sync_calls, "sequential synchronous call")
    allowed = ""
    if flow.user_facing:
        where = "where" if today.within_rule is False else "and"
        allowed = f", {where} at most {counted(today.limit, 'is', 'are')} allowed"
    sentences = [
        f"{situation.f} is a {kind} that begins at {situation.ground.name_of(flow.entry)}. In one request it makes "
        f"{calls}{allowed}."
    ]
    if today.first_over:
        sentences.append(f"The first one over the limit is {situation.call(today.first_over)}.")
    if flow.description:
        sentences.append(f"The model says of it: {quoted(flow.description)}.")
    return " ".join(sentences)


def flow_in_words(situation: FlowSituation) -> Iterator[str]:
    """Latency and availability with their arithmetic, and what happens when callees hang."""
    flow, today = situation.flow, situation.today
    ground = situation.ground
    told = (latency_of_flow(flow, today), availability(ground, today), promises(ground, flow, today))
    yield " ".join(part for part in told if part)
    sentences = []
    calls = sum(place.foreground and place.family in ("synchronous", HAND_OFF) for place in today.places)
    if today.tail_share and calls > 1:
        share = number(today.tail_share * 100, digits=1)
        sentences.append(
            f"Of all requests {share} % meet the slowest percent of at least one of {_calls(today, calls)} "
            f"(1 − 0.99^{calls})."
        )
    if today.waits_for_ever:
        endless = situation.names(situation.endless)
        none = "has" if len(situation.endless) == 1 else "have"
        sentences.append(f"When a service hangs, the user waits for ever: {endless} {none} no timeout.")
    elif today.worst_wait_ms:
        sentences.append(f"When services hang, the user waits up to {milliseconds(today.worst_wait_ms)}.")
    if today.attempts > 1:
        most = counted(today.attempts, "call")
        sentences.append(f"When everybody retries, one request becomes up to {most} at the end of the chain.")
    yield " ".join(sentences)


def _calls(today: FlowReview, calls: int) -> str:
    """The calls that somebody waits for, told apart from those that the limit counts where these are fewer."""
    if calls == today.sync_calls:
        return f"its {counted(calls, 'call')}"
    return f"the {counted(calls, 'call')} that somebody waits for, those to datastores or side by side counted in"


def _who_can_leave(situation: FlowSituation) -> Iterator[str]:
    calls = [situation.situations[edge] for edge in dict.fromkeys(situation.today.calls)]
    if all(call.fact("needs_result") is None and call.judged.matrix.verdict == "undetermined" for call in calls):
        if calls:
            yield "Nobody has said of any of these calls whether the request can be answered without its result."
        return
    rows = []
    for call in calls:
        matrix, needs = call.judged.matrix, call.fact("needs_result")
        says = VERDICTS.get(matrix.verdict, "undecided")
        strength = {"strong": ", clearly", "leaning": ", on balance"}.get(matrix.strength or "", "")
        needed = {True: "yes", False: "no", None: "not known"}[needs]
        can = "no" if is_locked(call) else {True: "yes, its result comes later", False: "yes", None: "not known"}[needs]
        rows.append((situation.call(call.edge.id), needed, f"{says}{strength}", can))
    yield (
        "Which of these calls can leave the request is a matter of what they are for. One whose result is needed "
        "cannot, unless its caller can ask for the result later, or be called back."
    )
    yield table(("Call", "Is its result needed?", "The four-question matrix speaks for", "Can it leave?"), rows)


def _known(situation: FlowSituation) -> Iterator[str]:
    """Who answered what about the calls that the flow makes in sequence."""
    stated: dict[tuple[str, str], list[str]] = {}
    for edge in situation.today.calls:
        for key in TELLING:
            answer = getattr(situation.situations[edge].edge.answers, key)
            said = situation.stated(edge).get(f"answers.{key}")
            if answer is not None and said is not None:
                words = f"{SHORT_QUESTIONS[key]} {'Yes' if answer else 'No'}"
                stated.setdefault((words, who_said(said)), []).append(edge)
    if not stated:
        return
    yield "These answers were given about them:"
    yield table(
        ("Answer", "About", "Where from"),
        ((words, situation.names(edges), origin) for (words, origin), edges in stated.items()),
    )


def _findings(situation: FlowSituation) -> Iterator[str]:
    ground = situation.ground
    found = ground.findings_about("flow", situation.flow.id)
    on_calls = sum(len(ground.findings_about("edge", edge)) for edge in situation.situations)
    if not found:
        return
    on_its_calls = f", and {in_words(on_calls)} on its calls" if on_calls else ""
    yield f"The analysis has {counted(len(found), 'finding')} on the flow itself{on_its_calls}. Those on the flow:"
    yield bullets(f"**{finding.severity}**, {finding.rule}: {escaped(finding.message)}" for finding in found)


def promised(situation: FlowSituation) -> Iterator[str]:
    """What was promised of the flow, or is asked of every flow, with the numbers; first what is missed today."""
    told = sorted(_promised(situation), key=lambda found: not found[0])
    yield from (sentence for _, sentence in told)


def _promised(situation: FlowSituation) -> Iterator[tuple[bool, str]]:
    """The same, each with whether it is missed."""
    flow, today, ground = situation.flow, situation.today, situation.ground
    if flow.user_facing:
        makes = in_words(today.sync_calls) if today.sync_calls else "none"
        most = counted(today.limit, "sequential synchronous call")
        yield today.within_rule is False, f"A user request makes at most {most}; {situation.f} makes {makes}."
    if flow.latency_budget_ms is not None:
        takes = f"; it takes {latency_of(today)}" if today.latency_p99_ms else ""
        budget = milliseconds(flow.latency_budget_ms)
        yield bool(today.over_budget), f"{situation.f} has a latency budget of {budget}{takes}."
    target = flow.availability_target
    if target is not None:
        reached = f"must be available for {percent(target)} of the time; it reaches {percent(today.availability)}"
        yield exceeds(target, today.availability), f"{situation.f} {reached}."
    if breaks_its_promise(ground, today):
        entry, promise = ground.name_of(flow.entry), percent(ground.services[flow.entry].availability or 0)
        waits = f"what it waits for in {situation.f} is up for {percent(left_by_dependencies(today) or 0)}"
        yield True, f"{entry} promises to be up for {promise} of the time; {waits}."


def drivers(situation: FlowSituation) -> Iterator[str]:
    """The section "Decision Drivers" as items."""
    calls = list(dict.fromkeys(situation.today.calls))
    yield from promised(situation)
    answers = {key: {edge: situation.situations[edge].fact(key) for edge in calls} for key in TELLING}
    groups = (
        ("needs_result", True, "The caller cannot go on without the result of {names}."),
        ("needs_result", False, "The caller can go on without the result of {names}."),
        ("immediate_feedback", True, "The user needs to know at once how {names} went."),
        ("eventual_consistency_ok", False, "The two sides of {names} may not differ, not even for a moment."),
    )
    for key, answer, words in groups:
        named = [edge for edge in calls if answers[key][edge] is answer]
        if named:
            yield words.format(names=situation.names(named))
    for edge in calls:
        call = situation.situations[edge].edge
        if call.expectation:
            yield f"What the user expects of {situation.ground.name_of_edge(edge)}: {quoted(call.expectation)}."
        if call.delay_cost:
            yield f"What failure or delay of {situation.ground.name_of_edge(edge)} costs: {quoted(call.delay_cost)}."
