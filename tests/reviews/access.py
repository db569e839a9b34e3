from collections.abc import Mapping
from datetime import date
from typing import Any

from archreview.engine.results import Subject
from archreview.reviews.actions.running import open_session
from archreview.reviews.actions.settling import Concluded, record_outcome
from archreview.reviews.actions.snapshots import take_snapshot
from archreview.reviews.actions.taking_part import join
from archreview.reviews.actions.voting import Question, vote
from archreview.reviews.models import Action
from archreview.reviews.models.session import Outcome
from archreview.workspaces.models import Membership, Workspace
from tests.reviews.meetings import planned_session
from tests.web.access_table import Row, Who

QUESTION = {"kind": "edge", "id": "cart-inventory", "fact": "answers.can_poll"}

ROWS: dict[str, Row] = {
    "reviews:home": Row(get=Who.VIEWER),
    "reviews:map": Row(get=Who.VIEWER),
    "reviews:findings": Row(get=Who.VIEWER),
    "reviews:questions": Row(get=Who.VIEWER),
    "reviews:service": Row(get=Who.VIEWER),
    "reviews:service_card": Row(get=Who.VIEWER),
    "reviews:flow": Row(get=Who.VIEWER),
    "reviews:edge": Row(get=Who.VIEWER),
    "reviews:edge_card": Row(get=Who.VIEWER),
    "reviews:edge_answer": Row(
        get=None, post=Who.REVIEWER, data={"fact": "answers.can_poll", "answer": "true", "note": "agreed"}
    ),
    "reviews:question_answer": Row(
        get=None,
        post=Who.REVIEWER,
        data={"kind": "edge", "id": "cart-inventory", "fact": "answers.can_poll", "answer": "true"},
    ),
    "reviews:reports": Row(
        get=Who.VIEWER, post=Who.VIEWER, data={"system": "*", "chapters": ["findings"], "form": "html"}
    ),
    "reviews:example": Row(get=None, post=Who.REVIEWER, data={"example": "welcome-mail-before"}),
    "reviews:edge_decide": Row(get=None, post=Who.REVIEWER),
    "reviews:session_list": Row(get=Who.VIEWER),
    "reviews:session_new": Row(get=Who.REVIEWER, post=Who.REVIEWER, data={"title": "Another", "length": "30"}),
    "reviews:session": Row(get=Who.VIEWER),
    "reviews:session_agenda": Row(get=Who.LEAD, post=Who.LEAD, data={"change": "add", "edge": "inventory-db"}),
    "reviews:session_delete": Row(get=None, post=Who.LEAD),
    "reviews:session_state": Row(get=None, post=Who.LEAD, data={"to": "open"}),
    "reviews:session_calendar": Row(get=Who.VIEWER),
    "reviews:session_ahead": Row(get=Who.REVIEWER),
    "reviews:session_live": Row(get=Who.VIEWER),
    "reviews:session_join": Row(get=None, post=Who.VIEWER),
    "reviews:session_leave": Row(get=None, post=Who.VIEWER),
    "reviews:session_move": Row(get=None, post=Who.LEAD, data={"from": "0", "to": "next"}),
    "reviews:session_vote": Row(get=None, post=Who.REVIEWER, data=QUESTION | {"answer": "true", "note": "seen"}),
    "reviews:session_reveal": Row(get=None, post=Who.LEAD, data=QUESTION),
    "reviews:session_again": Row(get=None, post=Who.LEAD, data=QUESTION),
    "reviews:session_settle": Row(get=None, post=Who.LEAD, data=QUESTION | {"answer": "true", "version": "1"}),
    "reviews:session_outcome": Row(get=None, post=Who.LEAD, data={"outcome": "keep", "version": "1"}),
    "reviews:session_decide": Row(get=None, post=Who.LEAD),
    "reviews:minutes": Row(get=Who.VIEWER),
    "reviews:minutes_markdown": Row(get=Who.VIEWER),
    "reviews:minutes_pdf": Row(get=Who.VIEWER),
    "reviews:action_list": Row(get=Who.VIEWER),
    "reviews:action_done": Row(get=None, post=Who.REVIEWER),
    "reviews:snapshot_list": Row(get=Who.VIEWER, post=Who.REVIEWER, data={"title": "Before the move"}),
    "reviews:snapshot_compare": Row(get=Who.VIEWER),
    "reviews:snapshot": Row(get=Who.VIEWER),
    "reviews:snapshot_model": Row(get=Who.VIEWER),
    "reviews:flow_decide": Row(get=None, post=Who.REVIEWER),
    "reviews:findings_decide": Row(get=None, post=Who.REVIEWER, data={"finding": "none"}),
    "reviews:waive": Row(get=Who.REVIEWER, post=Who.REVIEWER, data={"finding": "none"}),
    "reviews:decision_anew": Row(get=Who.REVIEWER, post=Who.REVIEWER),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """Beside the rows of the registry: an open session at an edge that has been voted on, an action, two snapshots."""
    workspace.refresh_from_db()
    lead = Membership.objects.filter(workspace=workspace, role="lead").select_related("user").get().user
    session = planned_session(workspace, lead, edges=("cart-inventory", "cart-mailer"))
    open_session(session, by=lead)
    join(session, user=lead, may_vote=True)
    item = session.items.get(edge="cart-inventory")
    question = Question(Subject("edge", item.edge), QUESTION["fact"])
    vote(item, question, by=lead, value=True)
    investigated = Concluded(Outcome.INVESTIGATE, owner=lead, due=date(2027, 1, 31))
    record_outcome(session.items.get(edge="cart-mailer"), investigated, version=1)
    snapshot = take_snapshot(workspace=workspace, title="Now", by=lead)
    return {
        "session": session.pk,
        "item": item.pk,
        "action": Action.objects.get(workspace=workspace).pk,
        "snapshot": snapshot.pk,
    }
