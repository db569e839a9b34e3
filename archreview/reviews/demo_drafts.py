"""Drafts of decisions in the demo: one of each kind, with what somebody wrote in one of them."""

from __future__ import annotations

import datetime

from django.contrib.auth.models import User

from archreview.decisions.actions import Text, create_draft, edit_draft
from archreview.decisions.draft import People
from archreview.decisions.drafting import subject_of
from archreview.decisions.matter import About, Matter, Waiver
from archreview.decisions.models import Decision, Template, WorkspaceTemplate
from archreview.decisions.own_templates import add_template
from archreview.decisions.redrafting import change_template
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.drafts import draft_about
from archreview.workspaces.models import Workspace

SHORT_TEMPLATE = """# {title}

Decided by {deciders} on {date} ({status}).

## Why we had to decide

{context}

## What we do

{outcome}

## What it means

{consequences}

## How we will notice

{confirmation}

## What is next

{more}
"""
REMARK = (
    "The team has talked this over twice: a receipt that comes a minute later bothers nobody, a payment that fails "
    "because the receipt service is down bothers everybody."
)


def add_drafts(workspace: Workspace, *, by: User, reviewer: User, today: datetime.date) -> None:
    """One draft of each kind, and a template of the workspace's own."""
    workspace.refresh_from_db()
    analysis = current_analysis(workspace)
    waiver = Waiver(
        reason="The provider is replaced in spring, and this call with it; until then its outages were rare",
        approver=by.get_full_name(),
        expires=today + datetime.timedelta(days=120),
        reconsider="A second outage of the provider within a month",
    )
    flow = _add(workspace, analysis, Matter(About.FLOW, "fintech-before.pay"), by=by, today=today)
    _add(workspace, analysis, Matter(About.EDGE, "retailflow-before.inventory-pricing"), by=by, today=today)
    breakers = _fingerprints(analysis, rule="RES-001", system="retailflow-before.retailflow")
    short = _add(workspace, analysis, Matter(About.FINDINGS, findings=breakers), by=by, today=today)
    third_party = _fingerprints(analysis, rule="CPL-005", system="retailflow-before.retailflow")
    _add(workspace, analysis, Matter(About.WAIVER, findings=third_party, waiver=waiver), by=by, today=today)
    own = WorkspaceTemplate.objects.filter(workspace=workspace).first() or add_template(
        workspace=workspace, name="In five questions", text=SHORT_TEMPLATE, by=by
    )
    change_template(short, template=Template.OWN, own=own, version=short.version, by=by)
    body = flow.body.replace("### Consequences", f"{REMARK}\n\n### Consequences", 1)
    text = Text(flow.title, body, flow.decision_makers, flow.consulted, flow.informed)
    edit_draft(flow, text=text, version=flow.version, by=reviewer)


def _add(workspace: Workspace, analysis: Analysis, matter: Matter, *, by: User, today: datetime.date) -> Decision:
    people = People(decision_makers=(by.get_full_name(),))
    draft = draft_about(workspace, analysis, matter, people=people, today=today)
    return create_draft(
        workspace=workspace, draft=draft, subject=subject_of(matter, analysis.review), by=by, matter=matter
    )


def _fingerprints(analysis: Analysis, *, rule: str, system: str) -> tuple[str, ...]:
    """The findings of a rule in one system."""
    return tuple(
        finding.fingerprint
        for finding in analysis.review.findings
        if finding.rule == rule and analysis.system_of(*finding.subject) == system
    )
