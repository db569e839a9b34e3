"""What a decision about an edge leaves open: disputed reasons, answers that it goes against, and missing ones."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.choice import Choice, Kind, most_to_answer, open_questions
from archreview.decisions.phrases import SHORT_QUESTIONS, clause
from archreview.decisions.prose import in_words, table
from archreview.decisions.situation import Situation
from archreview.decisions.ways import OF_OUTCOME, WAYS
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, IN_PROCESS, SYNCHRONOUS
from archreview.engine.tree import Branch


def disputed(situation: Situation, choice: Choice) -> str:
    """That a reason given is contradicted by other facts."""
    if choice.kind == Kind.KEEP or not any(finding.rule == "EVD-001" for finding in situation.findings):
        return ""
    used = {fact.question for fact in situation.judged.tree.path}
    for key, answer, reason in situation.contradictions:
        if key in used:
            return (
                f"**A reason of this is disputed.** It is answered that {clause(situation, key, answer=answer)}; "
                f"against that speaks: {reason}. If the answer is wrong, this proposal falls."
            )
    return ""


def against_an_answer(situation: Situation, choice: Choice) -> str:
    """Which answers the chosen way does not meet; empty where it meets them."""
    unmet = [words for words, _ in not_met(situation, choice)]
    if not unmet:
        return ""
    return f"**Not every answer is met.** {' '.join(unmet)} Whoever accepts this accepts that, or the proposal falls."


def not_met(situation: Situation, choice: Choice) -> Iterator[tuple[str, str]]:
    """Each answer that the new way goes against: in what, as a sentence, and what is to be asked therefore."""
    s, t, family = situation.s, situation.t, FAMILY_OF_STYLE[choice.way.style]
    if choice.kind != Kind.CHANGE or family in (SYNCHRONOUS, IN_PROCESS):
        return
    if situation.fact("eventual_consistency_ok") is False:
        yield (
            f"{s} and {t} may not differ, not even for a moment, and with this they do until the work is done.",
            f"May {s} and {t} differ until the work is done, although it was answered that they may not?",
        )
    if situation.fact("needs_result"):
        yield (
            f"{s} cannot go on without what {t} gives back, and is to answer before it is there.",
            f"What can {s} answer before the result of {t} is there, and is that of use to the user?",
        )
    if situation.fact("immediate_feedback"):
        yield (
            "The user needs to know at once how it went, and learns at once only that it is on its way.",
            "Is it enough that the user learns at once that it is on its way, and a little later how it went?",
        )


def what_is_open(situation: Situation, choice: Choice) -> Iterator[str]:
    """What is settled although facts are missing, and where each answer to the open questions leads."""
    questions = open_questions(situation)
    if not questions:
        return
    most = most_to_answer(questions)
    needed = "One answer decides that"
    if len(questions) > 1:
        needed = f"One answer after another decides that, {in_words(most)} at most"
    yield f"**This is provisional.** {_settled(situation)} {needed}; until then this is the proposal."
    rows = (
        (SHORT_QUESTIONS[question.fact], _leads_to(question.yes, choice), _leads_to(question.no, choice))
        for question in questions
    )
    yield table(("Open question", "If yes", "If no"), rows)


def _settled(situation: Situation) -> str:
    """What the answers so far decide whatever the others are."""
    possible = situation.judged.tree.possible
    families = {FAMILY_OF_STYLE[WAYS[OF_OUTCOME[outcome]].style] for outcome in possible}
    s, what = situation.s, situation.operation
    if families == {ASYNCHRONOUS}:
        today = "the batch goes and " if situation.edge.style == "batch" else ""
        return f"By the answers so far {today}nobody has to wait for {what}; which kind of message carries it is open."
    if families == {SYNCHRONOUS}:
        return f"By the answers so far {s} waits for the answer; whether another can stand in for it is open."
    if ASYNCHRONOUS not in families:
        return f"By the answers so far {s} needs the answer; whether it waits for it is open."
    return "Nothing is settled yet: a call and a message are both possible."


def _leads_to(place: Branch | str, choice: Choice) -> str:
    if isinstance(place, Branch):
        return f"next: “{SHORT_QUESTIONS[place.question]}”"
    way = WAYS[OF_OUTCOME[place]]
    title = f"{way.title[:1].lower()}{way.title[1:]}"
    return f"{title}, as proposed" if way == choice.way else title
