"""The page of a session, the parts of it that changed, and who takes part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from archreview.reviews.actions.changing import NotNow
from archreview.reviews.actions.running import go_to
from archreview.reviews.actions.taking_part import join, leave
from archreview.reviews.models import AgendaItem, ReviewSession
from archreview.reviews.polling import TOKEN, drop_parts, keep_parts, remember_sign_in
from archreview.reviews.queries.sessions import items_of, session_of, version_for
from archreview.reviews.room import Room
from archreview.reviews.session_forms import OutcomeForm
from archreview.reviews.shown_ballots import ShownBallot
from archreview.reviews.views.sessions import led_session, may_lead, number_of
from archreview.web.answers import announce, redirect_whole_page, wants_partial
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

PARTS = "sessions/_parts.html"


@require_safe
def session(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """The session as it stands; a closed one is its minutes."""
    found = get_workspace(request, workspace)
    row = get_object_or_404(session_of(found, session))
    if row.is_closed:
        return redirect("reviews:minutes", workspace, session)
    return page_of_room(request, room_of(request, found, row))


@require_safe
def live(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """
    What has changed since the version `?v=`: nothing (204), or those parts of the page.

    Whoever has been here is answered by `reviews.views.polls` from then on, unless what is new is their own.
    """
    known = number_of(request.GET.get("v"))
    remember_sign_in(request.session.session_key, request.user)
    if known and version_for(request.user, workspace, session) == known:
        return HttpResponse(status=204)
    found = get_workspace(request, workspace)
    if not wants_partial(request):
        # Somebody has opened the address itself.
        return redirect(get_object_or_404(session_of(found, session).select_related("workspace")))
    return _changed_since(request, found, session, known, shared=True)


@require_POST
def join_session(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """Take part: with a vote for whoever may review, looking on for everybody else."""
    found = get_workspace(request, workspace)
    row = get_object_or_404(session_of(found, session))
    if not row.is_closed:
        join(row, user=request.user, may_vote=Role(request.membership.role).includes(Role.REVIEWER))
    return redirect_whole_page(request, row.get_absolute_url())


@require_POST
def leave_session(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """Leave; nobody waits for the person's vote any more."""
    found = get_workspace(request, workspace)
    row = get_object_or_404(session_of(found, session))
    if not row.is_closed:
        leave(row, user=request.user)
    return redirect_whole_page(request, row.get_absolute_url())


@require_POST
def move(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """Turn everybody to the next item, the one before, or another one; or park this one."""
    found, row = led_session(request, workspace, session)
    try:
        go_to(
            row,
            came_from=number_of(request.POST.get("from")),
            to=request.POST.get("to", ""),
            park="park" in request.POST,
        )
    except NotNow as refusal:
        return refused(request, found, row, str(refusal))
    return done(request, found, row)


@require_safe
def session_ahead(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """All open questions of the agenda for one person alone, before or between meetings."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(session_of(found, session))
    if row.is_closed:
        return redirect("reviews:minutes", workspace, session)
    room = room_of(request, found, row)
    team = request.GET.get("team", "")
    items = room.ahead(team=team)
    context = {
        "session": row,
        "items": items,
        "teams": room.analysis.architecture.teams,
        "team": team,
        "ahead": True,
        "open_count": sum(not ballot.own_value for _, ballots in items for ballot in ballots),
        "answered_count": sum(bool(ballot.own_value) for _, ballots in items for ballot in ballots),
    }
    return render(request, "sessions/session_ahead.html", context)


def room_of(request: HtmxRequest, workspace: Workspace, session: ReviewSession) -> Room:
    """The session as the person who asks sees it."""
    session.workspace = workspace
    return Room(
        session,
        workspace,
        user=request.user,
        may_lead=may_lead(request, session) and Role(request.membership.role).includes(Role.REVIEWER),
        may_review=Role(request.membership.role).includes(Role.REVIEWER),
    )


def page_of_room(
    request: HtmxRequest, room: Room, *, outcome_form: OutcomeForm | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    """The whole page; for htmx all of its parts."""
    is_part = wants_partial(request)
    context = _whole(room, outcome_form=outcome_form, anew=not is_part) | {"error": error}
    if is_part:
        return render(request, PARTS, context | {"swapped": True}, status=status)
    drop_parts(room.session.pk)
    context["large"] = "large" in request.GET
    return render(request, "sessions/session.html", context, status=status)


def _whole(room: Room, *, outcome_form: OutcomeForm | None = None, anew: bool = False) -> dict[str, Any]:
    return {
        "head": True,
        "people": True,
        "show_agenda": True,
        "show_item": True,
        **room.head(),
        **room.people(),
        **room.agenda(),
        **room.item(outcome_form=outcome_form, anew=anew),
    }


def _changed_since(
    request: HtmxRequest, workspace: Workspace, key: int, known: int, *, shared: bool = False
) -> HttpResponse:
    """
    The parts of the page that changed after the version. The analysis is asked only where the item did.

    Where they may be `shared`, and all voters see them so, they are kept for `reviews.views.polls` to send to others.
    """
    row = get_object_or_404(session_of(workspace, key))
    if row.is_closed:
        return HttpResponse(status=204, headers={"HX-Redirect": f"{row.get_absolute_url()}minutes/"})
    room = room_of(request, workspace, row)
    context: dict[str, Any] = {"session": row, "swapped": True, "may_lead": room.may_lead}
    if row.agenda_version > known:
        context |= _whole(room)
    else:
        if row.facts_version > known:
            context |= {"show_item": True, **room.item()}
        else:
            whole, counts = room.ballots_since(known)
            context |= {"changed_ballots": whole, "counts": counts}
        if row.people_version > known:
            context |= {"people": True, **room.people(), "is_here": room.is_here}
    if not shared:
        return render(request, PARTS, context)
    html = render_to_string(PARTS, context | {"csrf_token": TOKEN}, request).encode()
    if _is_as_voters_see_it(room, context):
        changed: Sequence[ShownBallot] = context.get("changed_ballots", ())
        all_revealed = bool(changed) and all(ballot.is_revealed for ballot in changed)
        keep_parts(row, html, known=known, all_revealed=all_revealed)
    return HttpResponse(html.replace(TOKEN.encode(), get_token(request).encode()))


def _is_as_voters_see_it(room: Room, context: Mapping[str, Any]) -> bool:
    """
    Whether what was drawn is what others see who vote: for somebody with a vote and without the lead's controls, and
    with no hidden vote in it.

    By what was drawn, not by what the database says: it may say something else since then, of a role or of a vote.
    """
    parts = ("ballots", "more_ballots", "settled_ballots", "changed_ballots")
    drawn: list[ShownBallot] = [ballot for part in parts for ballot in context.get(part, ())]
    has_own_vote = any(ballot.own_value and not ballot.is_revealed for ballot in drawn)
    return room.may_vote and room.may_review and not room.may_lead and not has_own_vote


def done(request: HtmxRequest, workspace: Workspace, session: ReviewSession) -> HttpResponse:
    """What changed since the version that the browser knows; without htmx, the page."""
    if not wants_partial(request):
        return redirect(session)
    return _changed_since(request, workspace, session.pk, number_of(request.POST.get("v")))


def refused(
    request: HtmxRequest, workspace: Workspace, session: ReviewSession, message: str, *, status: int = 409
) -> HttpResponse:
    """The page as it stands, with the reason on top; nothing that was typed into it is swapped away."""
    session.refresh_from_db()
    if session.is_closed:
        return redirect_whole_page(request, session.get_absolute_url())
    room = room_of(request, workspace, get_object_or_404(session_of(workspace, session.pk)))
    return announce(page_of_room(request, room, error=message, status=status), message)


def conflict(request: HtmxRequest, context: dict[str, Any]) -> HttpResponse:
    """Both texts of two people who saved the same; for htmx in the place of the line for errors."""
    if wants_partial(request):
        return render(request, "sessions/_conflict.html", context | {"swapped": True}, status=409)
    return render(request, "sessions/conflict.html", context, status=409)


def item_of(workspace: Workspace, session: ReviewSession, key: int) -> AgendaItem:
    """The item of the session with that key; 404 where there is none."""
    session.workspace = workspace
    item = get_object_or_404(items_of(session), pk=key)
    item.session = session
    return item
