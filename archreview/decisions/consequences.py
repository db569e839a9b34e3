"""What a decision about an edge gives and costs, with the numbers that change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archreview.decisions.arguments import Argument, arguments, bad, good, in_order, is_message, neutral
from archreview.decisions.carriers import CARRIED_BY, in_use
from archreview.decisions.choice import Choice, Kind
from archreview.decisions.flow_numbers import measures
from archreview.decisions.phrases import STYLES
from archreview.decisions.prose import bullets, counted, escaped, first_few, listed, number, table, upper_first
from archreview.decisions.situation import After, Situation
from archreview.decisions.steps import Steps
from archreview.decisions.ways import carries_wrongly, edge_as
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, HAND_OFF, SYNCHRONOUS
from archreview.engine.results import EdgeReview, Finding, Review

MOST_RULES = 8


def consequences(situation: Situation, choice: Choice, after: After, steps: Steps, left: tuple[Finding, ...]) -> str:
    """
    The section "Consequences": what it gives and costs, and the numbers where they change.

    `steps` is what the decision asks for next, `left` the findings about the edge that stay even then.
    """
    items = bullets(str(argument) for argument in in_order(_weighed(situation, choice, after, steps, left)))
    numbers = _in_numbers(situation, choice, after)
    return f"{items}\n\n{numbers}" if numbers else items


def _weighed(
    situation: Situation, choice: Choice, after: After, steps: Steps, left: tuple[Finding, ...]
) -> Iterator[Argument]:
    if choice.kind == Kind.KEEP:
        yield good("nothing has to be rebuilt, and everybody knows how it behaves")
    yield from arguments(situation, choice.way, after.flow)
    yield from _of_the_change(situation, choice)
    if choice.kind == Kind.KEEP:
        yield from _found_today(situation, left)
    else:
        yield from closed_and_opened(situation.review, after.review)
        if left:
            stay = "finding on it stays" if len(left) == 1 else "findings on it stay"
            yield bad(f"{counted(len(left), stay, stay)} open even then: {_codes(left)}")
    amounts = (
        (steps.asked, "to be answered"),
        (steps.missing, "to be done"),
        (steps.unknown, "to be looked into"),
        (steps.besides, "to be decided besides"),
    )
    parts = [f"{counted(len(found), 'thing')} {what}" for found, what in amounts if found]
    if parts:
        yield bad(f"it takes {listed(parts)}: see the next steps")


def _found_today(situation: Situation, left: tuple[Finding, ...]) -> Iterator[Argument]:
    """What becomes of the findings of today where the two go on talking as they do."""
    found = situation.findings
    if not found:
        return
    if not left:
        stay = "finding on it stays" if len(found) == 1 else "findings on it stay"
        yield bad(f"{counted(len(found), stay, stay)} open until the next steps are done: {_codes(found)}")
        return
    closing = [finding for finding in found if finding not in left]
    if closing:
        goes = counted(len(closing), "finding on it goes", "findings on it go")
        yield neutral(f"{goes} away with the next steps: {_codes(closing)}")
    stay = counted(len(left), "finding stays", "findings stay")
    yield bad(f"{stay} open even when the next steps are done: {_codes(left)}")


def _codes(findings: Iterable[Finding]) -> str:
    return first_few(list(dict.fromkeys(finding.rule for finding in findings)), most=MOST_RULES)


def _of_the_change(situation: Situation, choice: Choice) -> Iterator[Argument]:
    """What the change itself costs, and what today's way gives that the new one does not."""
    if choice.kind != Kind.CHANGE:
        return
    s, t, today = situation.s, situation.t, situation.judged.family
    if is_message(choice.way):
        wanted = CARRIED_BY[choice.way.key]
        is_there = in_use(situation, wanted, besides=situation.edge) is not None
        new = "" if is_there else ", and the product that carries it is one more to run"
        if today == ASYNCHRONOUS and situation.edge.style != "batch":
            moved = not carries_wrongly(situation) and situation.technology
            yield bad(
                f"{s} and {t} are both changed"
                if moved
                else f"it has to be moved without losing or repeating what is on its way{new}"
            )
        else:
            yield bad(f"{s} and {t} are both rebuilt, one to send messages and the other to take them{new}")
    elif today == ASYNCHRONOUS and FAMILY_OF_STYLE[choice.way.style] == SYNCHRONOUS:
        yield bad(f"{t} has to be up, and quick enough, whenever {s} asks")
    elif FAMILY_OF_STYLE[choice.way.style] == HAND_OFF:
        yield bad(f"{s} and {t} are both rebuilt, and so is what the user sees while the work goes on")
    if situation.edge.style == "stream" and choice.way.style != "stream":
        unneeded = situation.fact("replay_needed") is False
        yield bad(
            "past messages can no longer be read again, "
            f"{'although nobody has to today' if unneeded else 'and nobody has said whether somebody has to'}"
        )
    elif situation.edge.style == "pubsub" and choice.way.key in ("queue", "fifo"):
        yield bad("a further consumer can no longer simply subscribe")


def closed_and_opened(today: Review, later: Review) -> Iterator[Argument]:
    """The findings that a change closes and those that it opens, as arguments."""
    before = {finding.fingerprint: finding for finding in today.findings}
    after = {finding.fingerprint: finding for finding in later.findings}
    closed = [finding for key, finding in before.items() if key not in after]
    opened = [finding for key, finding in after.items() if key not in before]
    if closed:
        yield good(f"{_findings_of(closed, 'finding')} {'goes' if len(closed) == 1 else 'go'} away")
    else:
        yield neutral("no finding goes away by it")
    if opened:
        yield bad(f"{_findings_of(opened, 'new finding')} {'comes' if len(opened) == 1 else 'come'} up")


def _findings_of(findings: list[Finding], noun: str) -> str:
    """`one new finding (EVD-001: Too little known)`, `eleven findings (of nine rules: AVL-001, …)`."""
    if len(findings) == 1:
        return f"one {noun} ({findings[0].rule}: {escaped(findings[0].message).rstrip('.')})"
    codes = sorted({finding.rule for finding in findings})
    of = f"of {counted(len(codes), 'rule')}: " if len(codes) < len(findings) else ""
    return f"{counted(len(findings), noun)} ({of}{first_few(codes, most=MOST_RULES)})"


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
