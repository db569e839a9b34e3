"""Writes a decision that mends findings, in the way that closes most of them."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.arguments import in_order
from archreview.decisions.consequences import grave_findings
from archreview.decisions.draft import Draft, People
from archreview.decisions.finding_context import context, drivers
from archreview.decisions.finding_options import Option, added_by, arguments_for, comparison, options
from archreview.decisions.finding_record import plain_where, recorded
from archreview.decisions.finding_situation import GIVEN, FindingSituation, Mend
from archreview.decisions.flow_numbers import measures
from archreview.decisions.matter import Dissent
from archreview.decisions.outcome import against, written_from
from archreview.decisions.phrases import STYLES
from archreview.decisions.prose import (
    bullets,
    counted,
    escaped,
    first_few,
    in_words,
    listed,
    plain,
    table,
    upper_first,
)
from archreview.decisions.risk import look_again
from archreview.decisions.sections import Content
from archreview.decisions.steps import Steps, checklists, steps_for
from archreview.decisions.titles import shortened
from archreview.engine.results import Review


def draft_of_findings(situation: FindingSituation, *, dissent: tuple[Dissent, ...], people: People) -> Draft:
    """The draft of a decision that mends the findings, in the way that closes most of them."""
    found = options(situation)
    chosen = found[0]
    later = chosen.mend.later if chosen.mend is not None else situation.ground.review
    sections: Content = {
        "context": context(situation, question=f"How is this mended{_it(situation)}, or is the risk accepted?"),
        "drivers": bullets(drivers(situation)),
        "options": bullets(option.title for option in found),
        "outcome": "\n\n".join((*_reasons(situation, chosen), *against(dissent))),
        "consequences": _consequences(situation, chosen, later),
        "confirmation": _confirmation(situation, chosen),
        "comparison": comparison(situation, found),
        "more": _more(situation, chosen, later),
    }
    return recorded(situation, sections, _title(situation, chosen), people, chosen.mend)


def _it(situation: FindingSituation) -> str:
    return "" if len(situation.findings) == 1 else " together"


def _title(situation: FindingSituation, chosen: Option) -> str:
    if chosen.mend is not None:
        return shortened(chosen.mend.chosen)
    rules = situation.rules
    what = f"“{plain(rules[0].title)}”" if len(rules) == 1 else f"{counted(len(situation.findings), 'finding')}"
    return shortened(f"Mend {what} {plain_where(situation)}")


def _reasons(situation: FindingSituation, chosen: Option) -> Iterator[str]:
    if chosen.mend is None:
        yield (
            f'Chosen option: "{chosen.title}", because it is what the catalog advises first against '
            f"{situation.rules[0].code}; the model holds no fact with which another way could be tried."
        )
        return
    mend = chosen.mend
    count, closed = len(situation.findings), len(mend.closes)
    if count == 1:
        why = "with it the finding goes away"
    else:
        why = (
            f"it closes all {in_words(count)}"
            if closed == count
            else f"it closes {in_words(closed)} of {in_words(count)}"
        )
        why = f"{why} findings"
    smaller = mend.key == "facts" and any(other.key != "facts" for other in situation.mends)
    rest = ", and how the services talk can stay" if smaller and closed == count else ""
    yield f'Chosen option: "{chosen.title}", because {why}{rest}.'
    yield f"{mend.how} The review, run on the model as it would be then, says so."
    left = [finding for finding in situation.findings if finding not in mend.closes]
    if left:
        yield "What it leaves open, to be dealt with in its own time:"
        yield bullets(f"{finding.rule}: {escaped(finding.message)}" for finding in left)


def _consequences(situation: FindingSituation, chosen: Option, later: Review) -> str:
    items = bullets(str(item) for item in in_order(arguments_for(situation, chosen)))
    if chosen.mend is None:
        return items
    today = situation.ground.review
    rows: list[tuple[str, str, str]] = []
    found = situation.flow_of(edge.id for edge in chosen.mend.edges)
    if found is not None:
        name, before = found
        after = next(flow for flow in later.flows if flow.id == before.id)
        rows += measures(name, before, after)
    rows += grave_findings(today, later)
    if not rows:
        return items
    return f"{items}\n\n{table(('Measure', 'Today', 'With this decision'), rows, right=frozenset({1, 2}))}"


def _confirmation(situation: FindingSituation, chosen: Option) -> str:
    closes = chosen.mend.closes if chosen.mend is not None else situation.findings
    codes = listed(sorted({finding.rule for finding in closes}))
    one = "this rule finds" if len({finding.rule for finding in closes}) == 1 else "these rules find"
    items = [f"On {situation.where} {one} nothing any more: {codes}."]
    if chosen.mend is not None and chosen.mend.key == "facts":
        old = situation.ground.edges
        for edge in chosen.mend.edges:
            given = [GIVEN[name] for name in GIVEN if getattr(edge, name) != getattr(old[edge.id], name)]
            items.append(f"The edge `{edge.id}` is registered with {listed(given)}.")
    elif chosen.mend is not None:
        styles = [f"The edge `{edge.id}` is registered as: {STYLES[edge.style or '']}." for edge in chosen.mend.edges]
        items += styles
    return f"Each analysis of the model can check this:\n\n{bullets(items)}"


def _more(situation: FindingSituation, chosen: Option, later: Review) -> str:
    parts = []
    if chosen.mend is None:
        parts.append(checklists(Steps(missing=(chosen.title,)), changes=False))
    elif chosen.mend.key == "facts":
        parts.append(checklists(_steps_of_facts(situation, chosen.mend), changes=False))
    else:
        parts.append(checklists(_steps_of_change(situation, chosen.mend), changes=True))
    items = list(look_again(situation))
    when = "one of these comes" if len(items) > 1 else "this comes"
    parts += [f"Take this up again when {when} true:", bullets(items)]
    parts.append(written_from(situation.ground))
    return "\n\n".join(part for part in parts if part)


def _steps_of_change(situation: FindingSituation, mend: Mend) -> Steps:
    """What the changed calls ask for, and first where a call that the user waits for has to go."""
    found = steps_for(situation.ground, mend.later, mend.edges)
    first = tuple(
        f"{situation.ground.name_of_edge(edge)} called from where the request still is, because the user waits for it"
        for edge in situation.awaited_behind(mend)
    )
    return Steps((*first, *found.missing), found.unknown, found.met)


def _steps_of_facts(situation: FindingSituation, mend: Mend) -> Steps:
    """Each thing that is added, with the calls that get it."""
    old = situation.ground.edges
    lines = []
    for name in added_by(mend, situation):
        edges = [edge.id for edge in mend.edges if getattr(edge, name) != getattr(old[edge.id], name)]
        names = first_few([situation.ground.name_of_edge(id_) for id_ in edges])
        lines.append(f"{upper_first(GIVEN[name])} for {names}")
    return Steps(missing=(*lines, "These facts stated in the model, so that the next analysis sees them"))
