"""What the pages about sessions read. The only door to votes is `queries.votes`."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from archreview.reviews.models import Action, AgendaItem, Participant, ReviewSession
from archreview.reviews.models.session import Outcome, State
from archreview.reviews.queries.prepared import prepared_cursor
from archreview.workspaces.models import Workspace

# So often it is noted that whoever keeps asking for news is there.
NOTED_EVERY = timedelta(seconds=45)


def sessions_of(workspace: Workspace) -> QuerySet[ReviewSession]:
    """The sessions, the latest first, each with its lead and how many items it has and has done."""
    return (
        ReviewSession.objects.filter(workspace=workspace)
        .select_related("lead", "current", "workspace")
        .annotate(
            item_count=Count("items", distinct=True),
            done_count=Count("items", filter=~Q(items__outcome=""), distinct=True),
        )
        .order_by("-created_at", "-pk")
    )


def session_of(workspace: Workspace, key: int) -> QuerySet[ReviewSession]:
    """The one session with the key, as a queryset for `get_object_or_404`."""
    return ReviewSession.objects.filter(workspace=workspace, pk=key).select_related("lead", "current")


def items_of(session: ReviewSession) -> QuerySet[AgendaItem]:
    """The agenda in its order, each item with the owner of what is to be done."""
    return session.items.select_related("owner")


def participants_of(session: ReviewSession) -> QuerySet[Participant]:
    """Who took part, in the order of joining, each with the person."""
    return session.participants.select_related("user")


def is_taking_part(session: ReviewSession, user: User) -> bool:
    """Whether the person has joined and not left."""
    return session.participants.filter(user=user, left_at=None).exists()


def version_for(user: User, workspace: str, key: int) -> int | None:
    """
    The version of a session for a member of its workspace; None for everybody else, and where there is none.

    For the question whether anything is new, which every open page asks again and again: one query for both, written
    out because making it from models takes longer than the database takes to answer it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.version FROM reviews_reviewsession s"
            " JOIN workspaces_workspace w ON w.id = s.workspace_id"
            " JOIN workspaces_membership m ON m.workspace_id = w.id"
            " WHERE s.id = %s AND w.slug = %s AND m.user_id = %s",
            [key, workspace, user.pk],
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


class Standing(NamedTuple):
    """
    At which version a session is, at which ones its parts have last changed, and at which revision the model is; the
    password of the person who asks, as it is stored; and whether it is time to note that this person is still there.
    """

    version: int
    agenda_version: int
    people_version: int
    facts_version: int
    revision: int
    password: str
    is_unheard: bool


def standing_in_browser(browser: str, *, user: int, workspace: str, key: int) -> Standing | None:
    """
    The same for a browser, by its session key, that was found to be this person's; None too once the person has signed
    out of it, the sign-in has expired, or the account is not active any more. One query.
    """
    now, stored = timezone.now(), connection.ops.adapt_datetimefield_value
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT 1 FROM workspaces_membership m WHERE m.workspace_id = s.workspace_id AND m.user_id = %s),"
            " (SELECT 1 FROM django_session b WHERE b.session_key = %s AND b.expire_date > %s),"
            " s.version, s.agenda_version, s.people_version, s.facts_version,"
            " (SELECT w.revision FROM workspaces_workspace w WHERE w.id = s.workspace_id AND w.slug = %s),"
            " (SELECT u.password FROM auth_user u WHERE u.id = %s AND u.is_active),"
            " EXISTS (SELECT 1 FROM reviews_participant p WHERE p.session_id = s.id AND p.user_id = %s"
            " AND p.left_at IS NULL AND p.last_seen < %s)"
            " FROM reviews_reviewsession s WHERE s.id = %s",
            [user, browser, stored(now), workspace, user, user, stored(now - NOTED_EVERY), key],
        )
        row = cursor.fetchone()
    return None if row is None or None in row else Standing(*row[2:])


def voters_of(session: ReviewSession) -> frozenset[int]:
    """The keys of the people whose votes are waited for."""
    return frozenset(session.participants.filter(left_at=None, may_vote=True).values_list("user_id", flat=True))


def actions_of(workspace: Workspace) -> QuerySet[Action]:
    """The actions, each with its owner and session; what is due first stands first, what has no date last."""
    return Action.objects.filter(workspace=workspace).select_related("owner", "session", "done_by", "item")


def accepted_risks_of(workspace: Workspace) -> QuerySet[AgendaItem]:
    """
    The items whose risk a session has accepted, where none has come to something about the same edge since; each with
    its session, what ends first first.
    """
    items = AgendaItem.objects.filter(session__workspace=workspace).exclude(outcome="")
    since = items.filter(edge=OuterRef("edge"), decided_at__gt=OuterRef("decided_at"))
    accepted = items.filter(~Exists(since), outcome=Outcome.ACCEPT)
    return accepted.select_related("session__workspace").order_by("expires", "pk")


def next_session_of(workspace: Workspace) -> ReviewSession | None:
    """The session that is open or paused, else the one planned next. One query."""
    living = ReviewSession.objects.filter(workspace=workspace).exclude(state=State.CLOSED)
    ranks = {State.OPEN: 0, State.PAUSED: 1, State.PLANNED: 2}
    return min(
        living.select_related("workspace"),
        key=lambda session: (ranks[State(session.state)], session.planned_for is None, session.planned_for or 0),
        default=None,
    )
