"""Writes a decision that accepts the risk of findings until a day: why, who answers for it, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.arguments import bad, good
from archreview.decisions.draft import Draft, People
from archreview.decisions.effects import owners
from archreview.decisions.finding_context import context, drivers
from archreview.decisions.finding_options import KEEP, Option, comparison, options
from archreview.decisions.finding_record import plain_where, recorded
from archreview.decisions.finding_situation import FindingSituation
from archreview.decisions.matter import Dissent, Waiver
from archreview.decisions.outcome import against, more_information
from archreview.decisions.prose import all_of, bullets, counted, escaped, in_words, listed, plain, quoted, upper_first
from archreview.decisions.risk import cost_of_waiting, look_again
from archreview.decisions.sections import Content
from archreview.decisions.steps import Steps, checklists, with_next_steps
from archreview.decisions.titles import shortened


def draft_of_waiver(
    situation: FindingSituation, waiver: Waiver, *, dissent: tuple[Dissent, ...], people: People
) -> Draft:
    """The draft of a decision that accepts the risk of the findings until a day."""
    found = options(situation, until=_day(waiver))
    sections: Content = {
        "context": context(situation, question=f"Can this wait until {_day(waiver)}, and at what cost?"),
        "drivers": bullets(drivers(situation)),
        "options": bullets(option.title for option in found),
        "outcome": "\n\n".join((*_why_it_waits(situation, waiver, found), *against(dissent))),
        "consequences": with_next_steps(_of_waiting(situation, waiver), *_next_steps(situation, waiver, found)),
        "confirmation": _until(situation, waiver),
        "comparison": comparison(situation, found),
        "more": more_information(situation.ground, _again(situation, waiver), at_once=True),
    }
    one = situation.rules[0]
    what = f"“{plain(one.title)}”" if len(situation.rules) == 1 else counted(len(situation.findings), "finding")
    where = plain_where(situation)
    title = shortened(f"Accept the risk of {what} {where} until {_day(waiver)}")
    return recorded(situation, sections, title, people, None)


def _day(waiver: Waiver) -> str:
    return f"{waiver.expires.day} {waiver.expires:%B %Y}"


def _why_it_waits(situation: FindingSituation, waiver: Waiver, found: list[Option]) -> Iterator[str]:
    yield f'Chosen option: "{KEEP} until {_day(waiver)}", because of this reason: {quoted(waiver.reason)}.'
    days = _days(situation, waiver)
    when = f"It ends on {_day(waiver)}, in {counted(days, 'day')}." if days > 0 else f"It ended on {_day(waiver)}."
    yield f"{escaped(waiver.approver)} approves it, and answers for what happens meanwhile. {when}"
    mends = [option for option in found if option.mend is not None]
    if mends:
        yield "What would mend it, and is put off:"
        yield bullets(_put_off(situation, option) for option in mends)


def _put_off(situation: FindingSituation, option: Option) -> str:
    mend = option.mend
    closed = len(mend.closes) if mend is not None else 0
    count = len(situation.findings)
    some = f"{all_of(count) if closed == count else f'{in_words(closed)} of the {in_words(count)}'} findings"
    closes = "the finding" if count == 1 else some
    return f"{option.title}: it would close {closes}."


def _days(situation: FindingSituation, waiver: Waiver) -> int:
    return (waiver.expires - situation.ground.today).days


def _of_waiting(situation: FindingSituation, waiver: Waiver) -> str:
    days = _days(situation, waiver)
    costs = cost_of_waiting(situation, days if days > 0 else None)
    return bullets(str(item) for item in (good("nothing has to be rebuilt now"), *(bad(cost) for cost in costs)))


def _until(situation: FindingSituation, waiver: Waiver) -> str:
    one = len(situation.findings) == 1
    codes = listed(sorted({finding.rule for finding in situation.findings}))
    items = [
        f"Until {_day(waiver)} {'the finding' if one else 'the findings'} of {codes} on {situation.where} "
        f"{'counts' if one else 'count'} as accepted; after that day as open again.",
        f"{'Its severity has' if one else 'Their severities have'} not risen, and the facts above are still so.",
    ]
    return f"Each analysis of the model checks this:\n\n{bullets(items)}"


def _next_steps(situation: FindingSituation, waiver: Waiver, found: list[Option]) -> Iterator[str]:
    mend = next((option.mend for option in found if option.mend is not None), None)
    approver, day = escaped(waiver.approver), _day(waiver)
    steps = [
        f"{approver}, well before {day}: looks whether the reason is still true, and whether what it waits for will be "
        f"there by then: {quoted(waiver.reason)}",
        f"{approver}, by {day}: says whether it is no longer needed, is mended, or is accepted anew with a new reason",
    ]
    if waiver.reconsider:
        steps.append(
            f"{approver}, from now on: sees to it that this is noticed when it happens: {quoted(waiver.reconsider)}"
        )
    if mend is not None:
        title = f"{mend.title[:1].lower()}{mend.title[1:]}"
        steps.append(f"{approver}, where the reason proves wrong: a plan of who does this, and when: {title}")
    edges = [subject.id for subject in situation.subjects if subject.kind == "edge"]
    yield owners(situation.ground, edges)
    yield checklists(Steps(missing=tuple(steps)), changes=False, agreed=True)


def _again(situation: FindingSituation, waiver: Waiver) -> Iterator[str]:
    if waiver.reconsider:
        yield f"{upper_first(escaped(waiver.reconsider).rstrip('.'))}."
    yield from look_again(situation)
