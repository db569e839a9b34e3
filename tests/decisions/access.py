from collections.abc import Mapping
from typing import Any

from archreview.decisions.actions import Text, write_comment, write_decision
from archreview.decisions.built_in_templates import MADR
from archreview.decisions.models import Decision
from archreview.decisions.own_templates import add_template
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
    "decisions:comment_new": Row(get=None, post=Who.REVIEWER, data={"text": "A comment."}),
    # The lead's own comment, which no reviewer changes.
    "decisions:comment_edit": Row(get=Who.LEAD, post=Who.LEAD, data={"text": "Another.", "version": "1"}),
    "decisions:comment_delete": Row(get=Who.LEAD, post=Who.LEAD),
    "decisions:decision_template": Row(get=None, post=Who.REVIEWER, data={"template": "nygard", "version": "1"}),
    "decisions:decision_authors": Row(get=Who.VIEWER),
    "decisions:template_list": Row(get=Who.VIEWER),
    "decisions:template_new": Row(get=Who.LEAD, post=Who.LEAD, data={"name": "Other", "text": MADR}),
    "decisions:template_edit": Row(get=Who.LEAD, post=Who.LEAD, data={"name": "Ours", "text": MADR, "version": "1"}),
    "decisions:template_delete": Row(get=Who.LEAD, post=Who.LEAD),
    "decisions:decision_version": Row(get=Who.VIEWER),
    "decisions:decision_by_file": Row(get=Who.VIEWER),
    "decisions:log_export": Row(get=Who.VIEWER),
    "decisions:log_zip": Row(get=Who.VIEWER),
    "decisions:log_pdf": Row(get=Who.VIEWER, post=Who.VIEWER),
    "decisions:log_import": Row(get=Who.LEAD, post=Who.LEAD),
}


def prepare(workspace: Workspace) -> Mapping[str, Any]:
    """One generated draft with its first version and a comment, and a template."""
    lead = Membership.objects.filter(workspace=workspace, role="lead").select_related("user").get().user
    decision = write_decision(workspace=workspace, text=Text(title="A decision", body="Its text."), by=lead)
    Decision.objects.filter(pk=decision.pk).update(generated_body="Its text, as generated.")
    template = add_template(workspace=workspace, name="Ours", text=MADR, by=lead)
    comment = write_comment(decision, text="A comment.", by=lead)
    return {
        "number": decision.number,
        "version": 1,
        "comment": comment.pk,
        "template": template.pk,
        "file": decision.file_name.removesuffix(".md"),
    }
