"""The second half of a decision: what is chosen and why, what it costs and gives, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archreview.decisions.arguments import Argument, arguments, awaited_behind, bad, good, in_order, neutral
from archreview.decisions.choice import Choice, Kind, conditions_of, turning_facts
from archreview.decisions.flow_numbers import measures
from archreview.decisions.ground import Ground
from archreview.decisions.matter import Dissent
from archreview.decisions.phrases import (
    CLASSES,
    SHORT_QUESTIONS,
    STYLES,
    VERDICTS,
    because,
    clause,
    outcome_names,
    sentence,
)
from archreview.decisions.prose import (
    bullets,
    clauses,
    counted,
    escaped,
    first_few,
    listed,
    number,
    quoted,
    table,
    upper_first,
)
from archreview.decisions.situation import Situation
from archreview.decisions.ways import OF_OUTCOME, WAYS, carries_wrongly, edge_as, way_of
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, Edge
from archreview.engine.questions import MATRIX_FACTS
from archreview.engine.results import EdgeReview, Finding, FlowReview, Review, TreeResult
from archreview.engine.tree import agreement

MOST_RULES = 8


@dataclass(frozen=True, slots=True)
class After:
    """The review as it would be; `edge` and `flow` are of it. Equal to today's where nothing changes."""

    review: Review
    edge: EdgeReview
    flow: FlowReview | None

    @property
    def edge_findings(self) -> tuple[Finding, ...]:
        """The findings about the edge."""
        return tuple(finding for finding in self.review.findings if finding.subject == ("edge", self.edge.id))


# -- why --------------------------------------------------------------------------------------------------------------


def reasons(situation: Situation, choice: Choice) -> str:
    """The section "Decision Outcome" down to the consequences."""
    head = f'Chosen option: "{choice.way.title}", because {_in_short(situation, choice)}.'
    tree = " ".join(part for part in (_tree(situation), _agreement(situation)) if part)
    parts = [head, _matrix(situation), tree, _technology(situation, choice)]
    if choice.provisional:
        parts += _what_is_missing(situation, choice)
    return "\n\n".join(part for part in parts if part)


def _in_short(situation: Situation, choice: Choice) -> str:
    judged = situation.judged
    if choice.way.key == "in_process":
        return f"{situation.s} and {situation.t} run in one process, where a call costs next to nothing"
    if judged.tree.outcome is not None:
        why = because(situation, tuple(fact.question for fact in judged.tree.path))
        if choice.kind == Kind.KEEP and judged.fit == "tolerable":
            better = outcome_names((judged.tree.outcome,))
            return f"it works and is there: {why}, for which {better} would be the closest fit"
        return why
    known = because(situation, tuple(fact.question for fact in judged.tree.path if fact.answer is not None))
    if choice.today is None:
        return f"it is the simplest way that is still open{f', and {known}' if known else ''}"
    if choice.kind == Kind.KEEP and judged.fit in ("fits", "tolerable"):
        why = f": {known}" if known else ""
        return f"whatever is still open, today's way {'fits' if judged.fit == 'fits' else 'will do'}{why}"
    if choice.kind == Kind.KEEP:
        return "too little is known to justify a change, and this is how it works today"
    if judged.fit == "misfit" and known:
        return f"{known}, and of the ways that this leaves open it is the simplest"
    if judged.fit == "misfit":
        return "whatever is still open, today's way does not fit, and of the ways that are left this is the simplest"
    return f"today's way causes harm, and of the ways that are open this is the simplest{f': {known}' if known else ''}"


def _matrix(situation: Situation) -> str:
    matrix = situation.judged.matrix
    if matrix.verdict == "undetermined":
        missing = [SHORT_QUESTIONS[key] for key in MATRIX_FACTS if situation.fact(key) is None]
        left = listed([VERDICTS[verdict] for verdict in matrix.possible], last="or")
        asked = SHORT_QUESTIONS[matrix.next_question] if matrix.next_question else ""
        ask = f' The question that settles most is "{asked}"' if len(missing) > 1 and asked else ""
        unanswered = f'"{missing[0]}" is' if len(missing) == 1 else f"{counted(len(missing), 'of its questions')} are"
        return f"The four-question matrix is undecided between {left}: {unanswered} not answered.{ask}"
    strength = "clearly" if matrix.strength == "strong" else "on balance"
    known = because(situation, MATRIX_FACTS)
    return f"The four-question matrix speaks {strength} for {VERDICTS[matrix.verdict]}: {known}."


def _tree(situation: Situation) -> str:
    tree = situation.judged.tree
    if tree.outcome is not None:
        return f"The decision tree ends at: {outcome_names((tree.outcome,))}."
    if tree.next_question is None:
        return ""
    return (
        f"The decision tree is open between {outcome_names(tree.possible, last='and')}. It stops at the question "
        f'"{SHORT_QUESTIONS[tree.next_question]}"'
    )


def _agreement(situation: Situation) -> str:
    judged = situation.judged
    if judged.agreement == "agree":
        return "The two agree."
    if judged.agreement != "disagree":
        return _foreseen(judged)
    verdict = VERDICTS[judged.matrix.verdict]
    tree = outcome_names((judged.tree.outcome or "",))
    return (
        f"**The two disagree.** The matrix weighs what the user feels and what decoupling brings, and says {verdict}; "
        f"the tree asks first who needs the result, and says {tree}. This draft follows the tree. Whoever accepts it "
        "settles the disagreement, and should say here why."
    )


def _foreseen(judged: EdgeReview) -> str:
    """The tree is open, and yet one can see that it will not end where the matrix points."""
    ends = [TreeResult(outcome, (outcome,), (), None) for outcome in judged.tree.possible]
    if judged.matrix.verdict == "undetermined" or any(agreement(judged.matrix, end) != "disagree" for end in ends):
        return ""
    return (
        "**Wherever the tree ends, it will not agree with the matrix.** Whoever accepts this settles it, and should "
        "say here why."
    )


def _technology(situation: Situation, choice: Choice) -> str:
    """Which class of technology is enough, and where the tree's answer has a hole."""
    judged = situation.judged
    if choice.way.key not in ("queue", "fifo", "pubsub", "stream", "log"):
        return ""
    ordered, replayed = situation.fact("order_matters"), situation.fact("replay_needed")
    notes = []
    if judged.tree.outcome == "pubsub" and replayed:
        notes.append(
            "The tree as published says publish and subscribe; because past messages are read again, the checklist "
            "says an event log."
        )
    if judged.tree.outcome == "standard_queue" and ordered:
        notes.append(
            "The tree as published says a standard queue; because the order matters, the checklist says a queue that "
            "keeps order."
        )
    technology = judged.technology
    if technology is None:
        return " ".join(notes)
    enough = CLASSES[technology.recommended[0]]
    if technology.verdict == "oversized":
        notes.append(f"What carries it today is more than it needs: {enough} is enough.")
    elif technology.verdict == "undersized":
        missing = because(situation, tuple(key for key in technology.required if key in situation.facts))
        notes.append(
            f"What carries it today is too little{f', because {missing}' if missing else ''}: it takes {enough}."
        )
    elif technology.verdict == "fits":
        notes.append(f"What carries it today is of the right class: {enough}.")
    return " ".join(notes)


def _what_is_missing(situation: Situation, choice: Choice) -> Iterator[str]:
    """The facts that nobody has stated, as what each outcome that is still open would take."""
    tree = situation.judged.tree
    items, asked = [], set()
    for outcome in tree.possible:
        conditions = conditions_of(situation, outcome)
        asked |= {key for key, _ in conditions}
        when = clauses(clause(situation, key, answer=answer) for key, answer in conditions)
        proposed = ", as proposed" if OF_OUTCOME[outcome] == choice.way.key else ""
        items.append(f"{WAYS[OF_OUTCOME[outcome]].title}{proposed}: if {when}.")
    if not items or not asked:
        return
    facts = "One fact is" if len(asked) == 1 else f"{upper_first(counted(len(asked), 'fact'))} are"
    yield f"{facts} to be settled before this is accepted. Where each answer leads:"
    yield bullets(items)


# -- consequences -----------------------------------------------------------------------------------------------------


def consequences(situation: Situation, choice: Choice, after: After) -> str:
    """The section "Consequences": what it gives and costs, and the numbers where they change."""
    items = bullets(str(argument) for argument in in_order(_weighed(situation, choice, after)))
    numbers = _in_numbers(situation, choice, after)
    return f"{items}\n\n{numbers}" if numbers else items


def _weighed(situation: Situation, choice: Choice, after: After) -> Iterator[Argument]:
    own = arguments(situation, choice.way, after.flow)
    if choice.kind == Kind.KEEP:
        yield good("nothing has to be rebuilt, and everybody knows how it behaves")
    yield from own
    yield from _findings(situation, choice, after)
    duties = [duty for duty in after.edge.obligations if duty.state != "met"]
    if duties:
        missing = sum(duty.state == "missing" for duty in duties)
        unknown = len(duties) - missing
        parts = []
        if missing:
            parts.append(f"{counted(missing, 'thing')} that {'is' if missing == 1 else 'are'} missing today")
        if unknown:
            parts.append(f"{counted(unknown, 'thing')} that nobody has stated")
        yield bad(f"it asks for {listed(parts)}: see the next steps")


def _findings(situation: Situation, choice: Choice, after: After) -> Iterator[Argument]:
    """Findings that the change closes and opens; those that stay where nothing changes."""
    if choice.kind == Kind.KEEP:
        if situation.findings:
            codes = first_few([finding.rule for finding in situation.findings], most=MOST_RULES)
            stay = "finding on it stays" if len(situation.findings) == 1 else "findings on it stay"
            yield bad(f"{counted(len(situation.findings), stay, stay)} open until the next steps are done: {codes}")
        return
    yield from closed_and_opened(situation.review, after.review)


def closed_and_opened(today: Review, later: Review) -> Iterator[Argument]:
    """The findings that a change closes and those that it opens, as arguments."""
    before = {finding.fingerprint: finding for finding in today.findings}
    after = {finding.fingerprint: finding for finding in later.findings}
    closed = [finding for key, finding in before.items() if key not in after]
    opened = [finding for key, finding in after.items() if key not in before]
    if closed:
        codes = first_few(sorted({finding.rule for finding in closed}), most=MOST_RULES)
        yield good(
            f"{counted(len(closed), 'finding')} of the review {'goes' if len(closed) == 1 else 'go'} away ({codes})"
        )
    else:
        yield neutral("no finding of the review goes away by it")
    if opened:
        if len(opened) == 1:
            what = f"{opened[0].rule}: {escaped(opened[0].message).rstrip('.')}"
        else:
            what = first_few(sorted({finding.rule for finding in opened}), most=MOST_RULES)
        yield bad(f"{counted(len(opened), 'new finding')} {'comes' if len(opened) == 1 else 'come'} up ({what})")


def _in_numbers(situation: Situation, choice: Choice, after: After) -> str:
    """A table of what changes, before and after; empty where nothing does."""
    if choice.kind == Kind.KEEP:
        return ""
    rows = [("How they talk", _style(situation.judged), _style(after.edge))]
    today = situation.flow_review
    if today is not None and after.flow is not None:
        rows += measures(situation.f, today, after.flow)
    radius_before = _radius(situation.review, situation.target.id)
    radius_after = _radius(after.review, situation.target.id)
    if radius_before != radius_after:
        rows.append((f"Services that fail with {situation.t}", number(radius_before), number(radius_after)))
    rows += grave_findings(situation.review, after.review)
    text = table(("Measure", "Today", "With this decision"), rows, right=frozenset({1, 2}))
    note = _unknown_times(situation, choice, after)
    return f"{text}\n\n{note}" if note else text


def grave_findings(today: Review, later: Review) -> Iterator[tuple[str, str, str]]:
    """How many critical and high findings there are, where that changes: what it is, today, and later."""
    for severity in ("critical", "high"):
        before, after = today.summary.findings[severity], later.summary.findings[severity]
        if before != after:
            yield f"{upper_first(severity)} findings in the whole model", number(before), number(after)


def _style(edge: EdgeReview) -> str:
    return STYLES[edge.style] if edge.style else "not known"


def _radius(review: Review, service: str) -> int:
    return next(found.blast_radius.services.count for found in review.services if found.id == service)


def _unknown_times(situation: Situation, choice: Choice, after: After) -> str:
    """What the numbers leave out, because nobody has measured it."""
    if after.flow is None:
        return ""
    edge = edge_as(situation, choice.way)
    if FAMILY_OF_STYLE[choice.way.style] == ASYNCHRONOUS and edge.publish_p99_ms is None:
        return "The time to publish the message is not known and counts 0 here: measure it."
    if FAMILY_OF_STYLE[choice.way.style] == HAND_OFF and edge.handover_p99_ms is None:
        return "The time until the work is accepted is not known and not in these numbers: measure it."
    return ""


# -- what must hold, and what is next ---------------------------------------------------------------------------------


def confirmation(situation: Situation, choice: Choice, after: After, rules: tuple[str, ...]) -> str:
    """The section "Confirmation": what the analysis can check."""
    style = STYLES[choice.way.style]
    items = [f"The edge `{situation.edge.id}` is registered as: {style}."]
    if rules:
        still = sorted({finding.rule for finding in after.edge_findings if finding.rule in rules})
        today = f" Today {listed(still)} still {'does' if len(still) == 1 else 'do'}." if still else ""
        items.append(f"These rules find nothing on it: {listed(rules)}.{today}")
    premises = [fact for fact in situation.judged.tree.path if fact.answer is not None]
    if premises:
        stays = "; ".join(clause(situation, fact.question, answer=bool(fact.answer)) for fact in premises)
        items.append(f"What it rests on still holds: {stays}.")
    flow = after.flow
    if flow is not None and flow.user_facing and flow.within_rule:
        items.append(f"{situation.f} makes at most {counted(flow.limit, 'sequential synchronous call')}.")
    return f"Each analysis of the model can check this:\n\n{bullets(items)}"


@dataclass(frozen=True, slots=True)
class Steps:
    """What a way asks for, as Markdown: what is missing, what nobody has stated, what is there."""

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    met: tuple[str, ...] = ()


def steps_of(situation: Situation, choice: Choice, after: After) -> Steps:
    """What the way asks for, beginning with what the change itself takes."""
    texts = {duty.duty: duty.text for duty in situation.catalog.obligations}
    by_state: dict[str, list[str]] = {"missing": [], "unknown": [], "met": []}
    for duty in after.edge.obligations:
        by_state[duty.state].append(escaped(texts[duty.duty]))
    missing = by_state["missing"]
    becomes_a_message = choice.way.key in ("queue", "fifo", "pubsub", "stream", "log") and not situation.is_asynchronous
    technology = situation.judged.technology
    if choice.kind == Kind.CHANGE and situation.is_asynchronous and technology and carries_wrongly(situation):
        missing.insert(0, f"A channel of the right class: {CLASSES[technology.recommended[0]]}.")
    behind = awaited_behind(situation, after.flow)
    if behind:
        missing.insert(0, f"{first_few(behind)} taken out from behind {situation.t}, because the user waits for it.")
    if choice.kind == Kind.CHANGE and becomes_a_message:
        missing.insert(0, "A name for the message (an event says what happened, a command what to do), and its schema.")
    return Steps(tuple(missing), tuple(by_state["unknown"]), tuple(by_state["met"]))


def steps_for(ground: Ground, later: Review, edges: Iterable[Edge]) -> Steps:
    """What several edges ask for as they would be: each thing once, with the calls it is for where not for all."""
    edges = tuple(edges)
    judged = {edge.id: edge for edge in later.edges}
    wanted: dict[str, dict[str, list[str]]] = {"missing": {}, "unknown": {}, "met": {}}
    for edge in edges:
        situation = Situation.on(ground, edge.id)
        choice = Choice(way_of(edge), Kind.CHANGE, False, None)
        steps = steps_of(situation, choice, After(later, judged[edge.id], None))
        for state, texts in (("missing", steps.missing), ("unknown", steps.unknown), ("met", steps.met)):
            for text in texts:
                wanted[state].setdefault(text, []).append(edge.id)

    def lines(state: str) -> tuple[str, ...]:
        return tuple(
            text
            if len(ids) == len(edges)
            else f"{text.rstrip('.')}: for {first_few([ground.name_of_edge(id_) for id_ in ids])}"
            for text, ids in wanted[state].items()
        )

    return Steps(lines("missing"), lines("unknown"), lines("met"))


def next_steps(situation: Situation, choice: Choice, after: After) -> str:
    """What is to be done, as checklists: what the way asks for and is missing, and what nobody has stated."""
    return checklists(steps_of(situation, choice, after), changes=choice.kind != Kind.KEEP)


def checklists(steps: Steps, *, changes: bool) -> str:
    """The steps under a line each that says what they are; `changes` where the decision changes something."""
    parts = []
    if steps.missing:
        when = "To be done before the change goes live:" if changes else "Missing today, to be done:"
        parts += [when, _checklist(steps.missing)]
    if steps.unknown:
        parts += ["Nobody has said whether these are there. Look, and see to what is not:", _checklist(steps.unknown)]
    if steps.met:
        parts += ["Already there:", _checklist(steps.met, box="[x]")]
    return "\n\n".join(parts)


def _checklist(items: Iterable[str], *, box: str = "[ ]") -> str:
    return "\n".join(f"* {box} {item if item.endswith(('.', '?')) else f'{item}.'}" for item in items)


def against(dissent: tuple[Dissent, ...]) -> Iterator[str]:
    """Who was against the decision, and why, as parts of its outcome."""
    if dissent:
        yield "**Not everybody agrees:**"
        yield bullets(f"{escaped(voice.by)}: {quoted(voice.why)}" for voice in dissent)


def written_from(ground: Ground) -> str:
    """By which rules, and on which day, the text was written."""
    day, limit = ground.today, ground.catalog.hop_limit
    return (
        f"Written from the analysis of {day.day} {day:%B} {day.year} with catalog {ground.catalog.version}, which "
        f"allows {counted(limit, 'sequential synchronous call')} in a user request."
    )


def what_would_change_it(situation: Situation) -> list[str]:
    """The facts on the tree's path whose opposite leads elsewhere, as conditions."""
    return [
        f"{sentence(situation, key, answer=answer).rstrip('.')}: then {outcome_names(outcomes)} would fit."
        for key, answer, outcomes in turning_facts(situation)
    ]
