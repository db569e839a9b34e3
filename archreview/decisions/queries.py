"""What pages read about decisions."""

from django.db.models import Count, Q, QuerySet

from archreview.decisions.models import Decision, DecisionVersion, Status
from archreview.registry.models import Edge
from archreview.workspaces.models import Workspace


def decisions_of(workspace: Workspace, *, text: str = "", statuses: list[str] | None = None) -> QuerySet[Decision]:
    """
    The decisions of the workspace, the newest number first.

    `text` is looked for in title, body, people, tags and subject; a number such as 7 or 0007 finds that decision too.
    """
    found = Decision.objects.filter(workspace=workspace).select_related("superseded_by").order_by("-number")
    if statuses:
        found = found.filter(status__in=statuses)
    for word in text.split()[:10]:
        fits = (
            Q(title__icontains=word)
            | Q(body__icontains=word)
            | Q(decision_makers__icontains=word)
            | Q(tags__icontains=word)
            | Q(subject_id__icontains=word)
        )
        if word.isascii() and word.isdigit() and len(word) <= 9:
            fits |= Q(number=int(word))
        found = found.filter(fits)
    return found


def decision_of(workspace: Workspace, number: int) -> QuerySet[Decision]:
    """The one decision with the number, as a queryset for `get_object_or_404`."""
    return (
        Decision.objects.filter(workspace=workspace, number=number)
        .select_related("workspace", "superseded_by", "decided_by", "created_by")
        .prefetch_related("supersedes")
    )


def decisions_about(workspace: Workspace, kind: str, slug: str) -> QuerySet[Decision]:
    """The decisions whose subject it is, the newest first."""
    return Decision.objects.filter(workspace=workspace, subject_kind=kind, subject_id=slug).order_by("-number")


def count_by_status(workspace: Workspace) -> dict[str, int]:
    """How many decisions stand where; every status is there."""
    rows = Decision.objects.filter(workspace=workspace).order_by().values_list("status").annotate(Count("pk"))
    return dict.fromkeys(Status.values, 0) | dict(rows)


def waiting_for_a_lead(workspace: Workspace) -> dict[str, int]:
    """How many drafts wait to be decided, for the navigation. One query."""
    return {"Decisions": Decision.objects.filter(workspace=workspace, status=Status.PROPOSED).count()}


def versions_of(decision: Decision) -> QuerySet[DecisionVersion]:
    """The texts as they were saved, the newest first, each with who saved it."""
    return DecisionVersion.objects.filter(decision=decision).select_related("saved_by").order_by("-number")


def subject_edge(decision: Decision) -> Edge | None:
    """The edge that the decision is about, if it is still in the model."""
    if decision.subject_kind != "edge":
        return None
    return (
        Edge.objects.filter(workspace=decision.workspace_id, slug=decision.subject_id)
        .select_related("workspace", "source", "target")
        .first()
    )
