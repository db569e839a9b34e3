"""The page of a session, the parts of it that changed, and what people do in it."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from archreview.engine.results import Subject
from archreview.registry.models import Edge
from archreview.registry.queries import edges_of, said_of
from archreview.reviews import telling
from archreview.reviews.actions.changing import NotNow
from archreview.reviews.actions.running import go_to
from archreview.reviews.actions.settling import draft_decision, record_outcome, settle
from archreview.reviews.actions.taking_part import join, leave, report
from archreview.reviews.actions.voting import Question, reveal, vote, vote_again
from archreview.reviews.analyses import current_analysis, follow_edge
from archreview.reviews.asking import Asked, around, wording
from archreview.reviews.drafting import draft_from_item
from archreview.reviews.models import AgendaItem, Ballot, ReviewSession
from archreview.reviews.models.session import Outcome
from archreview.reviews.queries.sessions import items_of, session_of, version_for
from archreview.reviews.room import Room, ShownBallot, is_votable
from archreview.reviews.session_forms import OutcomeForm, SettleForm, VoteForm
from archreview.reviews.views.sessions import led_session, may_lead
from archreview.web.answers import announce, redirect_whole_page, wants_partial
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
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
    return _page(request, _room(request, found, row))


@require_safe
def live(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """What has changed since the version `?v=`: nothing (204), or those parts of the page."""
    known = _number(request.GET.get("v"))
    if known and version_for(request.user, workspace, session) == known:
        return HttpResponse(status=204)
    found = get_workspace(request, workspace)
    if not wants_partial(request):
        # Somebody has opened the address itself.
        return redirect("reviews:session", workspace, session)
    return _changed_since(request, found, session, known)


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
def report_here(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """A browser says that it is still there."""
    found = get_workspace(request, workspace)
    row = get_object_or_404(session_of(found, session))
    if not row.is_closed:
        report(row, user=request.user)
    return HttpResponse(status=204)


@require_POST
def move(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """Turn everybody to the next item, the one before, or another one; or park this one."""
    found, row = led_session(request, workspace, session)
    try:
        go_to(
            row,
            came_from=_number(request.POST.get("from")),
            to=request.POST.get("to", ""),
            park="park" in request.POST,
        )
    except NotNow as refusal:
        return _refused(request, found, row, str(refusal))
    return _done(request, found, row)


@require_POST
def cast_vote(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Take a person's answer to a question of an item, and show the question to that person again."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(session_of(found, session))
    voted_on = _item(found, row, item)
    question = _question(request, found, voted_on)
    form = VoteForm(request.POST)
    error, status = "", 200
    if not form.is_valid():
        error, status = next(str(errors[0]) for errors in form.errors.values()), 422
    else:
        try:
            vote(voted_on, question, by=request.user, value=form.value, why=form.cleaned_data["note"])
        except NotNow as refusal:
            error, status = str(refusal), 409
    row.refresh_from_db()
    ahead = "ahead" in request.POST
    if not wants_partial(request) and not error:
        return redirect("reviews:session_ahead" if ahead else "reviews:session", workspace, session)
    room = _room(request, found, row)
    shown = _ballot(room, voted_on, question, error=error, note=form.data.get("note", "") if error else "")
    template = "sessions/_ballot.html" if wants_partial(request) else "sessions/ballot.html"
    context = {"ballot": shown, "session": row, "ahead": ahead}
    return announce(render(request, template, context, status=status), error or "Your vote is in.")


@require_POST
def reveal_votes(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Show the votes: on the question that is named, else on all of the item."""
    found, row = led_session(request, workspace, session)
    voted_on = _item(found, row, item)
    question = _question(request, found, voted_on) if "fact" in request.POST else None
    try:
        reveal(voted_on, question)
    except NotNow as refusal:
        return _refused(request, found, row, str(refusal))
    return _done(request, found, row)


@require_POST
def ask_again(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Put a question to the vote, or to the vote again."""
    found, row = led_session(request, workspace, session)
    voted_on = _item(found, row, item)
    question = _question(request, found, voted_on)
    try:
        vote_again(voted_on, question)
    except NotNow as refusal:
        return _refused(request, found, row, str(refusal))
    return _done(request, found, row)


@require_POST
def settle_question(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Record what the group says to a question, or that it does not agree."""
    found, row = led_session(request, workspace, session)
    settled_on = _item(found, row, item)
    question = _question(request, found, settled_on)
    kind, id_ = question.subject
    ballot = get_object_or_404(
        settled_on.ballots.select_related("item__session__workspace"),
        subject_kind=kind,
        subject_id=id_,
        fact=question.fact,
    )
    ballot.item.session.workspace = found
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, row, next(str(errors[0]) for errors in form.errors.values()), status=422)
    before, since = current_analysis(found), found.revision
    try:
        stated = settle(
            ballot,
            agreed=form.agreed,
            value=form.value,
            why=form.cleaned_data["note"],
            version=form.cleaned_data["version"],
            by=request.user,
        )
    except NotNow as refusal:
        return _refused(request, found, row, str(refusal))
    except ValidationError as refusal:
        return _refused(request, found, row, " ".join(refusal.messages), status=422)
    except ChangedMeanwhile:
        return _settled_meanwhile(request, found, row, ballot, form)
    said = "Recorded."
    if isinstance(stated, Edge):
        follow_edge(found, before, since=since, edge=stated)
        after = current_analysis(found)
        said = f"Recorded. {telling.what_changed(before.edge_reviews[stated.slug], after.edge_reviews[stated.slug])}"
    return announce(_done(request, found, row), said)


def _settled_meanwhile(
    request: HtmxRequest, workspace: Workspace, session: ReviewSession, ballot: Ballot, form: SettleForm
) -> HttpResponse:
    """Somebody else has recorded an answer, or asked again: both texts, and nothing lost."""
    ballot.refresh_from_db()
    words = {True: "yes", False: "no", None: "don’t know"}
    theirs = (words[ballot.value] if ballot.agreed else "no agreement") if ballot.is_settled else "nothing yet"
    mine = words[form.value] if form.agreed else "no agreement"
    context = {
        "heading": wording(ballot.subject_kind, ballot.fact)[0],
        "noun": "answer",
        "theirs": [
            Difference(label="Answer", theirs=theirs, mine=mine),
            Difference(label="Why", theirs=ballot.why, mine=form.cleaned_data["note"]),
        ],
        "reload": session.get_absolute_url(),
        "action": request.path,
        "again": [
            ("kind", ballot.subject_kind),
            ("id", ballot.subject_id),
            ("fact", ballot.fact),
            ("answer", form.cleaned_data["answer"]),
            ("version", ballot.shape_version),
        ],
        "note": form.cleaned_data["note"],
        "session": session,
        "can_save": ballot.is_revealed,
    }
    return _conflict(request, context)


@require_POST
def conclude(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Record the outcome of an item."""
    found, row = led_session(request, workspace, session)
    concluded = _item(found, row, item)
    form = OutcomeForm(request.POST, workspace=found)
    if not form.is_valid():
        room = _room(request, found, row)
        return _page(request, room, outcome_form=form, status=422)
    try:
        record_outcome(concluded, form.concluded, version=form.cleaned_data["version"])
    except NotNow as refusal:
        return _refused(request, found, row, str(refusal))
    except ChangedMeanwhile:
        mine = form.concluded
        context = {
            "heading": concluded.name,
            "noun": "outcome",
            "theirs": [
                Difference(
                    label="Outcome", theirs=concluded.get_outcome_display(), mine=str(Outcome(mine.outcome).label)
                ),
                Difference(label="Why", theirs=concluded.why, mine=mine.why),
            ],
            "reload": row.get_absolute_url(),
            "action": request.path,
            "again": [(name, request.POST.get(name, "")) for name in ("outcome", "style", "owner", "due", "expires")]
            + [("version", concluded.version)],
            "note": mine.why,
            "note_name": "why",
            "session": row,
            "can_save": True,
        }
        return _conflict(request, context)
    return announce(_done(request, found, row), f"Outcome: {Outcome(concluded.outcome).label}.")


@require_POST
def decide(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Draft a decision from the item, with everything filled in, and open it in the editor."""
    found, row = led_session(request, workspace, session)
    decided = _item(found, row, item)
    edge = edges_of(found).filter(slug=decided.edge).first()
    analysis = current_analysis(found)
    if edge is None or edge.slug not in analysis.edges:
        return _refused(request, found, row, "The edge is no longer in the model, so nothing can be decided about it.")
    if not decided.is_done:
        return _refused(request, found, row, "Record the outcome first: the decision is written from it.")
    draft = draft_from_item(
        decided, analysis, statements=said_of(edge), today=datetime.datetime.now(tz=datetime.UTC).date()
    )
    made = draft_decision(decided, draft=draft, by=request.user)
    return redirect_whole_page(request, f"{made.get_absolute_url()}edit/" if made.is_draft else made.get_absolute_url())


@require_safe
def session_ahead(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """All open questions of the agenda for one person alone, before or between meetings."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(session_of(found, session))
    if row.is_closed:
        return redirect("reviews:minutes", workspace, session)
    room = _room(request, found, row)
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


# -- answers ----------------------------------------------------------------------------------------------------------


def _room(request: HtmxRequest, workspace: Workspace, session: ReviewSession) -> Room:
    session.workspace = workspace
    return Room(
        session,
        workspace,
        user=request.user,
        may_lead=may_lead(request, session) and Role(request.membership.role).includes(Role.REVIEWER),
        may_review=Role(request.membership.role).includes(Role.REVIEWER),
    )


def _page(
    request: HtmxRequest, room: Room, *, outcome_form: OutcomeForm | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    """The whole page; for htmx all of its parts."""
    context = _whole(room, outcome_form=outcome_form) | {"error": error}
    if wants_partial(request):
        return render(request, PARTS, context | {"swapped": True}, status=status)
    context["large"] = "large" in request.GET
    return render(request, "sessions/session.html", context, status=status)


def _whole(room: Room, *, outcome_form: OutcomeForm | None = None) -> dict[str, Any]:
    return {
        "head": True,
        "people": True,
        "show_agenda": True,
        "show_item": True,
        **room.head(),
        **room.people(),
        **room.agenda(),
        **room.item(outcome_form=outcome_form),
    }


def _changed_since(request: HtmxRequest, workspace: Workspace, key: int, known: int) -> HttpResponse:
    """The parts of the page that changed after the version. The analysis is asked only where the item did."""
    row = get_object_or_404(session_of(workspace, key))
    if row.is_closed:
        return HttpResponse(status=204, headers={"HX-Redirect": f"{row.get_absolute_url()}minutes/"})
    room = _room(request, workspace, row)
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
    return render(request, PARTS, context)


def _done(request: HtmxRequest, workspace: Workspace, session: ReviewSession) -> HttpResponse:
    """What changed since the version that the browser knows; without htmx, the page."""
    if not wants_partial(request):
        return redirect(session)
    return _changed_since(request, workspace, session.pk, _number(request.POST.get("v")))


def _refused(
    request: HtmxRequest, workspace: Workspace, session: ReviewSession, message: str, *, status: int = 409
) -> HttpResponse:
    """The page as it stands, with the reason on top; nothing that was typed into it is swapped away."""
    session.refresh_from_db()
    if session.is_closed:
        return redirect_whole_page(request, session.get_absolute_url())
    room = _room(request, workspace, get_object_or_404(session_of(workspace, session.pk)))
    return announce(_page(request, room, error=message, status=status), message)


def _conflict(request: HtmxRequest, context: dict[str, Any]) -> HttpResponse:
    if wants_partial(request):
        return render(request, "sessions/_conflict.html", context | {"swapped": True}, status=409)
    return render(request, "sessions/conflict.html", context, status=409)


def _ballot(room: Room, item: AgendaItem, question: Question, *, error: str, note: str) -> ShownBallot:
    """The question that somebody has just voted on; the analysis is not asked, for a vote changes nothing in it."""
    kind, id_ = question.subject
    stored = item.ballots.filter(subject_kind=kind, subject_id=id_, fact=question.fact).first()
    if stored is None:
        asked = Asked(question.subject, question.fact, *wording(kind, question.fact))
        return room.shown_ballot(item, asked, None, error=error, note=note)
    shown = room.stored_ballots(item, [stored])[0]
    return dataclasses.replace(shown, error=error, note=note)


def _item(workspace: Workspace, session: ReviewSession, key: int) -> AgendaItem:
    session.workspace = workspace
    item = get_object_or_404(items_of(session), pk=key)
    item.session = session
    return item


def _question(request: HtmxRequest, workspace: Workspace, item: AgendaItem) -> Question:
    """The question that was posted; 404 for what is none of the item. What was voted on already needs no analysis."""
    subject = Subject(request.POST.get("kind", ""), request.POST.get("id", ""))
    fact = request.POST.get("fact", "")
    question = Question(subject, fact)
    if item.ballots.filter(subject_kind=subject.kind, subject_id=subject.id, fact=fact).exists():
        return question
    analysis = current_analysis(workspace)
    if item.edge not in analysis.edges or not is_votable(subject.kind, fact):
        raise Http404("There is no such question.")
    if subject != ("edge", item.edge) and subject not in around(analysis.edges[item.edge]):
        raise Http404("This is not beside the edge.")
    return question


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
