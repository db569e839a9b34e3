"""The minutes of a session: who, the agenda, what was voted, settled and decided, what is to be done, the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.formats import date_format

from archreview.decisions.models import Decision
from archreview.decisions.prose import bullets, counted, escaped, table
from archreview.registry.queries import edges_of
from archreview.registry.words import style_name
from archreview.rendering import html_to_pdf
from archreview.reviews.actions.changing import name_of
from archreview.reviews.asking import wording
from archreview.reviews.comparing import FactChange, numbers_changed
from archreview.reviews.models import Action, AgendaItem, Ballot, Participant, ReviewSession, Vote
from archreview.reviews.models.session import Outcome
from archreview.reviews.queries.sessions import actions_of, items_of, participants_of
from archreview.reviews.queries.votes import ShownVotes, shown_votes

WORDS = {True: "yes", False: "no", None: "don’t know"}


@dataclass(frozen=True, slots=True)
class MinutedBallot:
    """A question that was voted on: with its votes once they were revealed, and what the group settled."""

    question: str
    about: str
    shown: ShownVotes
    settled: str

    @property
    def ballot(self) -> Ballot:
        return self.shown.ballot


@dataclass(frozen=True, slots=True)
class MinutedItem:
    """
    An item of the agenda with its ballots, its outcome in words and the decision drafted from it; `in_model` says
    whether its edge is still there.
    """

    item: AgendaItem
    ballots: tuple[MinutedBallot, ...]
    outcome: str
    took: str
    decision: Decision | None
    in_model: bool


@dataclass(frozen=True, slots=True)
class Minutes:
    """All of it but the votes that nobody revealed."""

    session: ReviewSession
    participants: tuple[Participant, ...]
    items: tuple[MinutedItem, ...]
    actions: tuple[Action, ...]
    numbers: tuple[FactChange, ...]

    @property
    def names(self) -> list[str]:
        """Who took part, by the time of joining; who only looked on is marked so."""
        return [f"{name_of(p.user)}{'' if p.may_vote else ' (looking on)'}" for p in self.participants]

    @property
    def done_count(self) -> int:
        return sum(each.item.is_done for each in self.items)


def minutes_of(session: ReviewSession) -> Minutes:
    """Read the minutes. Seven queries, however long the agenda."""
    items = list(items_of(session))
    ballots = list(Ballot.objects.filter(item__session=session))
    shown = shown_votes(ballots, user=None, waited_for=frozenset())
    names = {item.pk: item for item in items}
    by_item: dict[int, list[MinutedBallot]] = {item.pk: [] for item in items}
    for ballot in ballots:
        if shown[ballot.pk].votes or shown[ballot.pk].earlier:
            by_item[ballot.item_id].append(_ballot(names[ballot.item_id], shown[ballot.pk]))
    numbers_of_decisions = [item.decision for item in items if item.decision is not None]
    decisions = {
        decision.number: decision
        for decision in Decision.objects.filter(
            workspace=session.workspace, number__in=numbers_of_decisions
        ).select_related("workspace")
    }
    edges = edges_of(session.workspace).filter(slug__in=[item.edge for item in items])
    in_model = set(edges.values_list("slug", flat=True))
    return Minutes(
        session=session,
        participants=tuple(participants_of(session)),
        items=tuple(
            MinutedItem(
                item,
                tuple(by_item[item.pk]),
                outcome_in_words(item),
                f"{max(1, round(item.seconds / 60))} min" if item.seconds else "",
                decisions.get(item.decision or 0),
                item.edge in in_model,
            )
            for item in items
        ),
        actions=tuple(actions_of(session.workspace).filter(session=session)),
        numbers=numbers_changed(session.before.numbers, session.after.numbers)
        if session.before is not None and session.after is not None
        else (),
    )


def _ballot(item: AgendaItem, shown: ShownVotes) -> MinutedBallot:
    ballot = shown.ballot
    about = "" if (ballot.subject_kind, ballot.subject_id) == ("edge", item.edge) else ballot.subject_id
    settled = ""
    if ballot.is_settled:
        settled = WORDS[ballot.value] if ballot.agreed else "no agreement"
    return MinutedBallot(wording(ballot.subject_kind, ballot.fact)[0], about, shown, settled)


def outcome_in_words(item: AgendaItem) -> str:
    """Give the outcome with what belongs to it, or what became of the item without one."""
    if item.outcome == Outcome.CHANGE:
        said = f"Change to {style_name(item.style)}"
    elif item.outcome == Outcome.ACCEPT and item.expires:
        said = f"Accept the risk until {date_format(item.expires, 'j M Y')}"
    elif item.outcome:
        said = str(Outcome(item.outcome).label)
    else:
        return "Parked" if item.parked else "No outcome"
    if item.owner is not None:
        said += f", {name_of(item.owner)}"
    return f"{said}, until {date_format(item.due, 'j M Y')}" if item.due else said


def as_markdown(minutes: Minutes) -> str:
    """The minutes as a file."""
    session = minutes.session
    parts = [f"# {escaped(session.title)}", _about(minutes)]
    if minutes.numbers:
        rows = [(change.label, change.before, change.after) for change in minutes.numbers]
        parts += ["## Before and after", table(("", "Before", "After"), rows, right=frozenset({1, 2}))]
    parts.append("## Agenda")
    for number, each in enumerate(minutes.items, start=1):
        parts += _item(number, each)
    if minutes.actions:
        parts += ["## Open actions", bullets(_action(action) for action in minutes.actions)]
    return "\n\n".join(parts) + "\n"


def as_pdf(minutes: Minutes) -> bytes:
    """The minutes as a document to print. Takes seconds; raises RenderingFailed."""
    session = minutes.session
    return html_to_pdf(
        title=f"Minutes: {session.title}",
        body=render_to_string("sessions/minutes_pdf.html", {"minutes": minutes, "session": session}),
        subject=f"Review session of {session.workspace.name}",
        author=", ".join(minutes.names),
        keywords=("architecture review", "minutes"),
    )


def file_name(session: ReviewSession) -> str:
    """The name of the minutes as a file, without its ending."""
    day = session.closed_at or session.opened_at or session.created_at
    return f"minutes-{session.pk}-{day:%Y-%m-%d}"


def _about(minutes: Minutes) -> str:
    session = minutes.session
    lines = [f"Scope: {escaped(session.scope or 'everything')}"]
    if session.opened_at:
        lines.append(f"Opened: {session.opened_at:%Y-%m-%d %H:%M} UTC")
    if session.closed_at:
        lines.append(f"Closed: {session.closed_at:%Y-%m-%d %H:%M} UTC")
    if session.lead is not None:
        lines.append(f"Lead: {escaped(name_of(session.lead))}")
    if minutes.participants:
        lines.append(f"Took part: {escaped(', '.join(minutes.names))}")
    lines.append(f"{counted(minutes.done_count, 'outcome').capitalize()} of {len(minutes.items)} on the agenda")
    if session.after is not None:
        lines.append(f"Snapshot: SHA-256 {session.after.sha256}")
    return bullets(lines)


def _item(number: int, each: MinutedItem) -> Iterator[str]:
    yield f"### {number}. {escaped(each.item.name)}"
    yield f"**{escaped(each.outcome)}**{f': {escaped(each.item.why)}' if each.item.why else ''}"
    if each.decision is not None:
        yield f"Decision {each.decision.label}: {escaped(each.decision.title)}"
    for minuted in each.ballots:
        about = f"{escaped(minuted.about)}: " if minuted.about else ""
        said = f" The group: **{minuted.settled}**." if minuted.settled else " Not settled."
        why = f" {escaped(minuted.ballot.why)}" if minuted.ballot.why else ""
        yield f"{about}{escaped(minuted.question)}{said}{why}"
        lines = [_vote(vote) for vote in minuted.shown.votes]
        if minuted.ballot.dissent:
            lines.append(f"Dissent: {escaped(', '.join(minuted.ballot.dissent))}")
        for number_of_round, votes in minuted.shown.earlier:
            lines.append(f"Round {number_of_round}: {'; '.join(map(_vote, votes))}")
        if lines:
            yield bullets(lines)


def _vote(vote: Vote) -> str:
    return f"{escaped(vote.name)}: {WORDS[vote.value]}{f' ({escaped(vote.why)})' if vote.why else ''}"


def _action(action: Action) -> str:
    owner = f" ({escaped(name_of(action.owner))})" if action.owner is not None else ""
    due = f", until {action.due:%Y-%m-%d}" if action.due else ""
    return f"[{'x' if action.is_done else ' '}] {escaped(action.what)}{owner}{due}"
