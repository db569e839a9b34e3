"""What pages read about decisions."""

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from archreview.decisions.binding import accepted_decision
from archreview.decisions.models import Comment, Decision, DecisionVersion, Status, WorkingCopy, WorkspaceTemplate
from archreview.engine.decisions import AcceptedDecision
from archreview.registry.models import Channel, Edge, Flow, Service, System
from archreview.workspaces.models import Workspace
from archreview.workspaces.queries import members_of


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
        .select_related("workspace", "superseded_by", "will_supersede", "decided_by", "created_by")
        .prefetch_related("supersedes")
    )


def decisions_about(workspace: Workspace, kind: str, slug: str) -> QuerySet[Decision]:
    """The decisions whose subject it is, and those that bind an edge, the newest first."""
    about = Q(subject_kind=kind, subject_id=slug)
    if kind == "edge":
        about |= Q(confirmation__edge=slug)
        # As a text, since SQLite cannot look into a list; one database writes it with a space, the other without.
        about |= Q(confirmation__also__icontains=f'"edge": "{slug}"')
        about |= Q(confirmation__also__icontains=f'"edge":"{slug}"')
    return Decision.objects.filter(about, workspace=workspace).order_by("-number")


def count_by_status(workspace: Workspace) -> dict[str, int]:
    """How many decisions stand where; every status is there."""
    rows = Decision.objects.filter(workspace=workspace).order_by().values_list("status").annotate(Count("pk"))
    return dict.fromkeys(Status.values, 0) | dict(rows)


def waiting_for_a_lead(workspace: Workspace) -> dict[str, int]:
    """How many drafts wait to be decided, for the navigation. One query."""
    return {"Decisions": Decision.objects.filter(workspace=workspace, status=Status.PROPOSED).count()}


def accepted_decisions(workspace: Workspace) -> tuple[AcceptedDecision, ...]:
    """The decisions in force as the analysis checks them, by number, each with all its parts. One query."""
    rows = Decision.objects.filter(workspace=workspace, status=Status.ACCEPTED).order_by("number")
    return tuple(
        part
        for number, title, facts, confirmation in rows.values_list("number", "title", "facts", "confirmation")
        for part in accepted_decision(number=number, title=title, facts=facts, confirmation=confirmation)
    )


def comments_on(decision: Decision) -> QuerySet[Comment]:
    """What was said about it, the oldest first, each with who said it."""
    return Comment.objects.filter(decision=decision).select_related("author").order_by("written_at", "pk")


def working_copy(workspace: Workspace, decision: Decision | None, person: User) -> WorkingCopy | None:
    """What the person has typed into the editor and not saved, if anything."""
    return WorkingCopy.objects.filter(workspace=workspace, decision=decision, person=person).first()


def member_names(workspace: Workspace) -> list[str]:
    """The names of the members, as decisions write them. One query."""
    people = (membership.user for membership in members_of(workspace))
    return sorted({name for person in people if "," not in (name := person.get_full_name() or person.get_username())})


def versions_of(decision: Decision) -> QuerySet[DecisionVersion]:
    """The texts as they were saved, the newest first, each with who saved it."""
    return DecisionVersion.objects.filter(decision=decision).select_related("saved_by").order_by("-number")


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
