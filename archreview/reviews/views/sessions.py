"""Planning sessions: their list, a new one, its agenda, its states, its date in a calendar."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archreview.engine.agenda import fitting
from archreview.reviews.actions.changing import NotNow
from archreview.reviews.actions.planning import (
    add_item,
    change_session,
    delete_session,
    move_item,
    plan_session,
    remove_item,
)
from archreview.reviews.actions.running import close_session, open_session, pause_session
from archreview.reviews.actions.settling import finish_action
from archreview.reviews.actions.taking_part import join
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.calendar import as_calendar
from archreview.reviews.models import ReviewSession
from archreview.reviews.models.session import State
from archreview.reviews.queries.sessions import accepted_risks_of, actions_of, items_of, session_of, sessions_of
from archreview.reviews.scopes import ScopeChoices, proposal_for, proposals, reason_in_words, topic_of
from archreview.reviews.session_forms import PlanForm, SessionForm
from archreview.web.answers import redirect_whole_page
from archreview.web.lists import chosen, page_of
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

MOST_PROPOSED = 12
# Those that end first.
MOST_RISKS = 50


def may_lead(request: HtmxRequest, session: ReviewSession) -> bool:
    """Whether the person leads the session: who planned it, and every lead of the workspace."""
    return session.lead_id == request.user.pk or Role(request.membership.role).includes(Role.LEAD)


def led_session(request: HtmxRequest, workspace: str, key: int) -> tuple[Workspace, ReviewSession]:
    """The workspace and the session, for whoever leads it; 403 for everybody else."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    session = get_object_or_404(session_of(found, key))
    if not may_lead(request, session):
        raise PermissionDenied("This is for whoever leads the session.")
    session.workspace = found
    return found, session


@require_safe
def session_list(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The sessions, and what they asked people to do."""
    found = get_workspace(request, workspace)
    states = chosen(request, "state", State.values)
    listed = sessions_of(found)
    context = {
        "page": page_of(request, listed.filter(state__in=states) if states else listed),
        "states": State.choices,
        "filtered": bool(states),
        "actions": list(actions_of(found).filter(done_at=None)[:8]),
        "open_actions": actions_of(found).filter(done_at=None).count(),
    }
    return render(request, "sessions/session_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def session_new(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Choose a scope and a length; the agenda proposes itself."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    analysis = current_analysis(found)
    form = SessionForm(request.POST or None, choices=ScopeChoices.of(analysis))
    if request.method != "POST" or not form.is_valid():
        return render(request, "sessions/session_new.html", {"form": form}, status=422 if form.is_bound else 200)
    topics = [proposal.topic for proposal in proposals(analysis, form.scope.edges(analysis))]
    if not topics:
        form.add_error(None, "In this scope there is nothing to decide. Choose less, or nothing, to have more.")
        return render(request, "sessions/session_new.html", {"form": form}, status=422)
    session = plan_session(
        workspace=found,
        planned=form.planned,
        scope=form.scope.in_words(analysis),
        agenda=[proposal_for(analysis, topic) for topic in fitting(topics, form.planned.length_minutes)],
        lead=request.user,
    )
    if "start" in request.POST:
        open_session(session, by=request.user)
        join(session, user=request.user, may_vote=True)
        return redirect(session)
    return redirect("reviews:session_agenda", workspace, session.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def session_agenda(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """Order, remove and add items; give the session another title, length or time."""
    found, session_ = led_session(request, workspace, session)
    if session_.is_closed:
        return redirect("reviews:minutes", workspace, session)
    analysis = current_analysis(found)
    form = PlanForm(initial=_plan_of(session_))
    status = 200
    theirs: list[Difference] = []
    if request.method == "POST":
        version = number_of(request.POST.get("version"))
        try:
            if "title" in request.POST:
                form = PlanForm(request.POST)
                if form.is_valid():
                    change_session(session_, planned=form.planned, version=version)
                    messages.success(request, "Saved.")
                    return redirect("reviews:session_agenda", workspace, session)
                status = 422
            else:
                _change_agenda(request, session_, analysis, version)
                return redirect_whole_page(request, request.path)
        except ChangedMeanwhile:
            status = 409
            messages.error(
                request, "Somebody else has changed the agenda meanwhile. Here it is as it stands now; try again."
            )
            session_.refresh_from_db()
            # What the person typed stays in the form, which replaces the newer text when it is sent again.
            theirs = _differences(session_, form)
            form = PlanForm(initial={**_plan_of(session_), **_typed(form)})
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect_whole_page(request, request.path)
    on_it = {item.edge for item in session_.items.all()}
    more = [proposal for proposal in proposals(analysis) if proposal.topic.edge not in on_it]
    items = [(item, [reason_in_words(analysis, reason) for reason in item.reasons]) for item in items_of(session_)]
    context = {
        "session": session_,
        "address": request.build_absolute_uri(session_.get_absolute_url()),
        "form": form,
        "theirs": theirs,
        "items": items,
        "minutes_planned": sum(item.minutes for item, _ in items),
        "more": [
            (proposal, [reason_in_words(analysis, reason._asdict()) for reason in proposal.topic.reasons])
            for proposal in more[:MOST_PROPOSED]
        ],
        "known_edges": analysis.edges,
        "edges": sorted(
            ((edge.id, analysis.name_of("edge", edge.id)) for edge in analysis.architecture.edges if edge.counted),
            key=lambda pair: pair[1].casefold(),
        ),
    }
    return render(request, "sessions/session_agenda.html", context, status=status)


def _change_agenda(request: HtmxRequest, session: ReviewSession, analysis: Analysis, version: int) -> None:
    change = request.POST.get("change", "")
    if change == "add":
        edge = request.POST.get("edge", "")
        if edge not in analysis.edges:
            raise Http404("There is no such edge.")
        add_item(session, proposal_for(analysis, topic_of(analysis, edge)), version=version)
        return
    item = get_object_or_404(session.items, pk=number_of(request.POST.get("item")))
    if change == "remove":
        remove_item(session, item, version=version)
    elif change in ("up", "down"):
        move_item(session, item, by=-1 if change == "up" else 1, version=version)
    else:
        raise Http404("There is no such change.")


@require_POST
def session_state(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """Open, pause, take up again or close."""
    _, session_ = led_session(request, workspace, session)
    to = request.POST.get("to", "")
    try:
        if to == State.OPEN:
            open_session(session_, by=request.user)
            join(session_, user=request.user, may_vote=True)
        elif to == State.PAUSED:
            pause_session(session_)
        elif to == State.CLOSED:
            close_session(session_, by=request.user)
            messages.success(request, "The session is closed. Here are its minutes.")
            return redirect_whole_page(request, _minutes_url(session_))
        else:
            raise Http404("There is no such state.")
    except NotNow as refusal:
        messages.error(request, str(refusal))
    return redirect_whole_page(request, session_.get_absolute_url())


@require_POST
def session_delete(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """Delete a session that has not begun."""
    _, session_ = led_session(request, workspace, session)
    url = session_.get_absolute_url()
    try:
        delete_session(session_)
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect_whole_page(request, url)
    messages.success(request, f"“{session_.title}” is deleted.")
    return redirect("reviews:session_list", workspace)


def _minutes_url(session: ReviewSession) -> str:
    return f"{session.get_absolute_url()}minutes/"


@require_safe
def session_calendar(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """The session as a calendar file; 404 while it has no time."""
    found = get_workspace(request, workspace)
    session_ = get_object_or_404(session_of(found, session).exclude(planned_for=None))
    text = as_calendar(session_, url=request.build_absolute_uri(session_.get_absolute_url()))
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="session-{session_.pk}.ics"'},
    )


@require_safe
def action_list(request: HtmxRequest, workspace: str) -> HttpResponse:
    """What sessions asked people to do: open until it is done."""
    found = get_workspace(request, workspace)
    listed = actions_of(found)
    done = "done" in request.GET
    mine = "mine" in request.GET
    listed = listed.exclude(done_at=None).order_by("-done_at") if done else listed.filter(done_at=None)
    context = {
        "page": page_of(request, listed.filter(owner=request.user) if mine else listed),
        "done": done,
        "mine": mine,
        "risks": [] if done or mine else list(accepted_risks_of(found)[:MOST_RISKS]),
        "today": timezone.localdate(),
    }
    return render(request, "sessions/action_list.html", context)


@require_POST
def action_done(request: HtmxRequest, workspace: str, action: int) -> HttpResponse:
    """Say that an action is done, or open it again."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(actions_of(found), pk=action)
    finish_action(row, done="open" not in request.POST, by=request.user)
    messages.success(request, "Done." if row.is_done else "The action is open again.")
    return redirect_whole_page(request, f"{request.path.rsplit('/', 3)[0]}/")


def _plan_of(session: ReviewSession) -> dict[str, object]:
    return {
        "title": session.title,
        "length": session.length_minutes,
        "planned_for": session.planned_for,
        "version": session.agenda_version,
    }


def _differences(session: ReviewSession, form: PlanForm) -> list[Difference]:
    """Where what is saved now differs from what the person typed, in words."""
    return [
        Difference(label=str(form[name].label), theirs=_in_words(saved), mine=_in_words(mine))
        for name, mine in _typed(form).items()
        if (saved := _plan_of(session)[name]) != mine
    ]


def _in_words(value: object) -> str:
    if isinstance(value, datetime):
        return date_format(value, "j M Y, H:i")
    return "" if value is None else str(value)


def _typed(form: PlanForm) -> dict[str, object]:
    return {name: form.cleaned_data[name] for name in ("title", "length", "planned_for")} if form.is_bound else {}


def number_of(text: str | None) -> int:
    """The key or version that was sent; 0 for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
