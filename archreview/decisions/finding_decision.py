"""Writes a decision about findings: how they are mended, or that their risk is accepted for a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archreview.decisions.arguments import Argument, bad, good, in_order
from archreview.decisions.draft import Confirmation, Draft, FactOfDecision, People
from archreview.decisions.finding_context import context, drivers
from archreview.decisions.finding_situation import GIVEN, FindingSituation, Mend, remedies_of
from archreview.decisions.flow_numbers import measures
from archreview.decisions.ground import flow_in
from archreview.decisions.matter import Dissent, Waiver
from archreview.decisions.outcome import (
    Steps,
    against,
    checklists,
    closed_and_opened,
    grave_findings,
    steps_for,
    written_from,
)
from archreview.decisions.prose import (
    bullets,
    counted,
    escaped,
    first_few,
    in_words,
    listed,
    number,
    plain,
    quoted,
    table,
    upper_first,
)
from archreview.decisions.risk import cost_of_waiting, look_again, worth_in_points
from archreview.decisions.sections import Content
from archreview.decisions.surroundings import flow_map, surroundings
from archreview.decisions.titles import shortened
from archreview.drawing import Waterfall
from archreview.drawing.reviewed import waterfall_of
from archreview.engine.model import Said
from archreview.engine.results import Review

MOST_REMEDIES = 3
KEEP = "Accept the risk"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to deal with the findings: a change that the engine has tried, advice of the catalog, or to wait."""

    title: str
    how: str
    mend: Mend | None = None
    waits: bool = False


def draft_of_findings(situation: FindingSituation, *, dissent: tuple[Dissent, ...], people: People) -> Draft:
    """The draft of a decision that mends the findings, in the way that closes most of them."""
    found = _options(situation, None)
    chosen = found[0]
    later = chosen.mend.later if chosen.mend is not None else situation.ground.review
    sections: Content = {
        "context": context(situation, question=f"How is this mended{_it(situation)}, or is the risk accepted?"),
        "drivers": bullets(drivers(situation)),
        "options": bullets(option.title for option in found),
        "outcome": "\n\n".join((*_reasons(situation, chosen), *against(dissent))),
        "consequences": _consequences(situation, chosen, later),
        "confirmation": _confirmation(situation, chosen),
        "comparison": _comparison(situation, found),
        "more": _more(situation, chosen, later),
    }
    return _draft(situation, sections, _title(situation, chosen), people, chosen.mend)


def draft_of_waiver(
    situation: FindingSituation, waiver: Waiver, *, dissent: tuple[Dissent, ...], people: People
) -> Draft:
    """The draft of a decision that accepts the risk of the findings until a day."""
    found = _options(situation, waiver)
    sections: Content = {
        "context": context(situation, question=f"Can this wait until {_day(waiver)}, and at what cost?"),
        "drivers": bullets(drivers(situation)),
        "options": bullets(option.title for option in found),
        "outcome": "\n\n".join((*_why_it_waits(situation, waiver), *against(dissent))),
        "consequences": _of_waiting(situation),
        "confirmation": _until(situation, waiver),
        "comparison": _comparison(situation, found),
        "more": _after_waiting(situation, waiver, found),
    }
    one = situation.rules[0]
    what = f"“{plain(one.title)}”" if len(situation.rules) == 1 else counted(len(situation.findings), "finding")
    where = _plain_where(situation)
    title = shortened(f"Accept the risk of {what} {where} until {_day(waiver)}")
    return _draft(situation, sections, title, people, None)


def _draft(situation: FindingSituation, sections: Content, title: str, people: People, mend: Mend | None) -> Draft:
    ground = situation.ground
    before = after = None
    waterfalls: tuple[Waterfall, ...] = ()
    changed = {edge.id: edge for edge in mend.edges} if mend is not None and mend.key != "facts" else {}
    if situation.edge is not None:
        edge, flow = situation.edge, situation.edge.flow
        before = surroundings(edge, edge.edge, edge.flow_review)
        if mend is not None and edge.edge.id in changed:
            after = surroundings(edge, changed[edge.edge.id], flow_in(mend.later, flow))
    elif situation.flow is not None:
        flow_situation = situation.flow
        flow, today = flow_situation.flow, flow_situation.today
        before = flow_map(ground, ground.review, flow, today)
        waterfalls = (waterfall_of(flow, today, ground.architecture),)
        later = flow_in(mend.later, flow) if mend is not None and changed else None
        if mend is not None and later is not None:
            after = flow_map(ground, mend.later, flow, later, changed=mend.edges)
            waterfalls += (waterfall_of(flow, later, ground.architecture),)
    return Draft(
        title=title,
        sections=sections,
        facts=tuple(_facts(situation)),
        confirmation=_what_must_hold(situation, mend),
        people=people,
        before=before,
        after=after,
        waterfalls=waterfalls,
        catalog_version=ground.catalog.version,
    )


# -- the options ------------------------------------------------------------------------------------------------------


def _options(situation: FindingSituation, waiver: Waiver | None) -> list[Option]:
    """What could be done, the proposed one first."""
    mends = [Option(mend.title, mend.how, mend) for mend in situation.mends]
    advice = [
        Option(remedy, f"The catalog advises this against {rule.code}.")
        for rule in situation.rules[:1]
        for remedy in remedies_of(rule)
    ]
    # Advice in words only where the engine had nothing to try.
    shown = mends or advice[:MOST_REMEDIES]
    until = f" until {_day(waiver)}" if waiver is not None else ""
    waiting = Option(
        f"{KEEP}{until}", "Nothing is changed, and somebody answers for it with a reason and a date.", None, True
    )
    return [waiting, *shown] if waiver is not None else [*shown, waiting]


def _comparison(situation: FindingSituation, found: list[Option]) -> str:
    rows = []
    for option in found:
        later = option.mend.later if option.mend is not None else None
        closes = len(option.mend.closes) if option.mend is not None else 0
        tried = "none" if option.waits else "not tried"
        rows.append(
            (
                option.title,
                f"{number(closes)} of {number(len(situation.findings))}" if later is not None else tried,
                number(_opened(situation, later)) if later is not None else "none" if option.waits else "not known",
                _complexity(option),
                _coupling(option),
            )
        )
    header = ("Option", "Findings it closes", "Findings it opens", "Complexity", "Coupling and resilience")
    parts = [table(header, rows)] if any(option.mend is not None for option in found) else []
    for option in found:
        items = bullets(str(item) for item in in_order(_arguments(situation, option)))
        parts.append(f"### {option.title}\n\n{option.how}\n\n{items}")
    return "\n\n".join(parts)


def _opened(situation: FindingSituation, later: Review) -> int:
    before = {finding.fingerprint for finding in situation.ground.review.findings}
    return sum(finding.fingerprint not in before for finding in later.findings)


def _complexity(option: Option) -> str:
    if option.mend is None:
        return "none" if option.waits else "not known"
    many = counted(len(option.mend.edges), "call")
    return f"{many} hardened" if option.mend.key == "facts" else f"{many} rebuilt"


def _coupling(option: Option) -> str:
    if option.mend is None:
        return "as today" if option.waits else "not known"
    if option.mend.key == "facts":
        return "as coupled as today, fails better"
    return "looser: fewer wait for each other"


def _arguments(situation: FindingSituation, option: Option) -> Iterator[Argument]:
    if option.waits:
        yield good("nothing has to be rebuilt now")
        yield from (bad(cost) for cost in cost_of_waiting(situation))
        return
    if option.mend is None:
        yield good(f"it goes at the cause that {situation.rules[0].code} names")
        yield bad("what it would change cannot be computed: no single fact of the model stands for it")
        return
    mend, today = option.mend, situation.ground.review
    yield from closed_and_opened(today, mend.later)
    left = [finding for finding in situation.findings if finding not in mend.closes]
    if left:
        codes = listed(sorted({finding.rule for finding in left}))
        yield bad(f"{counted(len(left), 'finding')} of these {'stays' if len(left) == 1 else 'stay'} ({codes})")
    if mend.key == "facts":
        yield good("how the services talk stays as everybody knows it")
        for name, words in _burdens(mend, situation):
            yield bad(words) if name else good(words)
    else:
        yield bad("callers and callees have to be rebuilt together, and what is on its way made visible")
        awaited = situation.awaited_behind(mend)
        if awaited:
            names = first_few([situation.ground.name_of_edge(edge) for edge in awaited])
            yield bad(
                f"the user needs to know at once how {names} went, and would not: first call "
                f"{'it' if len(awaited) == 1 else 'them'} from where the request still is"
            )
        duties = steps_for(situation.ground, mend.later, mend.edges)
        asked = len(duties.missing) + len(duties.unknown)
        if asked:
            are = "is" if asked == 1 else "are"
            yield bad(f"it asks for {counted(asked, 'thing')} that {are} missing or not stated")


BURDENS = {
    "fallback": "somebody has to say what is answered without the callee, and keep that answer tested",
    "timeout_ms": "how long is too long has to be measured, and kept shorter than the caller's own timeout",
    "circuit_breaker": "when it opens and closes has to be set, watched and tested",
    "idempotent": "repeats have to be recognised, by a key that is kept for as long as they can come",
    "dead_letter_queue": "what is set aside has to be looked at by somebody",
    "outbox": "a relay has to be run that publishes what was written",
    "compensation": "an undo has to be written, and tested as often as the work itself",
}


def _burdens(mend: Mend, situation: FindingSituation) -> Iterator[tuple[str, str]]:
    """What each added thing asks for in turn."""
    added = _added(mend, situation)
    told = [(name, BURDENS[name]) for name in added if name in BURDENS]
    yield from told or [("it", "it has to be built, and kept working as the code around it changes")]


def _added(mend: Mend, situation: FindingSituation) -> list[str]:
    old = situation.ground.edges
    return [name for name in GIVEN if any(getattr(edge, name) != getattr(old[edge.id], name) for edge in mend.edges)]


# -- mending ----------------------------------------------------------------------------------------------------------


def _it(situation: FindingSituation) -> str:
    return "" if len(situation.findings) == 1 else " together"


def _title(situation: FindingSituation, chosen: Option) -> str:
    if chosen.mend is not None:
        return shortened(chosen.mend.chosen)
    rules = situation.rules
    what = f"“{plain(rules[0].title)}”" if len(rules) == 1 else f"{counted(len(situation.findings), 'finding')}"
    return shortened(f"Mend {what} {_plain_where(situation)}")


def _plain_where(situation: FindingSituation) -> str:
    if not situation.is_about_one:
        return f"in {counted(len(situation.subjects), 'place')}"
    if situation.edge is not None:
        return f"at {situation.edge.plain_operation}"
    ground, subject = situation.ground, situation.subjects[0]
    model = ground.architecture
    things = (*model.flows, *model.services, *model.channels, *model.systems)
    return f"in “{plain(next((thing.name for thing in things if thing.id == subject.id), '') or subject.id)}”"


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
    items = bullets(str(item) for item in in_order(_arguments(situation, chosen)))
    if chosen.mend is None:
        return items
    today = situation.ground.review
    rows = []
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
        styles = [
            f"The edge `{edge.id}` is registered as: {str(edge.style).replace('_', ' ')}." for edge in chosen.mend.edges
        ]
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
    for name in _added(mend, situation):
        edges = [edge.id for edge in mend.edges if getattr(edge, name) != getattr(old[edge.id], name)]
        names = first_few([situation.ground.name_of_edge(id_) for id_ in edges])
        lines.append(f"{upper_first(GIVEN[name])} for {names}")
    return Steps(missing=(*lines, "These facts stated in the model, so that the next analysis sees them"))


# -- waiting ----------------------------------------------------------------------------------------------------------


def _day(waiver: Waiver) -> str:
    return f"{waiver.expires.day} {waiver.expires:%B %Y}"


def _why_it_waits(situation: FindingSituation, waiver: Waiver) -> Iterator[str]:
    yield f'Chosen option: "{KEEP} until {_day(waiver)}", because of this reason: {quoted(waiver.reason)}.'
    days = (waiver.expires - situation.ground.today).days
    yield f"{escaped(waiver.approver)} approves it. It ends on {_day(waiver)}, in {counted(days, 'day')}."


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


# -- what is kept -----------------------------------------------------------------------------------------------------


def _facts(situation: FindingSituation) -> Iterator[FactOfDecision]:
    told = set()
    for finding in situation.findings:
        kind, id_ = finding.subject
        for name, value in finding.facts.items():
            owner, _, fact = name.partition(".")
            if owner != kind or (kind, id_, fact) in told or isinstance(value, (list, tuple, dict)):
                continue
            told.add((kind, id_, fact))
            said = situation.statements.get(id_, {}).get(fact, Said())
            yield FactOfDecision(
                kind, id_, fact, value, "computed" if not said.by else "registered", said.by, said.at, said.why
            )


def _what_must_hold(situation: FindingSituation, mend: Mend | None) -> Confirmation:
    """What the mended edges must be; a decision to wait has nothing to hold but its date."""
    if mend is None:
        return Confirmation(edge=situation.edge.edge.id if situation.edge is not None else "")
    old = situation.ground.edges
    each = []
    for edge in mend.edges:
        rules = tuple(sorted({f.rule for f in mend.closes if f.subject == ("edge", edge.id)}))
        given = tuple(
            (name, True)
            for name in _added(mend, situation)
            if getattr(edge, name) is True and getattr(old[edge.id], name) is not True
        )
        styles = (str(edge.style),) if mend.key != "facts" and edge.style else ()
        each.append(Confirmation(edge=edge.id, styles=styles, facts=given, rules=rules))
    flow = situation.flow.flow.id if situation.flow is not None else ""
    if len(each) == 1 and not flow:
        return each[0]
    rules = tuple(sorted({finding.rule for finding in mend.closes if finding.subject.kind == "flow"}))
    return Confirmation(flow=flow, rules=rules, also=tuple(each))
