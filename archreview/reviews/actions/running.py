"""Opening, pausing, taking up and closing a session; moving through its agenda."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.contrib.auth.models import User
from django.utils import timezone

from archreview.reviews.actions.changing import NotNow, changing, clock_off
from archreview.reviews.actions.snapshots import take_snapshot
from archreview.reviews.models import AgendaItem, ReviewSession, Snapshot
from archreview.reviews.models.session import STEPS, State


def open_session(session: ReviewSession, *, by: User) -> None:
    """
    Open a planned session, or take a paused one up again where it was.

    The first opening takes the snapshot that the end is compared with. Raises NotNow for an agenda without items.
    """
    taken: AbstractContextManager[Snapshot] = (
        nullcontext(session.before) if session.before else _snapshot_of(session, "Before", by=by)
    )
    with taken as before, changing(session, parts=("agenda", "people", "facts"), states=_before(State.OPEN)):
        current = session.current or session.items.first()
        if current is None:
            raise NotNow("The agenda is empty. Add an edge to it first.")
        session.state = State.OPEN
        session.current, session.current_since = current, timezone.now()
        session.opened_at = session.opened_at or timezone.now()
        session.before = session.before or before
        session.save(update_fields=["state", "current", "current_since", "opened_at", "before"])


def pause_session(session: ReviewSession) -> None:
    """Leave the session, to be taken up another time."""
    with changing(session, parts=("agenda",), states=_before(State.PAUSED)):
        clock_off(session)
        session.state, session.current_since = State.PAUSED, None
        session.save(update_fields=["state", "current_since"])


def close_session(session: ReviewSession, *, by: User) -> None:
    """End the session for good, with a snapshot of what it has come to. What was not revealed stays hidden."""
    with (
        _snapshot_of(session, "After", by=by) as after,
        changing(session, parts=("agenda", "people"), states=_before(State.CLOSED)),
    ):
        clock_off(session)
        session.state, session.current_since = State.CLOSED, None
        session.closed_at, session.after = timezone.now(), after
        session.save(update_fields=["state", "current_since", "closed_at", "after"])


def go_to(session: ReviewSession, *, came_from: int, to: str, park: bool = False) -> None:
    """
    Turn everybody to another item: `to` is next, back, or an item's key; with `park` the one left is parked.

    Does nothing where the session is not at `came_from` any more: somebody else has moved it, or this is the second
    click.
    """
    with changing(session, parts=("agenda",), states=(State.OPEN,)):
        if session.current_id != came_from:
            return
        target = _target(session, list(session.items.all()), to)
        if park:
            AgendaItem.objects.filter(pk=came_from).update(parked=True)
        if target is None or target.pk == came_from:
            return
        clock_off(session)
        AgendaItem.objects.filter(pk=target.pk).update(parked=False)
        session.current, session.current_since = target, timezone.now()
        session.save(update_fields=["current", "current_since"])


def _target(session: ReviewSession, items: list[AgendaItem], to: str) -> AgendaItem | None:
    place = next((number for number, item in enumerate(items) if item.pk == session.current_id), -1)
    if to == "next":
        return items[place + 1] if place + 1 < len(items) else None
    if to == "back":
        return items[place - 1] if place > 0 else None
    return next((item for item in items if str(item.pk) == to), None)


@contextmanager
def _snapshot_of(session: ReviewSession, moment: str, *, by: User) -> Iterator[Snapshot]:
    """
    Take a snapshot for a step of the session, before its transaction, for analysing takes a moment.

    It goes again where the step is refused: by a second click, or for an agenda without items.
    """
    taken = take_snapshot(workspace=session.workspace, title=f"{moment}: {session.title}", by=by)
    try:
        yield taken
    except NotNow:
        taken.delete()
        raise


def _before(state: State) -> tuple[str, ...]:
    return tuple(one for one, steps in STEPS.items() if state in steps)
