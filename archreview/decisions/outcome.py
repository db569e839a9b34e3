"""What a decision about an edge says of its outcome: what is chosen, why, why not the others, what must hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archreview.decisions.arguments import arguments
from archreview.decisions.choice import (
    Choice,
    Kind,
    cannot_agree,
    excluded_by,
    open_questions,
    turning_facts,
)
from archreview.decisions.duties import is_without_alternative
from archreview.decisions.effects import callers_in_words
from archreview.decisions.ground import Ground
from archreview.decisions.matter import Dissent
from archreview.decisions.open_points import against_an_answer, disputed, what_is_open
from archreview.decisions.phrases import (
    CLASSES,
    SHORT_QUESTIONS,
    SO_IT_IS_NOT,
    STYLES,
    TECHNOLOGIES,
    VERDICTS,
    because,
    clause,
    outcome_names,
    sentence,
    ways_in_short,
)
from archreview.decisions.prose import (
    bullets,
    counted,
    escaped,
    in_words,
    listed,
    lower_first,
    quoted,
    upper_first,
)
from archreview.decisions.rewiring import Rewired
from archreview.decisions.situation import After, Situation
from archreview.decisions.ways import OF_OUTCOME, WAYS, Way, carries_wrongly
from archreview.engine.questions import MATRIX_FACTS
from archreview.engine.results import EdgeReview, Finding


def reasons(situation: Situation, choice: Choice, ways: tuple[Way, ...], change: Rewired, after: After) -> str:
    """The section "Decision Outcome" down to the consequences; `ways` are the options."""
    what_it_is = (
        _what_it_means(situation, choice),
        callers_in_words(situation, change),
        _of_the_flow(situation, after),
    )
    parts = [
        f'Chosen option: "{choice.way.title}", because {_in_short(situation, choice)}.',
        " ".join(part for part in what_it_is if part),
        disputed(situation, choice),
        against_an_answer(situation, choice),
        *(what_is_open(situation, choice) if choice.provisional else ()),
        *_not_chosen(situation, choice, ways),
        "" if _is_agreed(situation) else how_it_was_judged(situation),
        _technology(situation, choice),
    ]
    return "\n\n".join(part for part in parts if part)


def how_it_was_judged(situation: Situation) -> str:
    """What the two methods say, and whether they agree."""
    return " ".join(part for part in (_matrix(situation), _tree(situation), _agreement(situation)) if part)


def method(situation: Situation) -> str:
    """The same where the two agree, for the end of the text; empty where it was told with the outcome."""
    return how_it_was_judged(situation) if _is_agreed(situation) else ""


def _is_agreed(situation: Situation) -> bool:
    return situation.judged.agreement == "agree"


def _what_it_means(situation: Situation, choice: Choice) -> str:
    if choice.kind != Kind.KEEP:
        one_by_one = (
            " What was collected for a run is sent one by one, as it arises." if choice.today == WAYS["batch"] else ""
        )
        return f"{choice.way.how.format(s=situation.s, t=situation.t)}{one_by_one}"
    alone = ""
    if is_without_alternative(situation, choice):
        alone = f" While {situation.t} gives no answer, {situation.s} fails with it, quickly and with a clear error."
    if any(duty.state != "met" for duty in situation.judged.obligations):
        return f"How they talk stays as it is; what it lacks is added, see the next steps.{alone}"
    return f"How they talk stays as it is.{alone}"


def _of_the_flow(situation: Situation, after: After) -> str:
    """What the flow still misses, which a decision about one call of it does not mend."""
    flow, then = situation.flow, after.flow
    if flow is None or then is None or not flow.user_facing:
        return ""
    missed = ["its limit of calls"] if then.within_rule is False else []
    missed += ["its latency budget"] if then.over_budget else []
    return (
        f"{situation.f} as a whole still misses {listed(missed)}; this decision does not mend that." if missed else ""
    )


def _in_short(situation: Situation, choice: Choice) -> str:
    judged = situation.judged
    if choice.way.key == "in_process":
        return f"{situation.s} and {situation.t} run in one process, where a call costs next to nothing"
    if judged.tree.outcome is not None:
        why = _why_the_tree_ends_there(situation)
        if choice.kind == Kind.CHANGE and carries_wrongly(situation):
            return f"{_harm_of_today(situation)}: {why}"
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
    return (
        f"{_harm_of_today(situation)}, and of the ways that are open this is the simplest"
        f"{f': {known}' if known else ''}"
    )


def _why_the_tree_ends_there(situation: Situation) -> str:
    tree, s = situation.judged.tree, situation.s
    if tree.outcome == "sync_guarded":
        quick = clause(situation, "fast_at_peak", answer=True)
        return (
            f"{s} needs an answer before it goes on, {quick}, and while {situation.t} is down a poorer answer will do"
        )
    if tree.outcome not in ("callback", "queue_and_poll"):
        return because(situation, tuple(fact.question for fact in tree.path))
    why = (
        f"the result of {situation.t} is needed, so that a message which brings nothing back is out; and the work "
        "takes a second or more at P99 under peak load, so that waiting for it is out too"
    )
    if tree.outcome == "callback":
        return f"{why}. {s} can take the result later"
    return f"{why}. {s} itself can neither poll nor be called back, so that the front end asks for the result"


def _harm_of_today(situation: Situation) -> str:
    """What is wrong with today's way although the tree would put up with it."""
    edge = situation.edge
    if edge.style == "batch" and edge.delay_hurts:
        return "what a batch delivers is hours old, and that delay does harm"
    if edge.style == "batch" and edge.all_or_nothing:
        return "one failing source fails a whole batch"
    if carries_wrongly(situation):
        technology = situation.technology or ""
        name = TECHNOLOGIES.get(technology, escaped(technology)) or "what carries it today"
        judged = situation.judged.technology
        much = (
            "more than this needs" if judged is not None and judged.verdict == "oversized" else "less than this needs"
        )
        return f"{name} is {much}"
    return "today's way bears more than it should"


def _matrix(situation: Situation) -> str:
    matrix = situation.judged.matrix
    if matrix.verdict == "undetermined":
        missing = [SHORT_QUESTIONS[key] for key in MATRIX_FACTS if situation.fact(key) is None]
        left = listed([VERDICTS[verdict] for verdict in matrix.possible], last="or")
        which = f'"{missing[0]}" is' if len(missing) == 1 else f"{in_words(len(missing))} of its questions are"
        return f"The four-question matrix is undecided between {left}: {which} not answered."
    strength = "clearly" if matrix.strength == "strong" else "on balance"
    return (
        f"The four-question matrix speaks {strength} for {VERDICTS[matrix.verdict]}, by the first four answers above."
    )


def _tree(situation: Situation) -> str:
    tree = situation.judged.tree
    if tree.outcome is not None:
        return f"The decision tree ends at: {outcome_names((tree.outcome,))}."
    if tree.next_question is None:
        return ""
    return f'The decision tree stops at the question "{SHORT_QUESTIONS[tree.next_question]}"'


def _agreement(situation: Situation) -> str:
    judged = situation.judged
    if judged.agreement == "agree":
        return "Matrix and tree agree."
    if judged.agreement != "disagree":
        return _foreseen(judged)
    verdict = VERDICTS[judged.matrix.verdict]
    tree = outcome_names((judged.tree.outcome or "",))
    return (
        "**Matrix and tree disagree.** The matrix weighs what the user feels and what decoupling brings, and says "
        f"{verdict}; the tree asks first who needs the result, and says {tree}. This draft follows the tree. Whoever "
        "accepts it settles the disagreement, and should say here why."
    )


def _foreseen(judged: EdgeReview) -> str:
    """The tree is open, and yet one can see that it will not end where the matrix points."""
    if not cannot_agree(judged):
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


def _not_chosen(situation: Situation, choice: Choice, ways: tuple[Way, ...]) -> Iterator[str]:
    """Of each option that is neither chosen nor still open, the reason that excludes it."""
    still_open = {OF_OUTCOME[outcome] for outcome in situation.judged.tree.possible} if choice.provisional else set()
    lost = [way for way in ways if way != choice.way and way.key not in still_open]
    items = [f"{way.title}{_today(choice, way)}: {why}." for way in lost if (why := _why_not(situation, way))]
    if not items:
        return
    yield "Ruled out:"
    yield bullets(items)
    left = [lower_first(way.title) for way in ways if way != choice.way and way not in lost]
    if left:
        stays = "stays" if len(left) == 1 else "stay"
        yield f"{upper_first(listed(left))} {stays} possible until the open questions are answered."


def _today(choice: Choice, way: Way) -> str:
    return " (today's way)" if way == choice.today else ""


def _why_not(situation: Situation, way: Way) -> str:
    for outcome, key in OF_OUTCOME.items():
        if key == way.key and (excluded := excluded_by(situation, outcome)) is not None:
            return f"{clause(situation, excluded[0], answer=excluded[1])}{SO_IT_IS_NOT.get(excluded, '')}"
    against_it = (argument for argument in arguments(situation, way, None) if argument.weight == "Bad")
    return next((argument.text for argument in against_it), "")


# -- what must hold, and what is next ---------------------------------------------------------------------------------


def confirmation(
    situation: Situation, choice: Choice, after: After, rules: tuple[str, ...], left: tuple[Finding, ...]
) -> str:
    """The section "Confirmation": what the analysis can check; `left` are the findings that no step closes."""
    style = STYLES[choice.way.style]
    items = [f"The edge `{situation.edge.id}` ({situation.ends_of(situation.edge.id)}) is registered as: {style}."]
    if rules:
        still = sorted({finding.rule for finding in after.edge_findings if finding.rule in rules})
        until = f" Until the next steps are done, {listed(still)} will." if still else ""
        items.append(f"These rules find nothing on it: {listed(rules)}.{until}")
    if choice.kind != Kind.KEEP:
        found = {finding.rule for finding in after.edge_findings}
        gone = sorted({finding.rule for finding in situation.findings} - found - set(rules))
        if gone:
            items.append(f"Gone with today's way, and not found again: {listed(gone)}.")
    closing = sorted({finding.rule for finding in situation.findings if finding not in left})
    if choice.kind == Kind.KEEP and closing:
        items.append(f"Once the next steps are done, these rules find nothing on it either: {listed(closing)}.")
    premises = [
        clause(situation, fact.question, answer=fact.answer)
        for fact in situation.judged.tree.path
        if fact.answer is not None
    ]
    if situation.edge.style == "batch" and situation.edge.delay_hurts:
        premises.append("a delay of hours does harm")
    if premises:
        stays = "; ".join(premises)
        items.append(f"What it rests on still holds: {stays}.")
    flow = after.flow
    if flow is not None and flow.user_facing and flow.within_rule:
        items.append(f"{situation.f} makes at most {counted(flow.limit, 'sequential synchronous call')}.")
    when = "from now on" if choice.kind == Kind.KEEP else "from the day on which the change is live"
    return f"Each analysis of the model checks {when}:\n\n{bullets(items)}"


def against(dissent: tuple[Dissent, ...]) -> Iterator[str]:
    """Who was against the decision, and why, as parts of its outcome."""
    if dissent:
        yield "**Not everybody agrees:**"
        yield bullets(f"{escaped(voice.by)}: {quoted(voice.why)}" for voice in dissent)


def more_information(ground: Ground, again: Iterable[str], *, judged: str = "", at_once: bool = False) -> str:
    """The section "More Information": by what it was written, how it was `judged`, and when to look `again`."""
    items = list(again)
    parts = [written_from(ground), judged]
    if items:
        when = "as soon as" if at_once else "when"
        which = "one of these comes" if len(items) > 1 else "this comes"
        parts += ["### When to Look Again", f"This is taken up again {when} {which} true:", bullets(items)]
    return "\n\n".join(part for part in parts if part)


def written_from(ground: Ground) -> str:
    """By which rules, and on which day, the text was written."""
    day, limit = ground.today, ground.catalog.hop_limit
    return (
        f"Written from the analysis of {day.day} {day:%B} {day.year} by version {ground.catalog.version} of the rules, "
        f"which allow {counted(limit, 'sequential synchronous call')} in a user request."
    )


def what_would_change_it(situation: Situation, choice: Choice) -> list[str]:
    """The facts whose opposite leads elsewhere, as conditions."""
    found = [
        f"{sentence(situation, key, answer=answer).rstrip('.')}: then {ways_in_short(outcomes)} would fit."
        for key, answer, outcomes in turning_facts(situation)
    ]
    if situation.edge.style == "batch" and situation.edge.delay_hurts:
        found.append("A delay of hours does no harm after all: then the batch would do.")
    if choice.provisional and open_questions(situation):
        found.append("An open question is answered: the table above says where the answer leads.")
    return found
