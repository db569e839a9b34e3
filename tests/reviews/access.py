from collections.abc import Mapping
from typing import Any

from archreview.workspaces.models import Workspace
from tests.web.access_table import Row, Who

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
    "reviews:example": Row(get=None, post=Who.REVIEWER, data={"example": "welcome-mail-before"}),
    "reviews:edge_decide": Row(get=None, post=Who.REVIEWER),
    "reviews:flow_decide": Row(get=None, post=Who.REVIEWER),
    "reviews:findings_decide": Row(get=None, post=Who.REVIEWER, data={"finding": "none"}),
    "reviews:waive": Row(get=Who.REVIEWER, post=Who.REVIEWER, data={"finding": "none"}),
    "reviews:decision_anew": Row(get=Who.REVIEWER, post=Who.REVIEWER),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """What the rows of the registry prepare is all that these pages need."""
    return {}
