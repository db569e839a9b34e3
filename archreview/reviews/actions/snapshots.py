"""Taking snapshots; nothing changes them afterwards."""

from __future__ import annotations

import zlib

from django.contrib.auth.models import User
from django.utils import timezone

from archreview.interchange.writers.architecture import write_architecture
from archreview.interchange.writers.results import to_dict, to_json
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.models import Snapshot
from archreview.reviews.models.snapshot import TITLE_LENGTH, digest
from archreview.workspaces.models import Workspace


def take_snapshot(*, workspace: Workspace, title: str, by: User) -> Snapshot:
    """Keep the model as it is, what the analysis says about it, and by which catalog. Analyses where need be."""
    analysis = current_analysis(workspace)
    model = write_architecture(analysis.architecture).encode()
    results = to_json(to_dict(analysis.review)).encode()
    version = analysis.review.catalog.version
    return Snapshot.objects.create(
        workspace=workspace,
        title=title[:TITLE_LENGTH],
        taken_at=timezone.now(),
        taken_by=by,
        revision=workspace.revision,
        catalog_version=version,
        model=zlib.compress(model, 6),
        results=zlib.compress(results, 6),
        numbers=numbers_of(analysis),
        sha256=digest(version, model, results),
    )


def numbers_of(analysis: Analysis) -> dict[str, object]:
    """Give the numbers of the trend: findings by severity, flows within the rule, open questions, the mean score."""
    summary = analysis.review.summary
    scores = [edge.score for edge in analysis.review.edges if edge.counted]
    return {
        "findings": dict(summary.findings),
        "flows_user_facing": summary.flows_user_facing,
        "flows_within_rule": summary.flows_within_rule,
        "questions": summary.questions,
        "services": summary.services,
        "edges": summary.edges,
        "score": round(sum(scores) / len(scores), 1) if scores else None,
    }
