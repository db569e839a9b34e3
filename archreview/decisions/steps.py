"""What a decision asks for next: what the change itself takes, and what its way needs that is not there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archreview.decisions.arguments import awaited_behind, fails_unseen, is_message, over_the_budget_when_hanging
from archreview.decisions.carriers import CARRIED_BY, in_use
from archreview.decisions.choice import Choice, Kind, cannot_agree, open_questions
from archreview.decisions.duties import in_words_of, told_once
from archreview.decisions.ground import Ground
from archreview.decisions.open_points import not_met
from archreview.decisions.phrases import CLASSES, SHORT_QUESTIONS, TECHNOLOGIES, clause
from archreview.decisions.prose import escaped, first_few, listed, lower_first, milliseconds
from archreview.decisions.situation import After, Situation
from archreview.decisions.ways import edge_as, way_of
from archreview.engine.model import FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS, Edge
from archreview.engine.questions import MATRIX_FACTS
from archreview.engine.results import Review


@dataclass(frozen=True, slots=True)
class Steps:
    """
    What a way asks for, as Markdown: what is missing, what nobody has stated, and what is there.

    `asked` is to be answered first, `besides` is to be decided elsewhere. `carried` is there for the way of today, and
    has to be there for the new one too; `at_once` cannot wait for any of it.
    """

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    at_once: tuple[str, ...] = ()


def steps_of(situation: Situation, choice: Choice, after: After) -> Steps:
    """What the way asks for, beginning with what the change itself takes."""
    by_state: dict[str, list[str]] = {"missing": [], "unknown": [], "met": []}
    for duty in told_once(after.edge.obligations):
        by_state[duty.state].append(in_words_of(situation, choice, duty))
    of_the_call = (*_against_repeats(situation, choice), *_of_a_call_that_stays(situation, choice))
    missing = [*_of_the_change(situation, choice, after), *by_state["missing"], *of_the_call]
    asked = tuple(_to_ask(situation, choice))
    if choice.way.style == situation.edge.style:
        return Steps(tuple(missing), tuple(by_state["unknown"]), tuple(by_state["met"]), asked)
    at_once = tuple(_meanwhile(situation)) if choice.kind == Kind.CHANGE else ()
    # What nobody has stated about a way that is not there yet has to be built with it.
    return Steps((*missing, *by_state["unknown"]), asked=asked, carried=tuple(by_state["met"]), at_once=at_once)


def _to_ask(situation: Situation, choice: Choice) -> Iterator[str]:
    """What has to be answered first: what the facts contradict, then what the tree and the matrix still ask."""
    judged = situation.judged
    if choice.kind != Kind.KEEP and any(finding.rule == "EVD-001" for finding in situation.findings):
        yield from _contradictions(situation)
    yield from (question for _, question in not_met(situation, choice))
    if cannot_agree(judged):
        yield "Which is to be followed, the matrix or the tree, and why?"
    if not choice.provisional:
        return
    for question in open_questions(situation):
        text = SHORT_QUESTIONS[question.fact]
        if question.after is None:
            yield text
        else:
            fact, answer = question.after
            yield f"If {clause(situation, fact, answer=answer)}: {lower_first(text)}"
    for fact in MATRIX_FACTS:
        if judged.matrix.verdict == "undetermined" and situation.fact(fact) is None:
            yield f"For a second opinion, the matrix: {lower_first(SHORT_QUESTIONS[fact])}"


def _contradictions(situation: Situation) -> Iterator[str]:
    """Each answer that is not what follows from other facts, as the question which of the two is true."""
    for key, answer, reason in situation.contradictions:
        said = situation.statements.get(f"answers.{key}")
        who = f" by {escaped(said.by)}" if said and said.by else ""
        given = f"answered with {'yes' if answer else 'no'}{who}, but against that speaks: {reason}"
        yield f"Which is true: {lower_first(SHORT_QUESTIONS[key])} It is {given}."
    if not situation.contradictions:
        facts = listed([name.removeprefix("answers.").replace("_", " ") for name in situation.edge.differing])
        yield f"Which is true, where two sources differ: {escaped(facts)}?"


def _against_repeats(situation: Situation, choice: Choice) -> Iterator[str]:
    """Where money moves with a call, its repetition after a timeout must not move it again."""
    edge, s, t = situation.edge, situation.s, situation.t
    if edge.purpose != "payment" or choice.way.key not in ("direct", "guarded") or edge.idempotent:
        return
    yield (
        f"A key by which {t} recognises a repeat or, where it takes none, a look at what became of the first attempt: "
        f"otherwise money may move twice when {s} tries again after a timeout."
    )


def _of_a_call_that_stays(situation: Situation, choice: Choice) -> Iterator[str]:
    if choice.way.key not in ("direct", "guarded") or choice.kind == Kind.CHANGE:
        return
    found = over_the_budget_when_hanging(situation)
    if found is not None:
        waits, budget = (milliseconds(time) for time in found)
        yield f"A shorter timeout, which leaves room within the budget of {budget}: today it is {waits} with all tries."
    if choice.way.key == "guarded" and situation.edge.fallback:
        s, t = situation.s, situation.t
        yield f"What {s} answers without {t}, written down and agreed to be good enough for the user."


def _of_the_change(situation: Situation, choice: Choice, after: After) -> Iterator[str]:
    """What the change itself takes, before anything that the new way asks for."""
    if choice.kind != Kind.CHANGE:
        return
    behind = awaited_behind(situation, after.flow)
    if behind:
        yield (
            f"Who calls {first_few(behind)} when it no longer stands behind {situation.t}: the user waits for it, and "
            "the numbers above leave it in the background."
        )
    if is_message(choice.way):
        yield from _to_a_message(situation, choice, after)
    elif FAMILY_OF_STYLE[choice.way.style] == HAND_OFF:
        yield from _to_a_hand_over(situation, choice)
    elif FAMILY_OF_STYLE[choice.way.style] == SYNCHRONOUS and situation.edge.style is not None:
        yield from _to_a_call(situation)
    if fails_unseen(situation, choice.way):
        yield (
            f"What happens when {situation.operation} fails after {situation.s} has gone on: who is told, and what is "
            "undone."
        )


def _meanwhile(situation: Situation) -> Iterator[str]:
    """What today's call lacks that cannot wait until it is gone."""
    edge = situation.edge
    if situation.judged.family == SYNCHRONOUS and edge.timeout_ms is not None and math.isinf(edge.timeout_ms):
        s, t = situation.s, situation.t
        yield f"A timeout for today's call, so that {s} does not hang with {t}."


def _to_a_message(situation: Situation, choice: Choice, after: After) -> Iterator[str]:
    s, t, changed = situation.s, situation.t, edge_as(situation, choice.way)
    if not situation.is_asynchronous:
        yield "A name for the message (an event says what happened, a command what to do), and its schema."
    if changed.technology is None and changed.channel is None:
        yield _carrier(situation, choice)
    if situation.edge.style == "batch":
        yield (
            f"The way across: {t} takes single messages beside the batch, then {s} sends them, then the batch goes; "
            f"meanwhile {t} ignores what it has already."
        )
    elif situation.is_asynchronous:
        yield f"The way across: {t} reads from both, then {s} sends to the new one alone, then the old one is ended."
    else:
        yield f"The way across: {t} takes messages beside calls, then {s} sends instead of calling, then the call goes."
    if after.flow is not None and changed.publish_p99_ms is None:
        yield "The time to publish the message measured: the numbers above count it as 0."


def _to_a_hand_over(situation: Situation, choice: Choice) -> Iterator[str]:
    s, t = situation.s, situation.t
    if choice.way.key == "hybrid":
        yield f"What is certain without {t}, and can be said at once, told apart from what follows later."
    if choice.way.key == "callback":
        yield f"A job number that {t} gives at once, and an address at which {s} takes the result."
    else:
        yield f"A job number that {t} gives at once, and an address at which the front end asks how far it is."
    yield f"What {s} answers while {t} is down and accepts no work."
    if situation.flow is not None and situation.edge.handover_p99_ms is None:
        yield "The time until the work is accepted measured: it is not in the numbers above."


def _to_a_call(situation: Situation) -> Iterator[str]:
    s, t = situation.s, situation.t
    yield f"An interface of {t} that {s} calls, quick enough at peak load."
    if situation.is_asynchronous:
        yield f"The way across: {s} calls {t}; then {t} no longer takes these messages, so that nothing is done twice."


def _carrier(situation: Situation, choice: Choice) -> str:
    wanted = CARRIED_BY[choice.way.key]
    found = in_use(situation, wanted, besides=situation.edge)
    if found is None:
        return f"A product that carries it: {CLASSES[wanted]}. The model shows none in use yet."
    technology, edge = found
    return (
        f"A channel for it: {CLASSES[wanted]}. {TECHNOLOGIES.get(technology, escaped(technology))} is in use already, "
        f"for {situation.name_of_edge(edge)}."
    )


# -- of several edges -------------------------------------------------------------------------------------------------


def steps_for(ground: Ground, later: Review, edges: Iterable[Edge]) -> Steps:
    """What several edges ask for as they would be: each thing once, with the calls it is for where not for all."""
    edges = tuple(edges)
    judged = {edge.id: edge for edge in later.edges}
    wanted: dict[str, dict[str, list[str]]] = {"missing": {}, "unknown": {}, "met": {}, "carried": {}, "at_once": {}}
    for edge in edges:
        situation = Situation.on(ground, edge.id)
        choice = Choice(way_of(edge), Kind.CHANGE, False, None)
        steps = steps_of(situation, choice, After(later, judged[edge.id], None))
        for state in wanted:
            for text in getattr(steps, state):
                wanted[state].setdefault(text, []).append(edge.id)

    def line(text: str, ids: list[str]) -> str:
        names = [ground.name_of_edge(id_) for id_ in ids]
        if len(ids) == len(edges) or (len(names) == 1 and names[0] in text):
            return text
        return f"{text.rstrip('.')}: for {first_few(names)}"

    def lines(state: str) -> tuple[str, ...]:
        return tuple(line(text, ids) for text, ids in wanted[state].items())

    return Steps(lines("missing"), lines("unknown"), lines("met"), carried=lines("carried"), at_once=lines("at_once"))


# -- as text ----------------------------------------------------------------------------------------------------------


def checklists(steps: Steps, *, changes: bool, whose: str = "", agreed: bool = False, provisional: bool = False) -> str:
    """
    The steps under a line each that says what they are; `changes` where the decision changes something.

    `whose` is a sentence that says who owns what is to be changed, where that is known; `agreed` where the steps name
    who does them, and by when; `provisional` where what is asked first decides what is asked next.
    """
    if changes:
        when = "To be done before the change goes live:"
        look = (
            "Nobody has said whether these are there. To be checked, and built where they are not, before it goes live:"
        )
    else:
        at_once = "To be done at once, as today's way stays in use until something changes:"
        when = at_once if provisional else "To be done:"
        look = "Nobody has said whether these are there. To be checked, and built where they are not:"
    groups = (
        ("To be done at once, whether or not this is accepted:", steps.at_once),
        (_asked(steps, provisional=provisional), steps.asked),
        (when, steps.missing),
        (look, steps.unknown),
        ("There for today's way; to be set up for the new one too, before it goes live:", steps.carried),
        ("To be decided besides:", steps.besides),
    )
    parts = [f"{head}\n\n{_checklist(items)}" for head, items in groups if items]
    if parts and not agreed:
        who = "Not agreed yet, and needed before this is accepted: who does each of these, by when, and at what effort."
        parts.append(f"{whose} {who}" if whose else who)
    elif steps.met and not parts:
        parts.append("Nothing has to be done: all that this way asks for is there.")
    if steps.met:
        parts += ["Already there:", _checklist(steps.met, box="[x]")]
    return "\n\n".join(parts)


def with_next_steps(consequences: str, *steps: str) -> str:
    """The section "Consequences" with what is to be done next below it; as it is where nothing is."""
    told = "\n\n".join(step for step in steps if step)
    return f"{consequences}\n\n### Next Steps\n\n{told}" if told else consequences


def _asked(steps: Steps, *, provisional: bool) -> str:
    in_turn = provisional and len(steps.asked) > 1
    one_by_one = ", one after another, as far as the answers before ask for it" if in_turn else ""
    return f"To be answered before this is accepted{one_by_one}:"


def _checklist(items: Iterable[str], *, box: str = "[ ]") -> str:
    return "\n".join(f"* {box} {_ended(item)}" for item in items)


def _ended(item: str) -> str:
    return item if item.endswith((".", "?")) else f"{item}."
