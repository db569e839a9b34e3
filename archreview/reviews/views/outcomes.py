"""How an item ends: its outcome, and the decision that is drafted from it."""

from __future__ import annotations

import datetime

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from archreview.registry.queries import edges_of, said_of
from archreview.reviews.actions.changing import NotNow
from archreview.reviews.actions.settling import draft_decision, record_outcome
from archreview.reviews.analyses import current_analysis
from archreview.reviews.drafting import draft_from_item
from archreview.reviews.models.session import Outcome
from archreview.reviews.session_forms import OutcomeForm
from archreview.reviews.views.room import conflict, done, item_of, page_of_room, refused, room_of
from archreview.reviews.views.sessions import led_session
from archreview.web.answers import announce, redirect_whole_page
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile


@require_POST
def conclude(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Record the outcome of an item."""
    found, row = led_session(request, workspace, session)
    concluded = item_of(found, row, item)
    form = OutcomeForm(request.POST, workspace=found)
    if not form.is_valid():
        room = room_of(request, found, row)
        return page_of_room(request, room, outcome_form=form, status=422)
    try:
        record_outcome(concluded, form.concluded, version=form.cleaned_data["version"])
    except NotNow as refusal:
        return refused(request, found, row, str(refusal))
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
        return conflict(request, context)
    return announce(done(request, found, row), f"Outcome: {Outcome(concluded.outcome).label}.")


@require_POST
def decide(request: HtmxRequest, workspace: str, session: int, item: int) -> HttpResponse:
    """Draft a decision from the item, with everything filled in, and open it in the editor."""
    found, row = led_session(request, workspace, session)
    decided = item_of(found, row, item)
    edge = edges_of(found).filter(slug=decided.edge).first()
    analysis = current_analysis(found)
    if edge is None or edge.slug not in analysis.edges:
        return refused(request, found, row, "The edge is no longer in the model, so nothing can be decided about it.")
    if not decided.is_done:
        return refused(request, found, row, "Record the outcome first: the decision is written from it.")
    draft = draft_from_item(
        decided, analysis, statements=said_of(edge), today=datetime.datetime.now(tz=datetime.UTC).date()
    )
    made = draft_decision(decided, draft=draft, by=request.user)
    return redirect_whole_page(request, f"{made.get_absolute_url()}edit/" if made.is_draft else made.get_absolute_url())
