"""Decisions of the demo: one for each thing that can become of a decision, written from the worked examples."""

from __future__ import annotations

import dataclasses
import datetime

from django.contrib.auth.models import User

from archreview.decisions.actions import Terms, Text, create_draft, decide, edit_draft, write_comment
from archreview.decisions.draft import People
from archreview.decisions.generator import draft_for_edge
from archreview.decisions.matter import About, Matter
from archreview.decisions.models import Decision, Status
from archreview.engine.results import Subject
from archreview.engine.review import Settings, review
from archreview.reviews.analyses import current_analysis
from archreview.workspaces.models import Workspace

# Edges of the worked examples by what the demo does with the decision about them.
HOLDS = "streamflow-after.playback-history"
OVERTAKEN = "shipfast-after.order-payment"
DRIFTED = "retailflow-before.cart-inventory"
REJECTED = "shipfast-before.order-payment"
SUPERSEDED = "mail-over-kafka-before.accounts-mailer"
OPEN = "link-shortener-before.link-webhooks"
# What the call that is overtaken took when it was decided about.
EARLIER_P99_MS = 200.0


def write_decisions(workspace: Workspace, *, lead: User, reviewer: User) -> None:
    """Write them into a workspace that has none yet."""
    for edge in (HOLDS, DRIFTED):
        _accept(_draft(workspace, edge, by=reviewer), by=lead)
    overtaken = _accept(_draft(workspace, OVERTAKEN, by=reviewer, p99_ms=EARLIER_P99_MS), by=lead)
    write_comment(
        overtaken,
        text="Measured again at peak: the provider takes six times as long as when we decided. It may still be right.",
        by=reviewer,
    )
    rejected = _draft(workspace, REJECTED, by=reviewer)
    write_comment(rejected, text="Payment wants to keep the result in the response for now. See the next one.", by=lead)
    decide(rejected, to=Status.REJECTED, version=rejected.version, by=lead)
    _supersede(workspace, lead=lead, reviewer=reviewer)
    waiting = _draft(workspace, OPEN, by=reviewer)
    write_comment(waiting, text="Who runs the consumer at night? Then I can accept it.", by=lead)


def _supersede(workspace: Workspace, *, lead: User, reviewer: User) -> None:
    old = _accept(_draft(workspace, SUPERSEDED, by=reviewer), by=lead)
    new = _draft(workspace, SUPERSEDED, by=reviewer)
    edit_draft(
        new,
        text=Text(
            title=new.title,
            body=f"{new.body}\nIt takes the place of decision {old.label}, which did not say what must hold.\n",
            decision_makers=new.decision_makers,
            consulted=new.consulted,
        ),
        version=new.version,
        by=reviewer,
        terms=Terms(confirmation=new.confirmation, will_supersede=old),
    )
    _accept(new, by=lead)


def _draft(workspace: Workspace, edge: str, *, by: User, p99_ms: float | None = None) -> Decision:
    """What the generator writes about the edge; with a P99, as it was when the call took that long."""
    workspace.refresh_from_db()
    analysis = current_analysis(workspace)
    architecture, reviewed = analysis.architecture, analysis.review
    if p99_ms is not None:
        edges = tuple(
            dataclasses.replace(one, latency_p50_ms=None, latency_p99_ms=p99_ms) if one.id == edge else one
            for one in architecture.edges
        )
        architecture = dataclasses.replace(architecture, edges=edges)
        reviewed = review(architecture, analysis.catalog, Settings(decisions=analysis.decisions))
    draft = draft_for_edge(
        architecture,
        reviewed,
        analysis.catalog,
        edge,
        today=datetime.datetime.now(tz=datetime.UTC).date(),
        people=People(decision_makers=(by.get_full_name(),)),
        decisions=analysis.decisions,
    )
    return create_draft(
        workspace=workspace, draft=draft, subject=Subject("edge", edge), by=by, matter=Matter(About.EDGE, edge)
    )


def _accept(decision: Decision, *, by: User) -> Decision:
    return decide(decision, to=Status.ACCEPTED, version=decision.version, by=by)
