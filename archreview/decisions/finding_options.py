"""The options of a decision about findings: changes that the engine has tried, advice of the catalog, or to wait."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archreview.decisions.arguments import Argument, bad, good, in_order, neutral
from archreview.decisions.effects import (
    CHOSEN,
    findings_that_come,
    findings_that_go,
    only_in,
    questions_of_callers,
    questions_of_ways,
    rebuilt,
    steps_of_callers,
    what_is_built,
    without_timeout,
)
from archreview.decisions.finding_situation import GIVEN, FindingSituation, Mend, remedies_of
from archreview.decisions.flow_numbers import breaks_its_promise, left_by_dependencies
from archreview.decisions.flow_options import of_the_numbers
from archreview.decisions.ground import flow_in
from archreview.decisions.phrases import SHORT_QUESTIONS
from archreview.decisions.prose import (
    all_of,
    bullets,
    counted,
    escaped,
    first_few,
    in_words,
    listed,
    number,
    percent,
    quoted,
    table,
    upper_first,
)
from archreview.decisions.risk import cost_of_waiting
from archreview.decisions.steps import Steps, steps_for

MOST_REMEDIES = 3
KEEP = "Accept the risk"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to deal with the findings: a change that the engine has tried, advice of the catalog, or to wait."""

    title: str
    how: str
    mend: Mend | None = None
    waits: bool = False


def options(situation: FindingSituation, *, until: str = "") -> list[Option]:
    """What could be done, the proposed one first."""
    mends = [Option(mend.title, mend.how, mend) for mend in situation.mends]
    advice = [
        Option(remedy, f"The catalog advises this against {rule.code}.")
        for rule in situation.rules[:1]
        for remedy in remedies_of(rule)
    ]
    # Advice in words only where the engine had nothing to try.
    shown = mends or advice[:MOST_REMEDIES]
    how = "Nothing is changed, and somebody answers for it with a reason and a date."
    waiting = Option(f"{KEEP} until {until}" if until else KEEP, how, None, True)
    return [waiting, *shown] if until else [*shown, waiting]


def comparison(situation: FindingSituation, found: list[Option]) -> str:
    """The options side by side where the analysis has tried one, and each with what speaks for and against it."""
    rows = []
    today = situation.ground.review
    for option in found:
        closes = closes_all = opens = "none" if option.waits else "not tried"
        if option.mend is not None:
            closes = f"{number(len(option.mend.closes))} of {number(len(situation.findings))}"
            closes_all = number(len(only_in(today, option.mend.later)))
            opens = number(len(only_in(option.mend.later, today)))
        rows.append((option.title, closes, closes_all, opens, _complexity(option), _coupling(option)))
    header = ("Option", "Closes of these", "Closes in all", "Opens", "Complexity", "Coupling and resilience")
    parts = [table(header, rows)] if any(option.mend is not None for option in found) else []
    for option in found:
        items = bullets(str(item) for item in in_order(arguments_for(situation, option)))
        parts.append(f"### {option.title}\n\n{option.how}\n\n{items if option is not found[0] else CHOSEN}")
    return "\n\n".join(parts)


def why_not(situation: FindingSituation, option: Option, chosen: Option) -> str:
    """One sentence: why this option is not the chosen one."""
    title = option.title
    if option.waits:
        return f"{title}: {next(iter(cost_of_waiting(situation)))}."
    if option.mend is None or chosen.mend is None:
        return (
            f"{title}: the catalog names it later; nothing in the model tells the two apart. Take it if it fits better."
        )
    count, closed = len(situation.findings), len(option.mend.closes)
    if not closed:
        stays = "the finding stays" if count == 1 else f"{all_of(count)} findings stay"
        return f"{title}: with it {stays}{_since(situation, option.mend)}."
    if closed < len(chosen.mend.closes):
        return f"{title}: it closes {in_words(closed)} of the {in_words(count)} findings."
    return f"{title}: it closes as many of these findings, but {_complexity(option)} is what it takes."


def _since(situation: FindingSituation, mend: Mend) -> str:
    """The number that is still missed, where it is that of a promise."""
    if situation.flow is None:
        return ""
    flow, ground = situation.flow.flow, situation.ground
    later = flow_in(mend.later, flow)
    if later is None or not breaks_its_promise(ground, later):
        return ""
    promise, left = ground.services[flow.entry].availability or 0, left_by_dependencies(later) or 0
    entry = ground.name_of(flow.entry)
    return f", since what {entry} waits for leaves {percent(left)}, and {entry} promises {percent(promise)}"


def steps_of(situation: FindingSituation, mend: Mend) -> Steps:
    """What a mend takes: each thing that is added, or what the changed calls ask for."""
    ground = situation.ground
    if mend.key == "facts":
        return Steps(missing=tuple(_additions(situation, mend)), asked=tuple(_contradicted(situation, mend)))
    found = steps_for(ground, mend.later, mend.edges)
    behind = tuple(
        f"{ground.name_of_edge(edge)} called from where the request still is, because the user waits for it"
        for edge in situation.awaited_behind(mend)
    )
    later = flow_in(mend.later, situation.flow.flow) if situation.flow is not None else None
    at_once = without_timeout(ground, later, mend.change) if later is not None else ()
    return replace(
        found,
        missing=(*steps_of_callers(ground, mend.change), *behind, *found.missing),
        asked=(*questions_of_callers(ground, mend.change), *questions_of_ways(ground, mend.change)),
        at_once=(*found.at_once, *at_once),
    )


def _additions(situation: FindingSituation, mend: Mend) -> Iterator[str]:
    old = situation.ground.edges
    for name in added_by(mend, situation):
        edges = [edge.id for edge in mend.edges if getattr(edge, name) != getattr(old[edge.id], name)]
        calls = situation.calls(edges, every="each of the")
        how = ": what is answered without the callee is agreed, built and tested" if name == "fallback" else ""
        if name == "idempotent":
            senders = dict.fromkeys(situation.ground.name_of(old[id_].source) for id_ in edges)
            yield f"A key in each message by which a repeat is recognised, put there by {first_few(list(senders))}"
        yield f"{upper_first(GIVEN[name])} for {calls}{how}"
    if contradicted_by(situation, mend):
        yield "The answers that prove wrong corrected in the model"
    yield "What was built stated in the model, so that the next analysis sees it"


def contradicted_by(situation: FindingSituation, mend: Mend) -> list[str]:
    """The changed calls about which an answer says the opposite of what is added."""
    new = only_in(mend.later, situation.ground.review)
    changed = {edge.id for edge in mend.edges}
    return [f.subject.id for f in new if f.facts.get("edge.contradicted") and f.subject.id in changed]


def _contradicted(situation: FindingSituation, mend: Mend) -> Iterator[str]:
    against = contradicted_by(situation, mend)
    if not against:
        return
    calls = situation.calls(against, every="each of the")
    if "fallback" in added_by(mend, situation):
        question = SHORT_QUESTIONS["callee_may_be_down"]
        yield f"For {calls}: “{question}” was answered with no. Is that right? Where it is, the call is left out."
    else:
        yield f"For {calls}: which answer says the opposite of what is added, and which of the two is true?"


def _complexity(option: Option) -> str:
    if option.mend is None:
        return "none" if option.waits else "not known"
    calls = len(option.mend.edges)
    return f"{counted(calls, 'call')} hardened" if option.mend.key == "facts" else rebuilt(calls, option.mend.change)


def _coupling(option: Option) -> str:
    if option.mend is None:
        return "as today" if option.waits else "not known"
    if option.mend.key == "facts":
        return "as coupled as today, fails better"
    return "looser: fewer wait for each other"


def arguments_for(situation: FindingSituation, option: Option) -> Iterator[Argument]:
    """What speaks for and against an option."""
    if option.waits:
        yield good("nothing has to be rebuilt now")
        yield from (bad(cost) for cost in cost_of_waiting(situation))
        return
    if option.mend is None:
        first = re.split(r"(?<=[.;:]) ", " ".join(situation.rules[0].why.split()))[0].rstrip(".;:")
        yield good(f"it goes at the cause of what {situation.rules[0].code} warns of: {quoted(first)}")
        yield bad(f"{_touched(situation)} have to be looked at, and may have to be changed together")
        yield bad("how much it gives, and what gets worse by it, the model cannot tell: it has to be found out first")
        return
    mend, ground = option.mend, situation.ground
    yield from findings_that_go(ground, mend.later, own=situation.findings)
    yield from findings_that_come(ground, mend.later)
    if contradicted_by(situation, mend):
        yield neutral(
            "the new findings only tell of an answer that what is added contradicts: they go when it is corrected"
        )
    left = [finding for finding in situation.findings if finding not in mend.closes]
    if left:
        titles = {rule.code: escaped(rule.title) for rule in situation.rules}
        codes = listed(sorted({f"{titles[finding.rule]} ({finding.rule})" for finding in left}))
        of_these = "of these findings stays" if len(left) == 1 else "of these findings stay"
        yield bad(f"{in_words(len(left))} {of_these}: {codes}")
    later = flow_in(mend.later, situation.flow.flow) if situation.flow is not None else None
    if situation.flow is not None and later is not None:
        yield from of_the_numbers(situation.flow, later)
    if mend.key == "facts":
        yield good("how the services talk stays as everybody knows it")
        for name, words in _burdens(mend, situation):
            yield bad(words) if name else good(words)
        return
    yield from what_is_built(ground, mend.change)
    along = [edge for edge in situation.moved_behind(mend) if edge not in {edge.id for edge in mend.edges}]
    if along:
        goes = "goes" if len(along) == 1 else "go"
        names = first_few([ground.name_of_edge(edge) for edge in along])
        yield bad(f"{names}, made behind what leaves, {goes} to the background along with it")
    awaited = situation.awaited_behind(mend)
    if awaited:
        names = first_few([ground.name_of_edge(edge) for edge in awaited])
        them = "it" if len(awaited) == 1 else "them"
        yield bad(
            f"the user needs to know at once how {names} went, and would not: first somebody has to say from where the "
            f"request can call {them} instead"
        )


def _touched(situation: FindingSituation) -> str:
    """Whose work a change would be of which the model holds no fact, as the subject of a sentence in the plural."""
    ground, (kind, id_) = situation.ground, situation.subjects[0]
    if situation.is_about_one and kind == "channel":
        used = next(channel for channel in ground.review.channels if channel.id == id_)
        ends = list(dict.fromkeys((*used.producers, *used.consumers)))
        if len(ends) > 1:
            return first_few([ground.name_of(end) for end in ends])
    if situation.edge is not None:
        return f"{situation.edge.s} and {situation.edge.t}"
    return f"all who build {situation.where}" if situation.is_about_one else "all who build these"


BURDENS = {
    "fallback": "for the fallback somebody has to say what is answered without the callee, and keep that answer "
    "tested; while it is down, users get that poorer answer",
    "timeout_ms": "for the timeout somebody has to measure how long is too long, and keep it under the caller's own",
    "circuit_breaker": "when the circuit breaker opens and closes has to be set, watched and tested",
    "idempotent": "the sender has to put a key into each message, and the receiver to keep it, together with what it "
    "did, for as long as repeats can come; a receiver that fails after its work, before the key is kept, does it twice",
    "dead_letter_queue": "what the dead-letter queue sets aside has to be looked at by somebody",
    "outbox": "for the outbox a relay has to be run that publishes what was written",
    "compensation": "an undo has to be written, and tested as often as the work itself",
}


def _burdens(mend: Mend, situation: FindingSituation) -> Iterator[tuple[str, str]]:
    """What each added thing asks for in turn."""
    added = added_by(mend, situation)
    told = [(name, BURDENS[name]) for name in added if name in BURDENS]
    yield from told or [("it", "it has to be built, and kept working as the code around it changes")]
    alone = [edge.id for edge in mend.edges if edge.circuit_breaker and edge.fallback is not True]
    if "circuit_breaker" in added and alone:
        calls = first_few([situation.ground.name_of_edge(id_) for id_ in alone])
        fail = "fails" if len(alone) == 1 else "fail"
        yield "alone", f"while a circuit breaker is open, {calls} {fail} at once: no fallback is stated there"


def added_by(mend: Mend, situation: FindingSituation) -> list[str]:
    old = situation.ground.edges
    return [name for name in GIVEN if any(getattr(edge, name) != getattr(old[edge.id], name) for edge in mend.edges)]
