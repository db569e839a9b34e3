"""The first half of a decision: the situation, what is known about it and from whom, and what drives the choice."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from archreview.decisions.flow_numbers import availability, calls_table, latency_of_flow
from archreview.decisions.phrases import SHORT_QUESTIONS, TECHNOLOGIES, sentence
from archreview.decisions.prose import (
    bullets,
    counted,
    escaped,
    first_few,
    milliseconds,
    number,
    ordinal,
    percent,
    quoted,
    table,
)
from archreview.decisions.situation import Situation
from archreview.engine.derive import reason_for
from archreview.engine.fact_tables import SIDE_EFFECTS
from archreview.engine.model import HAND_OFF, IN_PROCESS, SYNCHRONOUS, Said
from archreview.engine.questions import MATRIX_FACTS
from archreview.engine.results import FactUse, FlowReview
from archreview.engine.tree import SYNCHRONOUS_OUTCOMES

DRIVING = (
    "needs_result",
    "immediate_feedback",
    "strong_consistency",
    "eventual_consistency_ok",
    "long_running",
    "benefits_from_decoupling",
    "fan_out",
    "order_matters",
    "replay_needed",
    "exactly_once",
)
MOST_FINDINGS = 6
# Asynchronous style -> how a question names it.
A_STYLE = {
    "queue": "a queue",
    "pubsub": "publish and subscribe",
    "stream": "an event stream",
    "request_reply": "request and reply over messages",
    "batch": "a batch",
}
# Impact of a fault -> what it does.
HARM = {"harmless": "does no harm", "annoying": "is a nuisance, no more", "critical": "does critical harm"}


def context(situation: Situation) -> str:
    """The section "Context and Problem Statement"."""
    parts = [
        how_they_talk(situation),
        *place_of(situation),
        *_numbers(situation),
        *_known(situation),
        *_findings(situation),
    ]
    return "\n\n".join(part for part in (*parts, _question(situation)) if part)


def how_they_talk(situation: Situation) -> str:
    """One or two sentences: who talks to whom, how, and for what."""
    s, t, edge = situation.s, situation.t, situation.edge
    what = f" {situation.operation}" if situation.has_name else " its work"
    for_what = f" for {situation.operation}" if situation.has_name else ""
    over = _over(situation)
    known = {
        "request_response": f"{s} calls {t}{over}{for_what} and waits for the answer.",
        "polling": f"{s} hands{what} over to {t}{over} and asks later whether it is done.",
        "webhook": f"{s} hands{what} over to {t}{over} and is called back when it is done.",
        "queue": f"{s} puts{what} on {_carrier(situation, 'queue')}, which {t} works off.",
        "pubsub": f"{s} publishes{what} to {_carrier(situation, 'topic')}, to which {t} subscribes.",
        "stream": f"{s} appends{what} to {_carrier(situation, 'stream')}, from which {t} reads.",
        "request_reply": f"{s} sends{what} to {t} as a message and gets the reply as a message.",
        "batch": f"{s} passes{what} to {t} in batches.",
        "in_process": f"{s} calls {t}{for_what} within one process.",
    }
    if edge.style is None:
        sentences = [f"{s} talks to {t}{for_what}; how they talk is not registered."]
    else:
        style = "in_process" if situation.judged.family == IN_PROCESS else edge.style
        sentences = [known[style]]
    if edge.purpose in SIDE_EFFECTS:
        purpose = edge.purpose.replace("_", " ")
        if situation.fact("needs_result"):
            would = f"Its purpose ({purpose}) would make it a by-product"
            sentences.append(f"{would}; by the answers below {s} needs its result.")
        else:
            sentences.append(f"It is a by-product ({purpose}): what {s} does is complete without it.")
    elif edge.purpose == "payment":
        sentences.append("It moves money.")
    if situation.target.kind == "external":
        sentences.append(f"{t} is run by somebody else.")
    if not edge.counted:
        sentences.append("Only hints speak for this communication so far; nobody has confirmed it.")
    if edge.description:
        sentences.append(f"The model says of it: {quoted(edge.description)}.")
    return " ".join(sentences)


def _over(situation: Situation) -> str:
    word = _technology(situation)
    return f" over {word}" if word else ""


def _carrier(situation: Situation, noun: str) -> str:
    """The channel: `the queue “orders” (SQS)`; where it is called like the message, `a queue (SQS)`."""
    word = _technology(situation)
    suffix = f" ({word})" if word else ""
    channel = situation.channel
    if channel is None or (channel.name or channel.id) == situation.edge.name:
        return f"a {noun}{suffix}"
    return f"the {noun} {quoted(channel.name or channel.id)}{suffix}"


def _technology(situation: Situation) -> str:
    technology = situation.technology
    if not technology or technology == "other":
        return ""
    return TECHNOLOGIES.get(technology) or escaped(technology)


def place_of(situation: Situation) -> Iterator[str]:
    """Where the edge stands: in its flow, or on a chain of the graph."""
    flow, review, hop = situation.flow, situation.flow_review, situation.judged.hop
    limit = situation.catalog.hop_limit
    if flow is None or review is None:
        if hop is not None:
            over = f", over the limit of {number(limit)}" if hop.over else ""
            yield (
                f"No registered flow uses it. Along the chains of calls it can be the {ordinal(hop.position)} "
                f"synchronous call after an entry point{over}."
            )
        return
    kind = "user-facing flow" if flow.user_facing else "background flow"
    entry = situation.name_of(flow.entry)
    begin = f"It is part of {situation.f}, a {kind} that begins at {entry}."
    rest = []
    if flow.user_facing:
        rest.append(_against_the_rule(situation, review))
    others = [quoted(other.name or other.id) for other in situation.flows if other.id != flow.id]
    if others:
        verb = "uses" if len(others) == 1 else "use"
        rest.append(f"{first_few(others)} {verb} it too.")
    yield " ".join((begin, *(part for part in rest if part)))


def _against_the_rule(situation: Situation, review: FlowReview) -> str:
    limit, hop = review.limit, situation.judged.hop
    allowed = f"at most {counted(limit, 'is', 'are')} allowed"
    if review.within_rule is None:
        return (
            f"The flow makes {counted(review.sync_calls, 'sequential synchronous call')} for certain and "
            f"{number(review.sync_calls_at_most)} at most: it is not known how all of its services talk; {allowed}."
        )
    if review.sync_calls == 0:
        stores = any(place.family == SYNCHRONOUS and place.foreground for place in review.places)
        if stores:
            return "Apart from calls to data stores, which are not counted, the flow makes no synchronous call."
        return "The flow makes no synchronous call."
    calls = counted(review.sync_calls, "sequential synchronous call")
    if hop is None or hop.flow != review.id:
        return f"The flow makes {calls}; {allowed}."
    if review.sync_calls == 1:
        return f"This call is the only sequential synchronous one of the flow; {allowed}."
    over = " This one is over the limit." if hop.over else ""
    return f"Of its {calls} this is the {ordinal(hop.position)}; {allowed}.{over}"


def _numbers(situation: Situation) -> Iterator[str]:
    flow, review = situation.flow, situation.flow_review
    if flow is not None and review is not None:
        if sum(place.foreground for place in review.places) > 1:
            yield calls_table(situation, review, here={situation.edge.id: "this one"})
        yield " ".join(part for part in (latency_of_flow(flow, review), availability(situation, review)) if part)
    elif situation.judged.effective_latency_ms is not None:
        took = milliseconds(situation.judged.effective_latency_ms)
        yield f"Until all is done it takes {took} at P99 under peak load."
    wait = _wait(situation)
    radius = _blast_radius(situation)
    if wait or radius:
        yield " ".join(part for part in (wait, radius) if part)


def _wait(situation: Situation) -> str:
    timeout = situation.edge.timeout_ms
    if situation.judged.family not in (SYNCHRONOUS, HAND_OFF):
        return ""
    if timeout is None:
        return f"How long {situation.s} waits for an answer (its timeout) is not known."
    if math.isinf(timeout):
        return f"The call has no timeout: when {situation.t} hangs, {situation.s} hangs with it."
    tries = (situation.edge.retries or 0) + 1
    if tries == 1:
        return f"{situation.s} gives up after {milliseconds(timeout)}."
    in_all = milliseconds(tries * timeout)
    return f"{situation.s} gives up after {number(tries)} tries of {milliseconds(timeout)}, {in_all} in all."


def _blast_radius(situation: Situation) -> str:
    radius = next(service.blast_radius for service in situation.review.services if service.id == situation.target.id)
    others = [id_ for id_ in radius.services.ids if id_ != situation.target.id]
    if not others or situation.judged.family not in (SYNCHRONOUS, HAND_OFF, IN_PROCESS):
        return ""
    names = first_few([situation.name_of(id_) for id_ in others], most=4)
    if radius.services.count == 1:
        return f"When {situation.t} fails, {names} fails with it."
    return f"When {situation.t} fails, {counted(radius.services.count, 'service')} fail with it: {names}."


def _known(situation: Situation) -> Iterator[str]:
    """What people answered, what follows from other facts, and what nobody knows."""
    facts = used_facts(situation)
    shown = {fact.question for fact in facts}
    facts += [fact for key in DRIVING if key not in shown and (fact := situation.facts[key]).answer is not None]
    if not any(fact.answer is not None for fact in facts):
        yield "Of the questions that decide between a call and a message, none is answered yet."
        return
    rows = [(SHORT_QUESTIONS[fact.question], _answer(fact), _origin(situation, fact)) for fact in facts]
    rows += _measured(situation)
    yield "Questions and answers so far:"
    yield table(("Question", "Answer", "Where from"), rows)


def _measured(situation: Situation) -> Iterator[tuple[str, str, str]]:
    """What else the model states about the edge that bears on the choice."""
    edge = situation.edge
    per_second = None if edge.throughput_per_s is None else f"{number(edge.throughput_per_s)} a second"
    facts = {
        "throughput_per_s": ("How many are there at peak?", per_second),
        "spiky": ("Does the load come in bursts?", _yes_or_no(edge.spiky)),
        "delay_hurts": ("Does a delay of hours do harm?", _yes_or_no(edge.delay_hurts)),
        "all_or_nothing": ("Does one failing source fail the whole run?", _yes_or_no(edge.all_or_nothing)),
        "duplicate_impact": ("What if one is processed twice?", edge.duplicate_impact),
        "loss_impact": ("What if one is lost?", edge.loss_impact),
    }
    for name, (question, value) in facts.items():
        if value is not None:
            said = situation.statements.get(name)
            yield question, value, who_said(said) if said else "stated in the model"


def _yes_or_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def used_facts(situation: Situation) -> list[FactUse]:
    """The facts that the two verdicts used: the matrix's four, then those on the tree's path."""
    keys = dict.fromkeys((*MATRIX_FACTS, *(fact.question for fact in situation.judged.tree.path)))
    if situation.edge.answers.strong_consistency is not None:
        keys["strong_consistency"] = None
    return [situation.facts[key] for key in keys]


def _answer(fact: FactUse) -> str:
    return {True: "yes", False: "no", None: "not known"}[fact.answer]


def _origin(situation: Situation, fact: FactUse) -> str:
    if fact.answer is None:
        return "nobody has answered"
    if fact.basis == "derived":
        judged = situation.judged
        reason = reason_for(fact.question, situation.edge, judged.effective_latency_ms, judged.reached)
        return f"derived: {reason}" if reason else "derived"
    said = situation.statements.get(f"answers.{fact.question}")
    return who_said(said) if said else "stated in the model"


def who_said(said: Said) -> str:
    """Who stated it, when and why, as far as known."""
    parts = [escaped(said.by)] if said.by else []
    if said.at:
        parts.append(day(said.at))
    origin = ", ".join(parts) or "stated in the model"
    return f"{origin}: {quoted(said.why)}" if said.why else origin


def day(text: str) -> str:
    """An ISO date or time as a day: `2 November 2026`; other texts as they are."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return escaped(text)
    return f"{found.day} {found:%B} {found.year}"


def _findings(situation: Situation) -> Iterator[str]:
    findings = situation.findings
    if not findings:
        return
    most = MOST_FINDINGS if len(findings) > MOST_FINDINGS + 1 else len(findings)
    shown = [f"**{finding.severity}**, {finding.rule}: {escaped(finding.message)}" for finding in findings[:most]]
    if len(findings) > most:
        shown.append(f"and {counted(len(findings) - most, 'finding')} more")
    yield f"The analysis of the model has {counted(len(findings), 'finding')} on it:"
    yield bullets(shown)


def _question(situation: Situation) -> str:
    if situation.edge.style is None:
        return f"How should {situation.s} and {situation.t} talk to each other?"
    if situation.judged.family == SYNCHRONOUS:
        if set(situation.judged.tree.possible) <= set(SYNCHRONOUS_OUTCOMES):
            return (
                f"What should {situation.s} do while {situation.t} gives no answer: fail with it, or answer otherwise?"
            )
        return f"Should {situation.s} go on waiting for {situation.t}?"
    if situation.judged.family == HAND_OFF:
        return f"Is handing the work over right, or should {situation.s} wait, or not need to hear back at all?"
    if situation.judged.family == IN_PROCESS:
        return f"Should {situation.s} and {situation.t} stay in one process?"
    return f"Is {A_STYLE[situation.edge.style]} the right way for {situation.s} to reach {situation.t}?"


def drivers(situation: Situation) -> list[str]:
    """The section "Decision Drivers" as items; facts first, then what the model demands."""
    edge = situation.edge
    items = [sentence(situation, key, answer=answer) for key in DRIVING if (answer := situation.fact(key)) is not None]
    if edge.answers.strong_consistency is not None and situation.fact("eventual_consistency_ok") is not None:
        items.remove(sentence(situation, "strong_consistency", answer=edge.answers.strong_consistency))
    if edge.expectation:
        items.append(f"What the user expects: {quoted(edge.expectation)}.")
    if edge.delay_cost:
        items.append(f"What failure or delay costs: {quoted(edge.delay_cost)}.")
    items += _demands(situation)
    return items


def _demands(situation: Situation) -> Iterator[str]:
    edge, flow, review = situation.edge, situation.flow, situation.flow_review
    if edge.throughput_per_s:
        bursts = ", in bursts" if edge.spiky else ""
        yield f"At peak {number(edge.throughput_per_s)} a second must pass{bursts}."
    elif edge.spiky:
        yield "The load comes in bursts."
    if edge.delay_hurts:
        yield "A delay of hours does harm."
    if flow is not None and flow.user_facing and review is not None and review.sync_calls_at_most:
        yield f"A user request makes at most {counted(review.limit, 'sequential synchronous call')}."
    if flow is not None and flow.latency_budget_ms is not None:
        yield f"{situation.f} has a latency budget of {milliseconds(flow.latency_budget_ms)}."
    if flow is not None and flow.availability_target is not None:
        yield f"{situation.f} must be available for {percent(flow.availability_target)} of the time."
    if edge.purpose == "payment":
        yield "Money moves with it: no more than once, and not unseen."
    source, target = situation.source.tier, situation.target.tier
    if source is not None and target is not None and source < target:
        yield f"{situation.s} (tier {source}) must not depend on {situation.t} (tier {target}) more than it has to."
    yield from harm(edge.duplicate_impact, edge.loss_impact)


def harm(twice: str | None, lost: str | None) -> Iterator[str]:
    """What it does to process something twice, or to lose it, as sentences."""
    if twice and twice == lost:
        yield f"Processing one twice, or losing one, {HARM[twice]}."
        return
    if twice:
        yield f"Processing one twice {HARM[twice]}."
    if lost:
        yield f"Losing one {HARM[lost]}."
