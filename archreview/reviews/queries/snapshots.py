"""What pages read about snapshots."""

from __future__ import annotations

from django.db.models import QuerySet

from archreview.reviews.models import Snapshot
from archreview.workspaces.models import Workspace

# As many points as a small line can show.
MOST_POINTS = 40


def snapshots_of(workspace: Workspace) -> QuerySet[Snapshot]:
    """The snapshots, the latest first, without their model and results."""
    return Snapshot.objects.filter(workspace=workspace).select_related("taken_by").defer("model", "results")


def trend_of(workspace: Workspace) -> list[Snapshot]:
    """The latest snapshots in the order in which they were taken, for lines. One query."""
    return list(snapshots_of(workspace)[:MOST_POINTS])[::-1]
