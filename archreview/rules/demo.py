"""What the demo shows of the life of rules: a campaign, a draft, and a workspace that judges otherwise."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from archreview.rules.actions import override_rule, publish_draft, save_draft
from archreview.rules.models import Kind, Rule
from archreview.rules.queries import current_version, draft_of, override_changes_of
from archreview.workspaces.models import Workspace

CAMPAIGN = "OWN-001"
# How long after the demo was made the campaign begins to count.
DAYS = 60

_CONTENT = {
    "title": "Payment that the user waits for",
    "category": "coupling",
    "scope": "edge",
    "condition": 'edge.is_synchronous && edge.in_request && edge.purpose == "payment"',
    "severity": "medium",
    "message": "The user waits while {source.name} pays at {target.name}.",
    "why": "A payment takes as long as the bank takes, and its answer can come twice or not at all.",
    "remedy": "- Take the order, answer at once, and pay behind a queue.\n- Show the user how far the payment is.",
    "references": [],
    "source": "Our own payments guild",
    "params": {},
    "examples": """\
- title: Paid while the user waits
  expect: match
  subject: shop-bank
  architecture:
    services: [{id: shop, entry_point: true}, {id: bank, kind: external}]
    edges: [{id: shop-bank, from: shop, to: bank, style: request_response, purpose: payment}]
    flows: [{id: order, entry: shop, steps: [{edge: shop-bank}]}]
- title: Paid behind a queue
  expect: no_match
  subject: shop-bank
  architecture:
    services: [{id: shop, entry_point: true}, {id: bank, kind: external}]
    edges: [{id: shop-bank, from: shop, to: bank, style: queue, purpose: payment}]
    flows: [{id: order, entry: shop, steps: [{edge: shop-bank}]}]
""",
    "needs": [],
}


def show_lives_of_rules(workspace: Workspace, *, lead: User, administrator: User) -> None:
    """Make what there is to see, where nobody has changed the catalog yet; a second time changes nothing."""
    if current_version() == 1:
        until = timezone.localdate() + timedelta(days=DAYS)
        note = "The teams have time to move payments behind a queue."
        content = {**_CONTENT, "campaign": {"until": until.isoformat(), "note": note}}
        draft = save_draft(Kind.RULE, CAMPAIGN, content, by=administrator, why="Asked for by the payments guild")
        publish_draft(Kind.RULE, CAMPAIGN, by=administrator, seen=draft.version)
        bulkhead = Rule.objects.get(code="RES-009")
        if draft_of(Kind.RULE, bulkhead.code) is None:
            written = {**bulkhead.written(), "severity": 'edge.in_request ? "medium" : "low"'}
            save_draft(Kind.RULE, bulkhead.code, written, by=administrator, why="Worse where a user waits")
    tracing = Rule.objects.get(code="OBS-003")
    if not override_changes_of(workspace, tracing.code).exists():
        reason = "The mesh traces every call between our services."
        override_rule(workspace, tracing, off=True, severity="", params={}, reason=reason, by=lead)
