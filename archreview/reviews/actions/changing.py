"""What every change of a session begins with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from archreview.reviews.models import ReviewSession
from archreview.reviews.models.session import State

# Until it is closed, a session can still be worked on.
LIVING = (State.PLANNED, State.OPEN, State.PAUSED)


class NotNow(Exception):
    """The state that a session, an item or a ballot is in does not allow it; the text is a sentence for the person."""


@contextmanager
def changing(
    session: ReviewSession, *, parts: Collection[str] = (), states: Collection[str] = LIVING
) -> Iterator[ReviewSession]:
    """
    One transaction that changes the session, which is read anew.

    `parts` (agenda, people, facts) are those of the page that look different afterwards. Counting the change first lets
    one change of a session happen at a time. Raises NotNow where the session is in none of the `states`.
    """
    with transaction.atomic():
        counted = ReviewSession.objects.filter(pk=session.pk, state__in=states).update(version=F("version") + 1)
        workspace = session.workspace
        session.refresh_from_db()
        # What is stated raises the revision of this object, which the caller's page is then made from.
        session.workspace = workspace
        if not counted:
            raise NotNow(f"The session is {session.get_state_display().lower()}.")
        yield session
        if parts:
            versions = {f"{part}_version": session.version for part in parts}
            ReviewSession.objects.filter(pk=session.pk).update(**versions)
            for name, version in versions.items():
                setattr(session, name, version)


def clock_off(session: ReviewSession) -> None:
    """Add the time since the current item became so to the item; call it before the session turns to another one."""
    item = session.current
    if item is None or session.current_since is None:
        return
    elapsed = timezone.now() - session.current_since
    type(item).objects.filter(pk=item.pk).update(seconds=F("seconds") + max(0, int(elapsed.total_seconds())))


def name_of(user: User) -> str:
    """What a person is called in minutes and decisions."""
    return user.get_full_name() or user.get_username()
