"""Writes a decision that mends findings, in the way that closes most of them."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.arguments import in_order
from archreview.decisions.consequences import grave_findings
from archreview.decisions.draft import Draft, People
from archreview.decisions.effects import not_in_the_numbers, owners, work_to_do
from archreview.decisions.finding_context import context, drivers
from archreview.decisions.finding_options import (
    Option,
    arguments_for,
    comparison,
    contradicted_by,
    options,
    steps_of,
    why_not,
)
from archreview.decisions.finding_record import plain_where, recorded
from archreview.decisions.finding_situation import GIVEN, FindingSituation, Mend, cautions_of
from archreview.decisions.flow_numbers import breaks_its_promise, latency_of, left_by_dependencies, measures_of
from archreview.decisions.ground import flow_in
from archreview.decisions.matter import Dissent
from archreview.decisions.outcome import against, more_information
from archreview.decisions.phrases import STYLES
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
    percent,
    plain,
    quoted,
    table,
)
from archreview.decisions.risk import look_again
from archreview.decisions.sections import Content
from archreview.decisions.steps import Steps, checklists, with_next_steps
from archreview.decisions.titles import shortened
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE
from archreview.engine.results import Review


def draft_of_findings(situation: FindingSituation, *, dissent: tuple[Dissent, ...], people: People) -> Draft:
    """The draft of a decision that mends the findings, in the way that closes most of them."""
    found = options(situation)
    chosen = found[0]
    later = chosen.mend.later if chosen.mend is not None else situation.ground.review
    sections: Content = {
        "context": context(situation, question=_question(situation)),
        "drivers": bullets(drivers(situation)),
        "options": bullets(option.title for option in found),
        "outcome": "\n\n".join((*_reasons(situation, found), *against(dissent))),
        "consequences": with_next_steps(_consequences(situation, chosen, later), *_next_steps(situation, chosen)),
        "confirmation": _confirmation(situation, chosen),
        "comparison": comparison(situation, found),
        "more": more_information(situation.ground, look_again(situation)),
    }
    return recorded(situation, sections, _title(situation, chosen), people, chosen.mend)


def _question(situation: FindingSituation) -> str:
    if len(situation.findings) == 1:
        return "What is to be changed so that this finding goes away, or can it wait?"
    return "What is to be changed so that these findings go away, or can they wait?"


def _title(situation: FindingSituation, chosen: Option) -> str:
    if chosen.mend is not None:
        return shortened(chosen.mend.chosen)
    rules = situation.rules
    what = f"“{plain(rules[0].title)}”" if len(rules) == 1 else f"{counted(len(situation.findings), 'finding')}"
    return shortened(f"Mend {what} {plain_where(situation)}")


def _reasons(situation: FindingSituation, found: list[Option]) -> Iterator[str]:
    chosen = found[0]
    if chosen.mend is None:
        yield (
            f'Chosen option: "{chosen.title}", because it goes at the cause, and is what the rules advise first '
            f"against {situation.rules[0].code}. The cause: {_why_of(situation)} What it would change cannot be "
            "computed: the model holds no single fact that stands for it."
        )
    else:
        yield f'Chosen option: "{chosen.title}", because {_what_it_closes(situation, chosen.mend)}.'
        yield f"{chosen.mend.how} {_seen(situation, chosen.mend)}"
        if contradicted_by(situation, chosen.mend):
            yield _against_an_answer(chosen.mend)
        left = [finding for finding in situation.findings if finding not in chosen.mend.closes]
        if left:
            yield "What it leaves open, to be dealt with in its own time:"
            told: dict[str, list[str]] = {}
            for finding in left:
                told.setdefault(f"{finding.rule}: {escaped(finding.message)}", []).append(
                    situation.name_of(finding.subject)
                )
            of_one = situation.is_about_one
            yield bullets(text if of_one else f"{first_few(names)}: {text}" for text, names in told.items())
    yield "Why not the others:"
    yield bullets(why_not(situation, option, chosen) for option in found[1:])


def _against_an_answer(mend: Mend) -> str:
    if any(edge.fallback for edge in mend.edges):
        said = "it was answered that what is called may not be down for a while, and a fallback says that it may"
    else:
        said = "something that is added is the opposite of what was answered"
    return (
        f"**It goes against an answer:** {said}. Where the answer is right, the call is left out, and its risk stays."
    )


def _why_of(situation: FindingSituation) -> str:
    """Why the rule behind the first finding exists."""
    return escaped(" ".join(situation.rules[0].why.split()))


def _what_it_closes(situation: FindingSituation, mend: Mend) -> str:
    count, closed = len(situation.findings), len(mend.closes)
    if count == 1:
        why = "with it the finding goes away"
    elif closed == count:
        of = f" of “{plain(situation.rules[0].title)}”" if len(situation.rules) == 1 else ""
        why = f"it closes {all_of(count)} findings{of}"
    else:
        why = f"it closes {in_words(closed)} of {in_words(count)} findings"
    numbers = list(_numbers_that_change(situation, mend))
    gain = [] if numbers else list(_what_users_gain(situation, mend))
    smaller = mend.key == "facts" and any(other.key != "facts" for other in situation.mends)
    rest = ", and how the services talk can stay" if smaller and closed == count else ""
    first = f"with it {clauses(gain)}; and " if gain else ""
    return f"{first}{why}{rest}{f': {clauses(numbers)}' if numbers else ''}"


def _what_users_gain(situation: FindingSituation, mend: Mend) -> Iterator[str]:
    """How much more the flow is up that the mended calls are part of."""
    found = situation.flow_of(edge.id for edge in mend.edges)
    if found is None:
        return
    flow, before = found
    after, name = flow_in(mend.later, flow) or before, quoted(flow.name or flow.id)
    if after.availability - before.availability >= 0.01:
        yield f"{name} is available for {percent(after.availability)} instead of {percent(before.availability)}"
    if before.over_budget and 0 < after.latency_p99_ms < before.latency_p99_ms:
        yield f"{name} takes {latency_of(after)} instead of {latency_of(before)}"


def _numbers_that_change(situation: FindingSituation, mend: Mend) -> Iterator[str]:
    """The numbers of the flow by which the findings go away, as clauses."""
    flow = situation.flow
    later = flow_in(mend.later, flow.flow) if flow is not None else None
    if flow is None or later is None:
        return
    today, ground = flow.today, situation.ground
    asked = {name for finding in mend.closes for name in finding.facts}
    target, left = flow.flow.availability_target, left_by_dependencies(later)
    if "flow.below_target" in asked and today.below_target and not later.below_target:
        if breaks_its_promise(ground, today):
            entry, promise = ground.name_of(flow.flow.entry), ground.services[flow.flow.entry].availability or 0
            leaves = f"what it waits for leaves {percent(left)}" if left is not None else "it can do without all of it"
            yield f"the {percent(promise)} that {entry} promises becomes possible, since {leaves}"
        if target is not None:
            yield f"{flow.f} reaches {percent(later.availability)}, and its target is {percent(target)}"
    if "flow.over_budget" in asked and today.over_budget and later.over_budget is False:
        budget = milliseconds(flow.flow.latency_budget_ms or 0)
        yield f"{flow.f} takes {latency_of(later)}, within its budget of {budget}"
    if today.within_rule is False and later.within_rule and any("calls" in name for name in asked):
        makes = counted(later.sync_calls, "sequential synchronous call")
        yield f"{flow.f} makes {makes}, where {counted(later.limit, 'is', 'are')} allowed"


def _seen(situation: FindingSituation, mend: Mend) -> str:
    """How one knows that it helps."""
    closed, count = len(mend.closes), len(situation.findings)
    them = "it" if count == 1 else "them" if closed == count else f"{in_words(closed)} of them"
    return f"The same analysis, run on the changed model, no longer finds {them}."


def _consequences(situation: FindingSituation, chosen: Option, later: Review) -> str:
    weighed = list(arguments_for(situation, chosen))
    if chosen.mend is not None and chosen.mend.key != "facts":
        weighed += work_to_do(steps_of(situation, chosen.mend))
    items = bullets(str(item) for item in in_order(weighed))
    if chosen.mend is None:
        return items
    ground = situation.ground
    rows: list[tuple[str, str, str]] = []
    flows = ground.flows_with(edge.id for edge in chosen.mend.edges)
    flow = situation.flow.flow if situation.flow is not None else next(iter(flows), None)
    before, after = flow_in(ground.review, flow), flow_in(later, flow)
    if flow is not None and before is not None and after is not None:
        rows += measures_of(ground, flow, before, after)
    rows += grave_findings(ground.review, later)
    if not rows:
        return items
    numbers = table(("Measure", "Today", "With this decision"), rows, right=frozenset({1, 2}))
    too_good = not_in_the_numbers(ground, situation.awaited_behind(chosen.mend))
    become = {edge.id for edge in chosen.mend.change.edges if FAMILY_OF_STYLE.get(edge.style or "") == ASYNCHRONOUS}
    carried = any(FAMILY_OF_STYLE.get(ground.edges[id_].style or "") != ASYNCHRONOUS for id_ in become)
    note = "The time to publish a message, and the downtime of what carries it, are not counted." if carried else ""
    return "\n\n".join(part for part in (items, numbers, too_good, note) if part)


def _confirmation(situation: FindingSituation, chosen: Option) -> str:
    closes = chosen.mend.closes if chosen.mend is not None else situation.findings
    codes = sorted({finding.rule for finding in closes})
    rules = f"Rule {codes[0]} finds" if len(codes) == 1 else f"The rules {listed(codes)} find"
    items = [f"{rules} nothing any more on {situation.where}."]
    if chosen.mend is not None and chosen.mend.key == "facts":
        old = situation.ground.edges
        for edge in chosen.mend.edges:
            given = [GIVEN[name] for name in GIVEN if getattr(edge, name) != getattr(old[edge.id], name)]
            items.append(f"The edge `{edge.id}` is registered with {listed(given)}.")
    elif chosen.mend is not None:
        styles = [f"The edge `{edge.id}` is registered as: {STYLES[edge.style or '']}." for edge in chosen.mend.edges]
        items += styles
    return f"Each analysis of the model checks this:\n\n{bullets(items)}"


def _next_steps(situation: FindingSituation, chosen: Option) -> Iterator[str]:
    if chosen.mend is None:
        asked = [
            f"Does this hold here, so that another way is better: {quoted(one)}?"
            for one in cautions_of(situation.rules[0])
        ]
        asked.append("What depends on how it is today, and what gets worse by the change?")
        how = f"How exactly, worked out by those who build it and written here: {lower_first(chosen.title)}"
        told = "What was changed stated in the model, so that the next analysis sees it"
        yield checklists(Steps(missing=(how, told), asked=tuple(asked)), changes=False)
        return
    yield owners(situation.ground, [edge.id for edge in chosen.mend.change.edges])
    yield checklists(steps_of(situation, chosen.mend), changes=chosen.mend.key != "facts")
