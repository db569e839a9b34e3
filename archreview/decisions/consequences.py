"""What a decision about an edge gives and costs, with the numbers that change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archreview.decisions.arguments import Argument, arguments, bad, good, in_order, is_message, neutral
from archreview.decisions.carriers import CARRIED_BY, in_use, others_on
from archreview.decisions.choice import Choice, Kind
from archreview.decisions.effects import cost_of_callers, findings_that_come
from archreview.decisions.flow_numbers import measures
from archreview.decisions.phrases import STYLES, TECHNOLOGIES
from archreview.decisions.prose import bullets, counted, escaped, first_few, listed, number, table, upper_first
from archreview.decisions.rewiring import Rewired
from archreview.decisions.situation import After, Situation
from archreview.decisions.steps import Steps
from archreview.decisions.ways import Way, carries_wrongly, edge_as
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS
from archreview.engine.results import EdgeReview, Finding, Review

MOST_RULES = 8
MOST_PLACES = 3
# Respect -> its grades from low to high, by how the texts of a way begin; and whether more is better.
GRADES: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("coupling", ("tight", "loose", "very loose"), True),
    ("resilience", ("low", "medium", "high", "very high"), True),
    ("complexity", ("low", "medium", "high"), False),
    ("latency", ("short", "low", "medium", "high"), False),
    ("scalability", ("hard", "limited", "easy", "excellent"), True),
)


def consequences(
    situation: Situation, choice: Choice, change: Rewired, after: After, steps: Steps, left: tuple[Finding, ...]
) -> str:
    """
    The section "Consequences": what it gives and costs, and the numbers where they change.

    `change` is what the decision changes in the model, `steps` what it asks for next, `left` the findings about the
    edge that stay even then.
    """
    items = bullets(str(argument) for argument in in_order(_weighed(situation, choice, change, after, steps, left)))
    numbers = _in_numbers(situation, choice, after)
    return f"{items}\n\n{numbers}" if numbers else items


def _weighed(
    situation: Situation, choice: Choice, change: Rewired, after: After, steps: Steps, left: tuple[Finding, ...]
) -> Iterator[Argument]:
    if choice.kind == Kind.KEEP:
        yield good("the way they talk need not change" if steps.missing or steps.unknown else "nothing has to be built")
    yield from _of_the_way(situation, choice, after)
    yield from _of_the_change(situation, choice)
    yield from cost_of_callers(situation, change)
    if choice.kind == Kind.KEEP:
        yield from _found_today(situation, left)
    else:
        yield from _closed_and_opened_here(situation, after)
        if left:
            stays = counted(len(left), "finding is", "findings are")
            yield bad(f"{stays} still there when all of this is done: {_codes(left)}")
    if steps.missing or steps.unknown:
        yield bad("what the next steps list has to be built or checked, an effort that nobody has estimated yet")


def _of_the_way(situation: Situation, choice: Choice, after: After) -> Iterator[Argument]:
    """What the chosen way gives and costs, and of what today's way gives too, that it does."""
    both_are_messages = situation.is_asynchronous and choice.today is not None and is_message(choice.today)
    if choice.kind != Kind.CHANGE or not both_are_messages or not is_message(choice.way):
        yield from arguments(situation, choice.way, after.flow)
        return
    yield neutral(f"{situation.s} does not wait for {situation.t}, as today, and bursts are held back, as today")
    yield from arguments(situation, choice.way, after.flow, beyond=True)


def _found_today(situation: Situation, left: tuple[Finding, ...]) -> Iterator[Argument]:
    """What becomes of the findings of today where the two go on talking as they do."""
    found = situation.findings
    closing = [finding for finding in found if finding not in left]
    if closing:
        goes = counted(len(closing), "finding on it is", "findings on it are")
        yield good(f"{goes} gone once the next steps are done: {_codes(closing)}")
    if left:
        stays = counted(len(left), "finding is", "findings are")
        then = " even then" if closing else ""
        yield bad(f"{stays} still there{then}, and to be decided besides: {_codes(left)}")


def _codes(findings: Iterable[Finding]) -> str:
    return first_few(list(dict.fromkeys(finding.rule for finding in findings)), most=MOST_RULES)


def _of_the_change(situation: Situation, choice: Choice) -> Iterator[Argument]:
    """What the change itself costs, and what today's way gives that the new one does not."""
    if choice.kind != Kind.CHANGE:
        return
    s, t, family = situation.s, situation.t, FAMILY_OF_STYLE[choice.way.style]
    if is_message(choice.way):
        yield from _of_what_carries_it(situation, choice)
    elif family == HAND_OFF:
        yield bad(f"{s} and {t} are both changed, and so is what the user sees while the work goes on")
    elif family == SYNCHRONOUS and situation.is_asynchronous:
        yield from _of_a_new_call(situation)
    if situation.edge.style == "stream" and choice.way.style != "stream":
        unneeded = situation.fact("replay_needed") is False
        yield bad(
            "past messages can no longer be read again, "
            f"{'although nobody has to today' if unneeded else 'and nobody has said whether somebody has to'}"
        )
    elif situation.edge.style == "pubsub" and choice.way.key in ("queue", "fifo"):
        yield bad("a further consumer can no longer simply subscribe")
    if choice.today is not None:
        # Where a flow uses the edge, its own numbers say more of latency than a rating.
        left_out = ("latency",) if situation.flow_review is not None else ()
        if situation.fact("benefits_from_decoupling") is False:
            left_out = (*left_out, "coupling", "resilience", "scalability")
        yield from _of_the_comparison(choice.today, choice.way, left_out)


def _of_a_new_call(situation: Situation) -> Iterator[Argument]:
    """What it costs to call where a message is sent today, the other takers of the message included."""
    s, t, edge = situation.s, situation.t, situation.edge
    yield bad(f"{s} and {t} are both changed: {t} has to offer a call, and to be up and quick whenever {s} makes it")
    source, target = situation.source.tier, situation.target.tier
    if source is not None and target is not None and source < target:
        yield bad(f"{s} (tier {source}) then cannot do without {t} (tier {target})")
    others = [
        situation.name_of(other.target)
        for other in situation.architecture.edges
        if edge.channel and other.channel == edge.channel and other.source == edge.source and other.id != edge.id
    ]
    if others:
        take = "goes on taking" if len(others) == 1 else "go on taking"
        yield bad(f"{first_few(others)} {take} the message: {s} then tells of the same thing in two ways")


def _of_what_carries_it(situation: Situation, choice: Choice) -> Iterator[Argument]:
    s, t, edge = situation.s, situation.t, situation.edge
    is_there = in_use(situation, CARRIED_BY[choice.way.key], besides=edge) is not None
    one_more = "" if is_there else ", and the model shows no product yet that would carry it"
    moved = situation.is_asynchronous and edge.style != "batch"
    if not moved:
        yield bad(f"{s} and {t} are both changed, one to send messages and the other to take them{one_more}")
        return
    yield bad(f"it has to be moved while it runs: no message may get lost on the way{one_more}")
    if carries_wrongly(situation) and situation.technology:
        name = TECHNOLOGIES.get(situation.technology, escaped(situation.technology))
        others = others_on(situation, situation.technology, besides=edge)
        if others:
            yield bad(
                f"{name} stays to be run, for {first_few([situation.name_of_edge(id_) for id_ in others], most=3)}"
            )
        else:
            yield good(f"nothing else in the model needs {name}: once this is moved, it need not be run any more")


def _of_the_comparison(today: Way, way: Way, left_out: tuple[str, ...]) -> Iterator[Argument]:
    """In which respects the new way is rated better than today's, and in which worse."""
    better: list[str] = []
    worse: list[str] = []
    for name, grades, more_is_better in GRADES:
        before, after = _grade(today, name, grades), _grade(way, name, grades)
        if name in left_out or before is None or after is None or before == after:
            continue
        told = f"{name} ({_rating(way, name)} instead of {_rating(today, name)})"
        (better if (after > before) == more_is_better else worse).append(told)
    if better:
        yield good(f"it is rated better than today's way in {listed(better)}")
    if worse:
        yield bad(f"it is rated worse than today's way in {listed(worse)}")


def _grade(way: Way, name: str, grades: tuple[str, ...]) -> int | None:
    rating = _rating(way, name)
    return next((place for place, grade in enumerate(grades) if rating.startswith(grade)), None)


def _rating(way: Way, name: str) -> str:
    """The rating without what explains it."""
    text: str = getattr(way, name)
    return text.partition(":")[0]


def _closed_and_opened_here(situation: Situation, after: After) -> Iterator[Argument]:
    """The same as `closed_and_opened`, with what is closed on the edge itself told apart."""
    later = {finding.fingerprint for finding in after.review.findings}
    closed = [finding for finding in situation.review.findings if finding.fingerprint not in later]
    here = [finding for finding in closed if finding in situation.findings]
    elsewhere = [finding for finding in closed if finding not in situation.findings]
    if situation.judged.family == SYNCHRONOUS and after.edge.family == HAND_OFF:
        of_calls = [finding for finding in here if "edge.fallback" in finding.facts]
        here = [finding for finding in here if finding not in of_calls]
        if of_calls:
            are = "is" if len(of_calls) == 1 else "are"
            yield neutral(f"{_codes(of_calls)} {are} no longer found, yet {situation.t} can be down as before")
    if here:
        all_of = "all " if 1 < len(here) == len(situation.findings) else ""
        yield good(f"{all_of}{counted(len(here), 'finding on it is', 'findings on it are')} gone: {_codes(here)}")
    if elsewhere:
        found = counted(len(elsewhere), "finding elsewhere is", "findings elsewhere are")
        told = _codes(elsewhere)
        if len(elsewhere) <= MOST_PLACES:
            told = listed([f"{finding.rule} ({situation.name_of_subject(finding.subject)})" for finding in elsewhere])
        yield good(f"{found} gone: {told}")
    if not closed:
        yield neutral("no finding is gone by it")
    yield from findings_that_come(situation, after.review)


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
    if len(rows) == 1:
        return ""
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
        return (
            "The time to publish the message is not known and counts 0 here; the downtime of what carries it is not "
            "counted either."
        )
    if FAMILY_OF_STYLE[choice.way.style] == HAND_OFF and edge.handover_p99_ms is None:
        return (
            "These are the times until the request is answered; the result follows later, and the time until the work "
            "is accepted is not known and not counted."
        )
    return ""
