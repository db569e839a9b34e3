"""The editor of a decision in a browser: what is typed is kept by itself, and the pages keep what every page must."""

from archreview.decisions.actions import Text, decide, write_comment, write_decision
from archreview.decisions.models import Status, WorkingCopy


def draft(workspace, by):
    return write_decision(workspace=workspace, text=Text(title="Queue it", body="## Context\n\nText."), by=by)
