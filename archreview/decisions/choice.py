"""Which way the analysis speaks for, which others it leaves open, and what would change that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from archreview.decisions.matter import Change
from archreview.decisions.situation import Situation
from archreview.decisions.ways import OF_OUTCOME, ORDER, SIMPLEST, WAYS, Way, carries_wrongly, way_of_today
from archreview.engine.questions import TREE_FACTS
from archreview.engine.results import EdgeReview, TreeResult
from archreview.engine.tree import TREE, Branch, agreement, walk


class Kind(StrEnum):
    """What a decision does to the model."""

    KEEP = "keep"
    GUARD = "guard"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Choice:
    """
    The way that the draft proposes.

    `provisional` says that facts are missing which could lead elsewhere; `today` is how the two talk now.
    """

    way: Way
    kind: Kind
    provisional: bool
    today: Way | None


def choose(situation: Situation) -> Choice:
    """
    Propose a way: today's where it fits or will do, else the tree's; the simplest where several are left.

    The tree decides and not the matrix, because the fit of an edge is judged by it; where the two disagree, the text
    says so.
    """
    today = way_of_today(situation)
    judged = situation.judged
    settled = judged.tree.outcome is not None
    if today is not None and today.key == "in_process":
        return Choice(today, Kind.KEEP, False, today)
    if judged.tree.outcome == "sync_guarded" and situation.edge.style == "request_response":
        kept = judged.fit == "fits"
        return Choice(WAYS["guarded"], Kind.KEEP if kept else Kind.GUARD, False, today)
    if today is not None and not _calls_for_change(situation):
        if judged.fit in ("fits", "tolerable"):
            return Choice(today, Kind.KEEP, not settled, today)
        if judged.fit == "undetermined":
            return Choice(today, Kind.KEEP, True, today)
    if today is None and not settled:
        return Choice(_by_matrix(situation), Kind.CHANGE, True, None)
    open_ways = {OF_OUTCOME[outcome] for outcome in judged.tree.possible}
    way = WAYS[min(open_ways, key=SIMPLEST.index)]
    if judged.matrix.verdict == "hybrid" and way.key in ("polling", "callback"):
        way = WAYS["hybrid"]
    return Choice(way, Kind.CHANGE, not settled, today)


def agreed_on(situation: Situation, changes: tuple[Change, ...]) -> Choice | None:
    """The way that was agreed on elsewhere for this edge, as a choice; None where nothing was."""
    way = next((WAYS[change.way] for change in changes if change.edge == situation.edge.id), None)
    if way is None:
        return None
    today = way_of_today(situation)
    kind = Kind.KEEP if today == way else Kind.GUARD if way.key == "guarded" else Kind.CHANGE
    return Choice(way, kind, False, today)


def _calls_for_change(situation: Situation) -> bool:
    """Whether today's way is more than it should be asked to bear, although the tree would put up with it."""
    edge, judged = situation.edge, situation.judged
    if edge.style == "batch" and (edge.delay_hurts or edge.all_or_nothing):
        return True
    if judged.fit != "tolerable":
        return False
    return judged.tree.outcome == "queue_and_poll" or carries_wrongly(situation)


def _by_matrix(situation: Situation) -> Way:
    """Where nobody has said how the two talk, and the tree is open: what the matrix leans to, else the simplest."""
    possible = [OF_OUTCOME[outcome] for outcome in situation.judged.tree.possible]
    wanted = {"async": ("queue", "fifo", "pubsub", "stream", "log"), "hybrid": ("polling", "callback")}
    fitting = [key for key in possible if key in wanted.get(situation.judged.matrix.verdict, ORDER)]
    return WAYS[min(fitting or possible, key=SIMPLEST.index)]


def options(situation: Situation, choice: Choice) -> tuple[Way, ...]:
    """
    The ways to compare: today's, the chosen one, and those that tree and matrix leave open.

    There are always two at least: a decision with one option is none.
    """
    keys = {choice.way.key, *(OF_OUTCOME[outcome] for outcome in situation.judged.tree.possible)}
    if choice.today is not None:
        keys.add(choice.today.key)
    matrix = situation.judged.matrix.verdict
    if matrix == "sync" and not keys & {"direct", "guarded"}:
        keys.add("direct")
    if matrix == "hybrid" and not keys & {"hybrid", "polling", "callback"}:
        keys.add("hybrid")
    if matrix == "async" and keys <= {"direct", "guarded"}:
        keys.add("queue")
    if choice.way.key == "hybrid":
        keys.discard("polling")
    if len(keys) < 2:
        keys.add(_opposite(choice))
    # Everything open says nothing about this edge: then the kinds are compared, and not each shade.
    if len(keys) > 6:
        keys -= {"fifo", "log", "callback"} - {choice.way.key, choice.today.key if choice.today else ""}
    return tuple(WAYS[key] for key in ORDER if key in keys)


def _opposite(choice: Choice) -> str:
    """The way that somebody would ask about first."""
    if choice.way.key == "direct":
        return "guarded"
    return (
        "direct" if choice.way.key in ("guarded", "queue", "in_process", "polling", "callback", "hybrid") else "queue"
    )


def outcomes_if(situation: Situation, key: str, *, answer: bool) -> tuple[str, ...]:
    """The outcomes of the tree that are left when one fact turns out so."""
    values = {fact: situation.fact(fact) for fact in TREE_FACTS} | {key: answer}
    return walk(tuple(values[fact] for fact in TREE_FACTS))[1]


def _leads_to(place: Branch | str, outcome: str) -> bool:
    if isinstance(place, str):
        return place == outcome
    return _leads_to(place.yes, outcome) or _leads_to(place.no, outcome)


def turning_facts(situation: Situation) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    """The known facts on the path whose opposite leads elsewhere: the fact, the other answer, where that leads."""
    found = []
    for fact in situation.judged.tree.path:
        if fact.answer is None:
            continue
        left = outcomes_if(situation, fact.question, answer=not fact.answer)
        if left != situation.judged.tree.possible:
            found.append((fact.question, not fact.answer, left))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """
    A question of the tree that nobody has answered, and where yes and no lead.

    `after` is the answer to the open question before it upon which alone it is asked; None for the first.
    """

    fact: str
    yes: Branch | str
    no: Branch | str
    after: tuple[str, bool] | None


def open_questions(situation: Situation) -> tuple[OpenQuestion, ...]:
    """The questions of the tree that are still open, each followed by those that its answers lead to."""

    def past_the_known(place: Branch | str) -> Branch | str:
        while isinstance(place, Branch) and (answer := situation.fact(place.question)) is not None:
            place = place.yes if answer else place.no
        return place

    def below(place: Branch | str, after: tuple[str, bool] | None) -> Iterator[OpenQuestion]:
        if isinstance(place, Branch):
            yes, no = past_the_known(place.yes), past_the_known(place.no)
            yield OpenQuestion(place.question, yes, no, after)
            yield from below(yes, (place.question, True))
            yield from below(no, (place.question, False))

    return tuple(below(past_the_known(TREE), None))


def most_to_answer(questions: tuple[OpenQuestion, ...]) -> int:
    """How many of the open questions have to be answered at most, whatever the answers are."""
    depth: dict[str | None, int] = {None: 0}
    for question in questions:
        depth[question.fact] = depth[question.after[0] if question.after else None] + 1
    return max(depth.values())


def excluded_by(situation: Situation, outcome: str) -> tuple[str, bool] | None:
    """The first answer on the way to an outcome that leads elsewhere, as fact and answer; None where none does."""
    place: Branch | str = TREE
    while isinstance(place, Branch):
        answer, leads = situation.fact(place.question), _leads_to(place.yes, outcome)
        if answer is not None and answer != leads:
            return place.question, answer
        place = place.yes if leads else place.no
    return None


def cannot_agree(judged: EdgeReview) -> bool:
    """Whether matrix and tree disagree, or will wherever the tree ends."""
    ends = (TreeResult(outcome, (outcome,), (), None) for outcome in judged.tree.possible)
    return judged.matrix.verdict != "undetermined" and all(agreement(judged.matrix, end) == "disagree" for end in ends)
