"""The generator: one function that writes a decision about whatever there is to decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from archreview.decisions.draft import Draft, People
from archreview.decisions.finding_decision import draft_of_findings
from archreview.decisions.finding_situation import FindingSituation
from archreview.decisions.flow_decision import draft_of_flow
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.generator import draft_for_edge
from archreview.decisions.ground import Ground
from archreview.decisions.matter import About, Matter, NothingToDecide
from archreview.decisions.terms import explained
from archreview.decisions.waiver_decision import draft_of_waiver
from archreview.engine.catalog import Catalog
from archreview.engine.decisions import AcceptedDecision
from archreview.engine.model import Architecture, Said
from archreview.engine.results import Review, Subject


def draft_for(
    architecture: Architecture,
    review: Review,
    catalog: Catalog,
    matter: Matter,
    *,
    statements: Mapping[str, Mapping[str, Said]] | None = None,
    today: date,
    people: People | None = None,
    decisions: tuple[AcceptedDecision, ...] | None = None,
) -> Draft:
    """
    The draft of a decision about the matter. Plain: the same input gives the same text.

    `review` is the review of `architecture` by `catalog`, told of `decisions`; `statements` say by edge who or which
    source stated which fact of it. KeyError where the edge or the flow does not exist; NothingToDecide, with a sentence
    for the person who asked, where the flow is not over its limit, or the findings are gone or have nothing in common.
    """
    statements, people = statements or {}, people or People()
    if matter.about == About.EDGE:
        return draft_for_edge(
            architecture,
            review,
            catalog,
            matter.id,
            statements=statements.get(matter.id),
            today=today,
            people=people,
            changes=matter.changes,
            dissent=matter.dissent,
            decisions=decisions,
        )
    ground = Ground(architecture, review, catalog, today, decisions)
    if matter.about == About.FLOW:
        flow = {flow.id: flow for flow in architecture.flows}[matter.id]
        situation = FlowSituation(ground, flow, statements)
        if situation.today.within_rule is not False and not matter.changes:
            raise NothingToDecide(
                "This flow is not known to be over its limit, so there is no call to take out of it. "
                "A decision about a single call starts on the page of its edge."
            )
        found = draft_of_flow(situation, changes=matter.changes, dissent=matter.dissent, people=people)
        return explained(found, catalog)
    findings = FindingSituation.of(ground, matter.findings, statements)
    if matter.about == About.WAIVER:
        if matter.waiver is None:
            raise NothingToDecide("A risk is accepted with a reason, an approver and a date.")
        found = draft_of_waiver(findings, matter.waiver, dissent=matter.dissent, people=people)
    else:
        found = draft_of_findings(findings, dissent=matter.dissent, people=people)
    return explained(found, catalog)


def subject_of(matter: Matter, review: Review) -> Subject:
    """What the decision is about, as it is kept with it: an edge, a flow, the findings' one subject, or their rule."""
    if matter.about in (About.EDGE, About.FLOW):
        return Subject(str(matter.about), matter.id)
    wanted = set(matter.findings)
    found = [finding for finding in review.findings if finding.fingerprint in wanted]
    subjects = {finding.subject for finding in found}
    return found[0].subject if len(subjects) == 1 else Subject("rule", found[0].rule)
