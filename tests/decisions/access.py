from collections.abc import Mapping
from typing import Any

from archreview.decisions.actions import Text, write_decision
from archreview.workspaces.models import Membership, Workspace
from tests.web.access_table import Row, Who

TEXT = {"title": "A title", "body": "A text.", "decision_makers": "", "consulted": "", "informed": "", "version": "1"}

ROWS: dict[str, Row] = {
    "decisions:decision_list": Row(get=Who.VIEWER),
    "decisions:decision_new": Row(get=Who.REVIEWER, post=Who.REVIEWER, data=TEXT),
    "decisions:decision_preview": Row(get=None, post=Who.REVIEWER, data=TEXT),
    "decisions:decision": Row(get=Who.VIEWER),
    "decisions:decision_edit": Row(get=Who.REVIEWER, post=Who.REVIEWER, data=TEXT),
    "decisions:decision_decide": Row(get=None, post=Who.LEAD, data={"to": "accepted", "version": "1"}),
    "decisions:decision_delete": Row(get=Who.REVIEWER, post=Who.REVIEWER),
    "decisions:decision_markdown": Row(get=Who.VIEWER),
    "decisions:decision_pdf": Row(get=Who.VIEWER),
    "decisions:decision_version": Row(get=Who.VIEWER),
    "decisions:decision_by_file": Row(get=Who.VIEWER),
    "decisions:log_export": Row(get=Who.VIEWER),
    "decisions:log_zip": Row(get=Who.VIEWER),
    "decisions:log_pdf": Row(get=Who.VIEWER),
    "decisions:log_import": Row(get=Who.LEAD, post=Who.LEAD),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """One draft with its first version."""
    lead = Membership.objects.filter(workspace=workspace, role="lead").select_related("user").get().user
    decision = write_decision(workspace=workspace, text=Text(title="A decision", body="Its text."), by=lead)
    file = decision.file_name.removesuffix(".md")
    return {"number": decision.number, "version": 1, "file": file}
