"""Joining a session, leaving it, and being seen in it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from archreview.reviews.actions.changing import NotNow, changing
from archreview.reviews.models import Participant, ReviewSession

# It is noted every 45 seconds who asks for news, and browsers let a tab that nobody looks at ask but once a minute.
AWAY_AFTER = timedelta(seconds=110)


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


def note_here(key: int, *, users: Collection[int]) -> None:
    """
    Note that the people with these keys are there, in the session with that one; whoever has not been heard of for long
    counts as away. Two queries where nothing changes for anybody.
    """
    now = timezone.now()
    present = Participant.objects.filter(session=key, left_at=None)
    present.filter(away=False, user_id__in=users).update(last_seen=now)
    back = Q(away=True, user_id__in=users)
    lost = Q(away=False, last_seen__lt=now - AWAY_AFTER)
    if not present.filter(back | lost).exists():
        return
    session = ReviewSession.objects.select_related("workspace").filter(pk=key).first()
    if session is None or session.is_closed:
        return
    # Where the session closes at this very moment, nobody is waited for any more.
    with suppress(NotNow), changing(session, parts=("people",)):
        present.filter(back).update(last_seen=now, away=False)
        present.filter(lost).update(away=True)
