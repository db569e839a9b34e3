"""Sessions for tests, planned as the page does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from archreview.engine.results import Subject
from archreview.reviews.actions.planning import Planned, plan_session
from archreview.reviews.actions.running import open_session
from archreview.reviews.actions.taking_part import join
from archreview.reviews.actions.voting import Question
from archreview.reviews.analyses import current_analysis
from archreview.reviews.models import ReviewSession
from archreview.reviews.scopes import proposal_for, topic_of
from archreview.reviews.views.polls import answer_at_once
from archreview.workspaces.models import Workspace

QUESTION = Question(Subject("edge", "cart-inventory"), "answers.can_poll")
SENT = {"kind": "edge", "id": "cart-inventory", "fact": "answers.can_poll"}


def planned_session(
    workspace: Workspace, lead: User, *, edges: Sequence[str] = ("cart-inventory", "cart-mailer", "inventory-db")
) -> ReviewSession:
    """A session about these edges, in this order."""
    analysis = current_analysis(workspace)
    return plan_session(
        workspace=workspace,
        planned=Planned("Checkout review", 60, datetime(2027, 1, 12, 9, 0, tzinfo=UTC)),
        scope="everything",
        agenda=[proposal_for(analysis, topic_of(analysis, edge)) for edge in edges],
        lead=lead,
    )


def opened_session(
    workspace: Workspace, lead: User, *, voting: Sequence[User], looking_on: Sequence[User] = ()
) -> ReviewSession:
    """The same session, begun, with these people in it beside its lead, who votes too."""
    workspace.refresh_from_db()
    session = planned_session(workspace, lead)
    open_session(session, by=lead)
    for person in (lead, *voting, *looking_on):
        join(session, user=person, may_vote=person not in looking_on)
    return session


HTMX = {"hx-request": "true"}


def asked_at_once(client: Client, target: str, headers: Mapping[str, str] = HTMX) -> HttpResponse | None:
    """What the server answers the client's browser before there is a request; None where it needs a request."""
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    answer = answer_at_once(target, {**headers, "cookie": cookies})
    if answer is None:
        return None
    return HttpResponse(answer[1], headers=dict(answer[0]), status=200 if answer[1] else 204)
