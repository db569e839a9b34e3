"""Joining a session, leaving it, and being seen in it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from archreview.reviews.actions.changing import changing
from archreview.reviews.models import Participant, ReviewSession
from archreview.reviews.models.session import State

# A browser reports every 30 seconds, and once a minute from a tab that nobody looks at.
AWAY_AFTER = timedelta(seconds=75)


def join(session: ReviewSession, *, user: User, may_vote: bool) -> Participant:
    """Take part, again where the person had left."""
    now = timezone.now()
    with changing(session, parts=("people",)):
        participant, _ = Participant.objects.update_or_create(
            session=session,
            user=user,
            defaults={"last_seen": now, "left_at": None, "away": False, "may_vote": may_vote},
            create_defaults={"joined_at": now, "last_seen": now, "may_vote": may_vote},
        )
    return participant


def leave(session: ReviewSession, *, user: User) -> None:
    """Leave, so that nobody waits for the person's vote. What the person voted stays."""
    with changing(session, parts=("people",)):
        Participant.objects.filter(session=session, user=user, left_at=None).update(left_at=timezone.now())


def report(session: ReviewSession, *, user: User) -> None:
    """Note that the person's browser is there; whoever has not been heard of for long counts as away. Two writes."""
    now = timezone.now()
    seen = Participant.objects.filter(session=session, user=user, left_at=None, away=False).update(last_seen=now)
    lost = Participant.objects.filter(
        session=session, left_at=None, away=False, last_seen__lt=now - AWAY_AFTER
    ).exists()
    if session.state == State.CLOSED or (seen and not lost):
        return
    with changing(session, parts=("people",)):
        Participant.objects.filter(session=session, user=user, left_at=None).update(last_seen=now, away=False)
        Participant.objects.filter(session=session, left_at=None, away=False, last_seen__lt=now - AWAY_AFTER).update(
            away=True
        )
