"""The options of a decision about findings: changes that the engine has tried, advice of the catalog, or to wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archreview.decisions.arguments import Argument, bad, good, in_order
from archreview.decisions.consequences import closed_and_opened
from archreview.decisions.finding_situation import GIVEN, FindingSituation, Mend, remedies_of
from archreview.decisions.prose import bullets, counted, first_few, listed, number, table
from archreview.decisions.risk import cost_of_waiting
from archreview.decisions.steps import steps_for
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


def options(situation: FindingSituation, *, until: str = "") -> list[Option]:
    """What could be done, the proposed one first."""
    mends = [Option(mend.title, mend.how, mend) for mend in situation.mends]
    advice = [
        Option(remedy, f"The catalog advises this against {rule.code}.")
        for rule in situation.rules[:1]
        for remedy in remedies_of(rule)
    ]
    # Advice in words only where the engine had nothing to try.
    shown = mends or advice[:MOST_REMEDIES]
    how = "Nothing is changed, and somebody answers for it with a reason and a date."
    waiting = Option(f"{KEEP} until {until}" if until else KEEP, how, None, True)
    return [waiting, *shown] if until else [*shown, waiting]


def comparison(situation: FindingSituation, found: list[Option]) -> str:
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
        items = bullets(str(item) for item in in_order(arguments_for(situation, option)))
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


def arguments_for(situation: FindingSituation, option: Option) -> Iterator[Argument]:
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
    added = added_by(mend, situation)
    told = [(name, BURDENS[name]) for name in added if name in BURDENS]
    yield from told or [("it", "it has to be built, and kept working as the code around it changes")]


def added_by(mend: Mend, situation: FindingSituation) -> list[str]:
    old = situation.ground.edges
    return [name for name in GIVEN if any(getattr(edge, name) != getattr(old[edge.id], name) for edge in mend.edges)]
