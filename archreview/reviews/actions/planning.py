"""Planning a session, and changing its agenda."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from archreview.engine.agenda import Topic
from archreview.reviews.actions.changing import NotNow, changing
from archreview.reviews.models import AgendaItem, ReviewSession
from archreview.reviews.models.session import LEAST_LENGTH, MOST_LENGTH, State
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Workspace

MOST_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Planned:
    """What the lead says about a session: title, length in minutes, and when it is meant to be."""

    title: str
    length_minutes: int
    planned_for: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A topic with the name of its edge."""

    topic: Topic
    name: str


def plan_session(
    *, workspace: Workspace, planned: Planned, scope: str, agenda: Sequence[Proposal], lead: User
) -> ReviewSession:
    """A planned session with the agenda, in its order."""
    if not LEAST_LENGTH <= planned.length_minutes <= MOST_LENGTH:
        raise ValueError(f"{planned.length_minutes} minutes is no length of a session")
    with transaction.atomic():
        session = ReviewSession.objects.create(
            workspace=workspace,
            title=planned.title,
            length_minutes=planned.length_minutes,
            planned_for=planned.planned_for,
            scope=scope,
            lead=lead,
        )
        AgendaItem.objects.bulk_create(
            [_item(session, proposal, position=number) for number, proposal in enumerate(agenda[:MOST_ITEMS], start=1)]
        )
    return session


def change_session(session: ReviewSession, *, planned: Planned, version: int) -> None:
    """Give the session another title, length and time. Raises ChangedMeanwhile where the agenda has changed since."""
    with changing(session, parts=("agenda",)):
        _check(session, version)
        ReviewSession.objects.filter(pk=session.pk).update(
            title=planned.title, length_minutes=planned.length_minutes, planned_for=planned.planned_for
        )
    session.refresh_from_db()


def move_item(session: ReviewSession, item: AgendaItem, *, by: int, version: int) -> None:
    """Move the item so many places down, or up where negative; at an end it stays."""
    with changing(session, parts=("agenda",)):
        _check(session, version)
        items = list(session.items.all())
        place = next(number for number, other in enumerate(items) if other.pk == item.pk)
        items.insert(max(0, min(len(items) - 1, place + by)), items.pop(place))
        for number, each in enumerate(items, start=1):
            if each.position != number:
                AgendaItem.objects.filter(pk=each.pk).update(position=number)


def remove_item(session: ReviewSession, item: AgendaItem, *, version: int) -> None:
    """Take an item off the agenda. Raises NotNow where something was voted or decided on it already."""
    with changing(session, parts=("agenda",)):
        _check(session, version)
        if session.current_id == item.pk:
            raise NotNow("The session is at this item. Move on first.")
        if item.is_done or item.ballots.exists():
            raise NotNow("Something was voted or decided on this item, so it stays. Park it instead.")
        item.delete()


def add_item(session: ReviewSession, proposal: Proposal, *, version: int) -> AgendaItem:
    """Put an edge at the end of the agenda. Raises NotNow where it is on it already, or the agenda is full."""
    with changing(session, parts=("agenda",)):
        _check(session, version)
        if session.items.filter(edge=proposal.topic.edge).exists():
            raise NotNow(f"{proposal.name} is on the agenda already.")
        if session.items.count() >= MOST_ITEMS:
            raise NotNow(f"An agenda has at most {MOST_ITEMS} items.")
        last = session.items.aggregate(Max("position"))["position__max"] or 0
        item = _item(session, proposal, position=last + 1)
        item.save(force_insert=True)
    return item


def delete_session(session: ReviewSession) -> None:
    """
    Delete a session that was planned and not begun, with the votes that people have given ahead.

    Raises NotNow for one that has begun: what was said in a meeting stays.
    """
    with changing(session, states=(State.PLANNED,)):
        session.delete()


def _item(session: ReviewSession, proposal: Proposal, *, position: int) -> AgendaItem:
    topic = proposal.topic
    reasons: list[dict[str, Any]] = [reason._asdict() for reason in topic.reasons]
    return AgendaItem(
        session=session,
        edge=topic.edge,
        name=proposal.name,
        position=position,
        minutes=topic.minutes,
        reasons=reasons,
    )


def _check(session: ReviewSession, version: int) -> None:
    if session.agenda_version != version:
        raise ChangedMeanwhile
