"""What pages read about decisions."""

from django.db.models import Count, Q, QuerySet

from archreview.decisions.models import Decision, DecisionVersion, Status, WorkspaceTemplate
from archreview.registry.models import Channel, Edge, Flow, Service, System
from archreview.workspaces.models import Workspace


def decisions_of(workspace: Workspace, *, text: str = "", statuses: list[str] | None = None) -> QuerySet[Decision]:
    """
    The decisions of the workspace, the newest number first.

    `text` is looked for in title, body, people and subject; a number such as 7 or 0007 finds that decision too.
    """
    found = Decision.objects.filter(workspace=workspace).select_related("superseded_by").order_by("-number")
    if statuses:
        found = found.filter(status__in=statuses)
    for word in text.split()[:10]:
        fits = (
            Q(title__icontains=word)
            | Q(body__icontains=word)
            | Q(decision_makers__icontains=word)
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
    found = subject_row(decision)
    return found if isinstance(found, Edge) else None


def subject_row(decision: Decision) -> Edge | Flow | Service | Channel | System | None:
    """What of the model the decision is about, if it is still there. One query."""
    models: dict[str, type[Edge] | type[Flow] | type[Service] | type[Channel] | type[System]] = {
        "edge": Edge,
        "flow": Flow,
        "service": Service,
        "channel": Channel,
        "system": System,
    }
    model = models.get(decision.subject_kind)
    if model is None:
        return None
    beside = ("workspace", "source", "target") if model is Edge else ("workspace",)
    rows = model._default_manager.filter(workspace=decision.workspace_id, slug=decision.subject_id)
    return rows.select_related(*beside).first()


def templates_of(workspace: Workspace) -> QuerySet[WorkspaceTemplate]:
    """The workspace's own templates, by name."""
    return WorkspaceTemplate.objects.filter(workspace=workspace).select_related("changed_by").order_by("name")
