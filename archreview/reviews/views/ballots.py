"""Voting on a question of an item, revealing the votes, and settling it."""

from __future__ import annotations

import dataclasses

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from archreview.engine.results import Subject
from archreview.registry.models import Edge
from archreview.reviews import telling
from archreview.reviews.actions.changing import NotNow
from archreview.reviews.actions.settling import settle
from archreview.reviews.actions.voting import Question, reveal, vote, vote_again
from archreview.reviews.analyses import current_analysis, follow_edge
from archreview.reviews.asking import Asked, around, wording
from archreview.reviews.models import AgendaItem, Ballot, ReviewSession
from archreview.reviews.queries.sessions import session_of
from archreview.reviews.room import Room
from archreview.reviews.session_forms import SettleForm, VoteForm
from archreview.reviews.shown_ballots import ShownBallot, is_votable
from archreview.reviews.views.room import conflict, done, item_of, refused, room_of
from archreview.reviews.views.sessions import led_session
from archreview.web.answers import announce, wants_partial
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace


@require_POST
def cast_vote(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Take a person's answer to a question of an item, and show the question to that person again."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(session_of(found, session))
    voted_on = item_of(found, row, item)
    question = _question(request, found, voted_on)
    form = VoteForm(request.POST)
    error, status, cast = "", 200, None
    if not form.is_valid():
        error, status = next(str(errors[0]) for errors in form.errors.values()), 422
    else:
        try:
            cast = vote(voted_on, question, by=request.user, value=form.value, why=form.cleaned_data["note"])
        except NotNow as refusal:
            error, status = str(refusal), 409
    ahead = "ahead" in request.POST
    if not wants_partial(request) and not error:
        return redirect("reviews:session_ahead" if ahead else "reviews:session", workspace, session)
    room = room_of(request, found, row)
    shown = _ballot(room, voted_on, question, cast, error=error, note=form.data.get("note", "") if error else "")
    template = "sessions/_ballot.html" if wants_partial(request) else "sessions/ballot.html"
    context = {"ballot": shown, "session": row, "ahead": ahead}
    return announce(render(request, template, context, status=status), error or "Your vote is in.")


@require_POST
def reveal_votes(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Show the votes: on the question that is named, else on all of the item."""
    found, row = led_session(request, workspace, session)
    voted_on = item_of(found, row, item)
    question = _question(request, found, voted_on) if "fact" in request.POST else None
    try:
        reveal(voted_on, question)
    except NotNow as refusal:
        return refused(request, found, row, str(refusal))
    return done(request, found, row)


@require_POST
def ask_again(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Put a question to the vote, or to the vote again."""
    found, row = led_session(request, workspace, session)
    voted_on = item_of(found, row, item)
    question = _question(request, found, voted_on)
    try:
        vote_again(voted_on, question)
    except NotNow as refusal:
        return refused(request, found, row, str(refusal))
    return done(request, found, row)


@require_POST
def settle_question(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Record what the group says to a question, or that it does not agree."""
    found, row = led_session(request, workspace, session)
    settled_on = item_of(found, row, item)
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
        return refused(request, found, row, next(str(errors[0]) for errors in form.errors.values()), status=422)
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
        return refused(request, found, row, str(refusal))
    except ValidationError as refusal:
        return refused(request, found, row, " ".join(refusal.messages), status=422)
    except ChangedMeanwhile:
        return _settled_meanwhile(request, found, row, ballot, form)
    said = "Recorded."
    if isinstance(stated, Edge):
        follow_edge(found, before, since=since, edge=stated)
        after = current_analysis(found)
        said = f"Recorded. {telling.what_changed(before.edge_reviews[stated.slug], after.edge_reviews[stated.slug])}"
    return announce(done(request, found, row), said)


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
    return conflict(request, context)


def _ballot(
    room: Room, item: AgendaItem, question: Question, cast: Ballot | None, *, error: str, note: str
) -> ShownBallot:
    """
    The question that somebody has just voted on, `cast` where the vote was taken; the analysis is not asked, for a vote
    changes nothing in it.
    """
    kind, id_ = question.subject
    stored = cast or item.ballots.filter(subject_kind=kind, subject_id=id_, fact=question.fact).first()
    if stored is None:
        asked = Asked(question.subject, question.fact, *wording(kind, question.fact))
        return room.shown_ballot(item, asked, None, error=error, note=note)
    shown = room.stored_ballots(item, [stored])[0]
    return dataclasses.replace(shown, error=error, note=note)


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
