"""The first half of a decision about a flow: what it does today, which calls can leave, and what drives the choice."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.context import who_said
from archreview.decisions.flow_numbers import availability, calls_table, latency_of_flow
from archreview.decisions.flow_situation import TELLING, FlowSituation
from archreview.decisions.phrases import SHORT_QUESTIONS, VERDICTS
from archreview.decisions.plan import cost_of, is_locked
from archreview.decisions.prose import bullets, counted, escaped, in_words, milliseconds, number, percent, quoted, table
from archreview.engine.model import HAND_OFF


def context(situation: FlowSituation) -> str:
    """The section "Context and Problem Statement"."""
    parts = [what_it_is(situation), calls_table(situation.ground, situation.today, here={}), *flow_in_words(situation)]
    parts += [*_who_can_leave(situation), *_known(situation), *_pitfalls(situation)]
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
    yield " ".join(part for part in (latency_of_flow(flow, today), availability(situation.ground, today)) if part)
    sentences = []
    calls = sum(place.foreground and place.family in ("synchronous", HAND_OFF) for place in today.places)
    if today.tail_share and calls > 1:
        share = number(today.tail_share * 100, digits=1)
        sentences.append(
            f"Of all requests {share} % meet the slowest percent of at least one of its {in_words(calls)} calls "
            f"(1 − 0.99^{calls})."
        )
    if today.waits_for_ever:
        sentences.append("When a service hangs, the user waits for ever: some call has no timeout.")
    elif today.worst_wait_ms:
        sentences.append(f"When services hang, the user waits up to {milliseconds(today.worst_wait_ms)}.")
    if today.attempts > 1:
        sentences.append(
            f"When everybody retries, one request becomes up to {number(today.attempts)} calls at the end of the chain."
        )
    yield " ".join(sentences)


def _who_can_leave(situation: FlowSituation) -> Iterator[str]:
    rows = []
    for edge in situation.today.calls:
        call = situation.situations[edge]
        matrix, needs = call.judged.matrix, call.fact("needs_result")
        says = VERDICTS.get(matrix.verdict, "undecided")
        strength = {"strong": ", clearly", "leaning": ", on balance"}.get(matrix.strength or "", "")
        cell = {True: "yes", False: "no", None: "not known"}[needs]
        weight = "cannot leave" if is_locked(call) else str(cost_of(call.judged))
        rows.append((situation.call(edge), f"{says}{strength}", cell, weight))
    if not rows:
        return
    yield (
        "Which of these calls can leave is a matter of what they are for. The weight says what it costs to take a call "
        "off the synchronous path: 1 where the four-question matrix speaks clearly for asynchrony, 16 where it speaks "
        "clearly against it. A call whose result is needed, by a caller that can neither poll nor be called back, "
        "cannot leave."
    )
    yield table(("Call", "The matrix speaks for", "Is its result needed?", "Weight"), rows, right=frozenset({3}))


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


def _pitfalls(situation: FlowSituation) -> Iterator[str]:
    ground = situation.ground
    found = ground.findings_about("flow", situation.flow.id)
    on_calls = sum(len(ground.findings_about("edge", edge)) for edge in situation.situations)
    if not found:
        return
    on_its_calls = f", and {number(on_calls)} on its calls" if on_calls else ""
    yield f"The review finds {counted(len(found), 'pitfall')} on the flow{on_its_calls}. Those on the flow:"
    yield bullets(f"**{finding.severity}**, {finding.rule}: {escaped(finding.message)}" for finding in found)


def drivers(situation: FlowSituation) -> Iterator[str]:
    """The section "Decision Drivers" as items."""
    flow, today, calls = situation.flow, situation.today, situation.today.calls
    yield f"A user request makes at most {counted(today.limit, 'sequential synchronous call')}."
    if flow.latency_budget_ms is not None:
        yield f"{situation.f} has a latency budget of {milliseconds(flow.latency_budget_ms)}."
    if flow.availability_target is not None:
        yield f"{situation.f} must be available for {percent(flow.availability_target)} of the time."
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
