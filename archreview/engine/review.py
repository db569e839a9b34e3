"""The one way in: an architecture, a catalog and settings give a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from archreview.engine.analysis import Analysis, Settings, collector_at_rest
from archreview.engine.catalog import Catalog, Rule
from archreview.engine.index import Arc
from archreview.engine.judging import MATRIX, TREE, Judgement, Obligations, apply_rules
from archreview.engine.model import Architecture
from archreview.engine.requests import Request, waterfall
from archreview.engine.results import (
    SEVERITIES,
    CatalogUsed,
    ChannelReview,
    EdgeReview,
    EntryReview,
    FlowReview,
    NotEvaluated,
    OpenQuestion,
    Review,
    ServiceReview,
    Summary,
    SystemReview,
    Upcoming,
    UpcomingRule,
)
from archreview.engine.scoring import EdgeEvidence, flow_evidence, grade, score, share

__all__ = ["Settings", "review", "review_of"]


def review(architecture: Architecture, catalog: Catalog, settings: Settings | None = None) -> Review:
    """
    Say what is true about an architecture.

    The same input gives the same result in the same order; nothing else is read.
    """
    with collector_at_rest():
        return review_of(Analysis(architecture, catalog, settings or Settings()))


def review_of(analysis: Analysis) -> Review:
    """Apply the rules to what is true, and put everything together."""
    radii, _ = analysis.radii
    services, systems = analysis.shares
    usable, not_evaluated = analysis.usable_rules(analysis.catalog.rules)
    counting = [rule for rule in usable if not rule.is_upcoming(analysis.settings.as_of)]
    campaigns = [rule for rule in usable if rule.is_upcoming(analysis.settings.as_of)]
    judgement = _judge_by(analysis, counting)
    _ask_for_verdicts(analysis, judgement)

    findings = judgement.sorted_findings()
    questions_about = judgement.questions()
    questions = tuple(chain.from_iterable(questions_about.values()))
    not_evaluated += [NotEvaluated(code, why) for code, why in judgement.failed.items()]
    upcoming = None
    if campaigns:
        # Judged apart, so that nothing of it can count: no score, no grade, no evidence, no question.
        later = _judge_by(analysis, campaigns)
        not_evaluated += [NotEvaluated(code, why) for code, why in later.failed.items()]
        upcoming = _upcoming(campaigns, later)
    flows = tuple(_flow_review(analysis, request, judgement) for request in analysis.requests)
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.severity] += 1
    summary = Summary(
        services=len(analysis.index.ids),
        channels=len(analysis.channels),
        edges=len(analysis.judged),
        flows=len(flows),
        flows_user_facing=sum(flow.user_facing for flow in flows),
        flows_within_rule=sum(flow.user_facing and flow.within_rule is True for flow in flows),
        questions=len(questions),
        findings=counts,
    )
    return Review(
        catalog=CatalogUsed(
            analysis.catalog.version, sum(rule.enabled for rule in analysis.catalog.rules), analysis.limit
        ),
        sources=analysis.architecture.sources,
        summary=summary,
        edges=_edge_reviews(analysis, judgement, questions_about),
        flows=flows,
        entries=tuple(_entry_review(analysis, entry, analysis.chains[entry]) for entry in analysis.entries),
        services=tuple(
            ServiceReview(id_, counted.edges_in, counted.edges_out, counted.share, radius)
            for id_, counted, radius in zip(analysis.index.ids, services, radii, strict=True)
        ),
        channels=tuple(
            ChannelReview(id_, facts.producers, facts.consumers, facts.name_is_past)
            for id_, facts in analysis.channels.items()
        ),
        systems=tuple(
            SystemReview(
                f.model.id,
                f.services,
                systems[f.model.id].edges_in,
                systems[f.model.id].edges_out,
                f.synchronous_share,
            )
            for f, _, _ in analysis.subjects["system"]
        ),
        cycles=analysis.cycles,
        findings=findings,
        questions=questions,
        not_evaluated=tuple(sorted(not_evaluated)),
        upcoming=upcoming,
        decisions=analysis.decisions,
    )


def _judge_by(analysis: Analysis, rules: Sequence[Rule]) -> Judgement:
    """Try rules on all that they are about."""
    judgement = Judgement([rule.code for rule in rules])
    for scope, subjects in analysis.subjects.items():
        apply_rules(rules, scope, subjects, judgement)
    return judgement


def _ask_for_verdicts(analysis: Analysis, judgement: Judgement) -> None:
    matrix, tree = judgement.bit_of(MATRIX), judgement.bit_of(TREE)
    for id_, judged in analysis.judged.items():
        if not judged.arc.edge.counted:
            continue
        if judged.matrix.next_question:
            judgement.ask((("edge", id_, f"answers.{judged.matrix.next_question}"),), matrix)
        if judged.tree.next_question:
            judgement.ask((("edge", id_, f"answers.{judged.tree.next_question}"),), tree)


# --- How it is told ---------------------------------------------------------------------------


def _edge_reviews(
    analysis: Analysis, judgement: Judgement, questions: Mapping[tuple[str, str], Sequence[OpenQuestion]]
) -> tuple[EdgeReview, ...]:
    obligations = Obligations(analysis.catalog.obligations)
    evidence_of = EdgeEvidence()
    reviews = []
    for id_, judged in analysis.judged.items():
        edge = judged.arc.edge
        findings = judgement.found_by_subject.get(("edge", id_), ())
        known, asked, unknown = evidence_of(judged, findings, questions.get(("edge", id_), ()))
        points = score(findings)
        evidence = share(known, asked)
        reviews.append(
            EdgeReview(
                id=id_,
                source=edge.source,
                target=edge.target,
                style=edge.style,
                family=judged.arc.family,
                counted=edge.counted,
                matrix=judged.matrix,
                tree=judged.tree,
                agreement=judged.agreement,
                fit=judged.fit,
                technology=judged.technology,
                obligations=obligations.of(judged),
                hop=judged.hop,
                effective_latency_ms=judged.latency.slowest_ms,
                score=points,
                grade=grade(points, evidence),
                evidence=evidence,
                uses=judged.uses,
                reached=judged.reached,
                known=known,
                asked=asked,
                unknown_facts=unknown,
            )
        )
    return tuple(reviews)


def _flow_review(analysis: Analysis, request: Request, judgement: Judgement) -> FlowReview:
    flow, facts, wait, available = request.flow, request.facts, request.wait, request.availability
    points = score(judgement.found_by_subject.get(("flow", flow.id), ()))
    evidence = share(*flow_evidence(request, analysis.index))
    waits_for_ever = facts.waits_for_ever
    return FlowReview(
        id=flow.id,
        entry=flow.entry,
        user_facing=flow.user_facing,
        limit=analysis.limit,
        sync_calls=facts.sync_calls,
        sync_calls_at_most=facts.sync_calls_at_most,
        within_rule=facts.within_rule,
        calls=request.calls,
        first_over=facts.first_over.model.id if facts.first_over else None,
        latency_p99_ms=request.latency.known_ms,
        latency_complete=request.latency.complete,
        unknown_latency_edges=request.latency.unknown_edges,
        not_at_peak_edges=request.latency.not_at_peak_edges,
        tail_share=request.tail_share,
        over_budget=facts.over_budget,
        worst_wait_ms=wait.at_least_ms if waits_for_ever is False else None,
        worst_wait_at_least_ms=wait.at_least_ms,
        waits_for_ever=waits_for_ever,
        needs=available.needs,
        availability=available.percent,
        assumed_availability=available.assumed,
        below_target=available.below_target,
        attempts=facts.attempts,
        unneeded_in_sequence=facts.unneeded_in_sequence,
        repeated_calls=facts.repeated_calls,
        written_services=facts.written_services,
        score=points,
        grade=grade(points, evidence),
        evidence=evidence,
        entry_latency_ms=request.latency.entry_ms,
        availability_groups=available.groups,
        availability_channels=available.channels,
        places=waterfall(request, analysis.limit),
    )


def _entry_review(analysis: Analysis, entry: int, chain: Sequence[Arc]) -> EntryReview:
    depth = analysis.depths.depth[entry]
    return EntryReview(
        service=analysis.index.ids[entry],
        sync_depth=depth,
        sync_depth_at_most=analysis.depths.at_most[entry],
        unbounded=depth is None,
        deepest=() if depth is None else analysis.services_of(entry, chain),
    )


def _catalog_used(catalog: Catalog) -> CatalogUsed:
    return CatalogUsed(catalog.version, sum(rule.enabled for rule in catalog.rules), catalog.hop_limit)


def _upcoming(campaigns: Sequence[Rule], judgement: Judgement) -> Upcoming:
    return Upcoming(
        rules=tuple(
            sorted(
                UpcomingRule(rule.code, rule.campaign.until, rule.campaign.note) for rule in campaigns if rule.campaign
            )
        ),
        findings=judgement.sorted_findings(),
        questions=tuple(chain.from_iterable(judgement.questions().values())),
    )
