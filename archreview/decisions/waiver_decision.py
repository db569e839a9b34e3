"""Writes a decision that accepts the risk of findings until a day: why, who answers for it, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.arguments import bad, good
from archreview.decisions.draft import Draft, People
from archreview.decisions.finding_context import context, drivers
from archreview.decisions.finding_options import KEEP, Option, comparison, options
from archreview.decisions.finding_record import plain_where, recorded
from archreview.decisions.finding_situation import FindingSituation
from archreview.decisions.matter import Dissent, Waiver
from archreview.decisions.outcome import against, written_from
from archreview.decisions.prose import bullets, counted, escaped, listed, plain, quoted, upper_first
from archreview.decisions.risk import cost_of_waiting, look_again, worth_in_points
from archreview.decisions.sections import Content
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
        "outcome": "\n\n".join((*_why_it_waits(situation, waiver), *against(dissent))),
        "consequences": _of_waiting(situation),
        "confirmation": _until(situation, waiver),
        "comparison": comparison(situation, found),
        "more": _after_waiting(situation, waiver, found),
    }
    one = situation.rules[0]
    what = f"“{plain(one.title)}”" if len(situation.rules) == 1 else counted(len(situation.findings), "finding")
    where = plain_where(situation)
    title = shortened(f"Accept the risk of {what} {where} until {_day(waiver)}")
    return recorded(situation, sections, title, people, None)


def _day(waiver: Waiver) -> str:
    return f"{waiver.expires.day} {waiver.expires:%B %Y}"


def _why_it_waits(situation: FindingSituation, waiver: Waiver) -> Iterator[str]:
    yield f'Chosen option: "{KEEP} until {_day(waiver)}", because of this reason: {quoted(waiver.reason)}.'
    days = (waiver.expires - situation.ground.today).days
    when = f"It ends on {_day(waiver)}, in {counted(days, 'day')}." if days > 0 else f"It ended on {_day(waiver)}."
    yield f"{escaped(waiver.approver)} approves it. {when}"


def _of_waiting(situation: FindingSituation) -> str:
    items = [good("nothing has to be rebuilt now"), *(bad(cost) for cost in cost_of_waiting(situation))]
    points = worth_in_points(situation)
    if points:
        items.append(bad(f"{points} as long as it waits"))
    return bullets(str(item) for item in items)


def _until(situation: FindingSituation, waiver: Waiver) -> str:
    codes = listed(sorted({finding.rule for finding in situation.findings}))
    items = [
        f"Until {_day(waiver)} {codes} on {situation.where} {'counts' if len(situation.findings) == 1 else 'count'} as "
        "accepted; after that day as open again.",
        "Its severity has not risen, and the facts above are still so.",
    ]
    return f"Each analysis of the model can check this:\n\n{bullets(items)}"


def _after_waiting(situation: FindingSituation, waiver: Waiver, found: list[Option]) -> str:
    mend = next((option for option in found if option.mend is not None), None)
    way = f", beginning with: {mend.title[:1].lower()}{mend.title[1:]}" if mend is not None else ""
    steps = [
        f"{escaped(waiver.approver)} takes this up again by {_day(waiver)}: mended, or accepted anew with a new reason",
        f"The work is planned for the time after{way}",
    ]
    items = [f"{upper_first(escaped(waiver.reconsider).rstrip('.'))}."] if waiver.reconsider else []
    items += [f"{_day(waiver)} has come.", *look_again(situation)]
    return "\n\n".join(
        (
            "To be done meanwhile:",
            "\n".join(f"* [ ] {step}." for step in steps),
            "Take this up again at once when one of these comes true:",
            bullets(items),
            written_from(situation.ground),
        )
    )
