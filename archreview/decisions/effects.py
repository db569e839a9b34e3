"""What a change of the model does, in words: the findings that go and come, and what has to be built for it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from archreview.decisions.arguments import Argument, bad, good, neutral
from archreview.decisions.ground import Ground
from archreview.decisions.phrases import SHORT_QUESTIONS, TECHNOLOGIES
from archreview.decisions.prose import all_of, counted, escaped, first_few, in_words, listed, lower_first
from archreview.decisions.rewiring import NewCaller, Rewired
from archreview.decisions.situation import Situation
from archreview.decisions.steps import Steps
from archreview.decisions.ways import way_of
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS, Edge
from archreview.engine.results import Finding, FlowReview, Review, Subject

MOST_SUBJECTS = 3
CHOSEN = "This is the chosen option: what speaks for and against it stands under Consequences."


def only_in(one: Review, other: Review) -> list[Finding]:
    """The findings of one review that are not in the other."""
    known = {finding.fingerprint for finding in other.findings}
    return [finding for finding in one.findings if finding.fingerprint not in known]


def findings_that_go(ground: Ground, later: Review, *, own: Collection[Finding] = ()) -> Iterator[Argument]:
    """Which findings go away, and where they are; `own` are those that the decision is about."""
    gone = only_in(ground.review, later)
    mine = [finding for finding in gone if finding in own]
    rest = [finding for finding in gone if finding not in own]
    if mine:
        yield good(_own(len(mine), len(own)))
    if rest:
        count = f"{in_words(len(rest))}{' more' if mine else ''} {'finding' if len(rest) == 1 else 'findings'}"
        go = f"{'goes' if len(rest) == 1 else 'go'} away{' with it' if mine else ''}"
        subjects, codes = {finding.subject for finding in rest}, {finding.rule for finding in rest}
        if len(subjects) == 1:
            yield good(f"{count} {_places(ground, rest)} {go}")
        elif len(codes) < len(subjects) and len(codes) <= MOST_SUBJECTS:
            yield good(f"{count} {go}: {_rules(ground, rest)}")
        else:
            yield good(f"{count} {go}: {_places(ground, rest)}")
    if not gone:
        yield neutral("no finding goes away by it")


def _own(closed: int, count: int) -> str:
    if count == 1:
        return "the finding goes away"
    if closed == count:
        return f"{all_of(count)} findings go away"
    return f"{in_words(closed)} of the {in_words(count)} findings {'goes' if closed == 1 else 'go'} away"


def findings_that_come(ground: Ground, later: Review) -> Iterator[Argument]:
    """Which findings come up, by their titles, and where."""
    new = only_in(later, ground.review)
    if not new:
        return
    titles = {rule.code: rule.title for rule in ground.catalog.rules}
    by_rule: dict[str, list[Finding]] = {}
    for finding in new:
        by_rule.setdefault(finding.rule, []).append(finding)
    told = [
        f"{escaped(titles.get(code, code))} ({code}, {found[0].severity}) on "
        f"{first_few([_name(ground, finding.subject) for finding in found], most=MOST_SUBJECTS)}"
        for code, found in by_rule.items()
    ]
    come = "finding comes" if len(new) == 1 else "findings come"
    yield bad(f"{in_words(len(new))} new {come} up: {'; '.join(told)}")


def _places(ground: Ground, findings: Iterable[Finding]) -> str:
    """How many findings each subject has, the most first; the numbers add up."""
    by_subject = Counter(finding.subject for finding in findings).most_common()
    shown, rest = by_subject[:MOST_SUBJECTS], by_subject[MOST_SUBJECTS:]
    if len(rest) == 1:
        shown, rest = by_subject, []
    if len(shown) == 1 and not rest:
        return f"on {_name(ground, shown[0][0])}"
    parts = [f"{in_words(count)} on {_name(ground, subject)}" for subject, count in shown]
    if rest:
        parts.append(f"{in_words(sum(count for _, count in rest))} elsewhere")
    return listed(parts)


def _rules(ground: Ground, findings: Iterable[Finding]) -> str:
    """How many findings each rule has, the most first."""
    titles = {rule.code: rule.title for rule in ground.catalog.rules}
    counts = Counter(finding.rule for finding in findings).most_common()
    return listed([f"{in_words(count)} of {escaped(titles.get(code, code))} ({code})" for code, count in counts])


def _name(ground: Ground, subject: Subject) -> str:
    return ground.name_of_edge(subject.id) if subject.kind == "edge" else ground.name_of_subject(subject)


def what_is_built(ground: Ground, change: Rewired) -> Iterator[Argument]:
    """What has to be rebuilt, by whom, on what, and what the users see of it."""
    messages, handed = _that_become(ground, change, ASYNCHRONOUS), _that_become(ground, change, HAND_OFF)
    if messages:
        them = first_few([ground.name_of_edge(edge.id) for edge in messages])
        yield bad(
            f"{_ends(ground, messages, 'source')} {_s(messages, 'source', 'has', 'have')} to send a message for {them} "
            f"instead of calling, and {_ends(ground, messages, 'target')} to take it and work it off"
        )
        carriers = _carriers(ground)
        if carriers:
            is_there = "is in use for other messages of this model, and may carry it"
            yield neutral(f"{listed(carriers, last='or')} {is_there}: nothing new has to be run then")
        else:
            yield bad("this model has no queue or topic yet: one has to be chosen, run and watched")
    if handed:
        them = first_few([ground.name_of_edge(edge.id) for edge in handed])
        yield bad(
            f"{_ends(ground, handed, 'target')} {_s(handed, 'target', 'has', 'have')} to accept {them} at once and do "
            f"it later, and a status page or a callback has to be built for the result"
        )
    yield from _of_other_changes(ground, change)
    later = [*messages, *handed]
    if any(flow.user_facing for flow in ground.flows_with(edge.id for edge in later)):
        them = first_few([ground.name_of_edge(edge.id) for edge in later])
        yield bad(
            f"the answer that the user gets no longer says whether {them} worked: what fails later has to be noticed "
            "and mended"
        )
    yield from cost_of_callers(ground, change)


def cost_of_callers(ground: Ground, change: Rewired) -> Iterator[Argument]:
    """What it costs that somebody else makes a call, for each such call."""
    for caller in change.callers:
        yield bad(
            f"{_called(ground, caller)}, so that the user still learns at once how it went: it is then done before "
            f"{_behind(ground, caller, last='and')} {'is' if len(caller.behind) == 1 else 'are'}, and has to be undone "
            "where that fails"
        )


def _of_other_changes(ground: Ground, change: Rewired) -> Iterator[Argument]:
    """What has to be built where a message becomes a call, or is carried in another way."""
    for edge in change.edges:
        before = ground.edges[edge.id]
        was, becomes = FAMILY_OF_STYLE.get(before.style or ""), FAMILY_OF_STYLE.get(edge.style or "")
        name, source, target = ground.name_of_edge(edge.id), ground.name_of(edge.source), ground.name_of(edge.target)
        if before.style == edge.style or becomes is None:
            continue
        if becomes == was:
            yield bad(
                f"{source} and {target} have to move {name} to what carries it then, without losing what is on its way"
            )
        elif becomes not in (ASYNCHRONOUS, HAND_OFF):
            yield bad(f"{source} has to call {target} for {name}, and waits for it then")


def rebuilt(calls: int, change: Rewired) -> str:
    """How much has to be rebuilt, as a table's cell."""
    callers = len(change.callers)
    also = f", {counted(callers, 'call')} made by another caller" if callers else ""
    return f"{counted(calls, 'call')} rebuilt{also}"


def steps_of_callers(ground: Ground, change: Rewired) -> tuple[str, ...]:
    """What is to be done where somebody else makes a call, the first steps of all."""
    return tuple(
        f"{_called(ground, caller)}, so that the user still learns at once how it went." for caller in change.callers
    )


def questions_of_callers(ground: Ground, change: Rewired) -> tuple[str, ...]:
    """What has to be answered before somebody else makes a call."""
    return tuple(
        f"Can {ground.name_of(caller.new)} make {ground.name_of_edge(caller.edge)} without what comes out of "
        f"{_behind(ground, caller)}? If not, this proposal falls."
        for caller in change.callers
    )


def callers_in_words(ground: Ground, change: Rewired) -> str:
    """Who makes which call instead of whom, and on what that turns, as sentences; empty where nobody does."""
    return " ".join(
        f"{_called(ground, caller)}, if {ground.name_of(caller.new)} can make it without what comes out of "
        f"{_behind(ground, caller)}."
        for caller in change.callers
    )


def not_in_the_numbers(ground: Ground, awaited: Sequence[str]) -> str:
    """That the numbers leave out calls that the user waits for and nobody else can make; empty without such calls."""
    if not awaited:
        return ""
    it_counts = "it counts" if len(awaited) == 1 else "they count"
    names = first_few([ground.name_of_edge(edge) for edge in awaited])
    return f"These numbers are too good by {names}: made from the request, because the user waits, {it_counts} again."


def work_to_do(steps: Steps) -> Iterator[Argument]:
    """How much the next steps ask for, as many as they have boxes."""
    count = sum(map(len, (steps.at_once, steps.asked, steps.missing, steps.unknown, steps.carried)))
    if count:
        yield bad(f"it takes {counted(count, 'further step')}: see the next steps")


def owners(ground: Ground, edges: Iterable[str]) -> str:
    """Whose services the calls touch, as a sentence; empty where the model names no team."""
    touched = dict.fromkeys(end for id_ in edges for end in (ground.edges[id_].source, ground.edges[id_].target))
    by_team: dict[str, list[str]] = {}
    for service in touched:
        if team := ground.team_of(service):
            by_team.setdefault(team, []).append(ground.name_of(service))
    if not by_team:
        return ""
    return f"Who to ask: {'; '.join(f'for {listed(services)}, team {team}' for team, services in by_team.items())}."


def _behind(ground: Ground, caller: NewCaller, *, last: str = "or") -> str:
    return listed([ground.name_of_edge(id_) for id_ in caller.behind], last=last)


def _called(ground: Ground, caller: NewCaller) -> str:
    old, new = ground.name_of(caller.old), ground.name_of(caller.new)
    return f"{ground.name_of_edge(caller.edge)} is called by {new} instead of {old}"


def _that_become(ground: Ground, change: Rewired, family: str) -> list[Edge]:
    def family_of(edge: Edge) -> str | None:
        return FAMILY_OF_STYLE.get(edge.style or "")

    return [edge for edge in change.edges if family_of(edge) == family != family_of(ground.edges[edge.id])]


def _ends(ground: Ground, edges: Iterable[Edge], end: str) -> str:
    return first_few([ground.name_of(service) for service in _services(edges, end)])


def _services(edges: Iterable[Edge], end: str) -> list[str]:
    return list(dict.fromkeys(getattr(edge, end) for edge in edges))


def _s(edges: Iterable[Edge], end: str, one: str, many: str) -> str:
    return one if len(_services(edges, end)) == 1 else many


def _carriers(ground: Ground) -> list[str]:
    """The products that carry messages in the model today."""
    model = ground.architecture
    found = [channel.technology for channel in model.channels]
    found += [edge.technology for edge in model.edges if FAMILY_OF_STYLE.get(edge.style or "") == ASYNCHRONOUS]
    return sorted({TECHNOLOGIES[name] for name in found if name and name in TECHNOLOGIES and name != "http"})


def without_timeout(ground: Ground, flow: FlowReview, change: Rewired) -> tuple[str, ...]:
    """A step for the calls that the flow, as it would be, waits for without a timeout; none where there is none."""
    new = {edge.id: edge for edge in change.edges}
    waited_for = dict.fromkeys(
        place.edge for place in flow.places if place.foreground and place.family in (SYNCHRONOUS, HAND_OFF)
    )
    endless = [id_ for id_ in waited_for if new.get(id_, ground.edges[id_]).timeout_ms == math.inf]
    if not endless:
        return ()
    names = first_few([ground.name_of_edge(id_) for id_ in endless])
    return (f"A timeout for {names}, for which the user can wait for ever.",)


def questions_of_ways(ground: Ground, change: Rewired) -> tuple[str, ...]:
    """What is still open about the messages that calls become: which kind carries them, and in which order."""
    messages = _that_become(ground, change, ASYNCHRONOUS)
    asked: dict[str, list[str]] = {}
    for edge in messages:
        question = Situation.on(ground, edge.id).judged.tree.next_question
        if question is not None:
            carrier = lower_first(way_of(edge).title)
            what = f"{lower_first(SHORT_QUESTIONS[question])} That decides what carries it; until then a {carrier} is"
            asked.setdefault(f"{what} assumed.", []).append(edge.id)
    found = [f"{first_few([ground.name_of_edge(id_) for id_ in ids])}: {what}" for what, ids in asked.items()]
    ids = [edge.id for edge in messages]
    return (*found, *question_of_reads(ground, ids), *question_of_order(ground, ids))


def question_of_order(ground: Ground, edges: Sequence[str]) -> tuple[str, ...]:
    """Whether what leaves together may be done in any order; no question about one alone."""
    if len(edges) < 2:
        return ()
    names = first_few([ground.name_of_edge(edge) for edge in edges])
    return (f"May {names} be done in any order? As calls they follow each other, as messages they need not.",)


def question_of_reads(ground: Ground, edges: Iterable[str]) -> tuple[str, ...]:
    """What calls that only read are for, when their callers go on without what they read."""
    reads = [ground.name_of_edge(edge) for edge in edges if ground.edges[edge].purpose == "read"]
    if not reads:
        return ()
    it = "it" if len(reads) == 1 else "they"
    return (f"What is read by {listed(reads)}, and is not needed: how does it come back, or can {it} be left out?",)
