"""What the pages about workspaces read."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Prefetch, QuerySet

from archreview.workspaces.models import Membership, Workspace


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The memberships of the person, by the workspace's name, each with its workspace."""
    return (
        Membership.objects.filter(user__pk=user.pk or 0)
        .select_related("workspace")
        .order_by("workspace__name", "workspace__slug")
    )


def members_of(workspace: Workspace) -> QuerySet[Membership]:
    """The members, by name, each with the person."""
    return workspace.memberships.select_related("user").order_by("user__username")


def listed_workspaces(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The memberships of the person for the list of workspaces, with the number of members and services."""
    leads = Membership.objects.filter(role="lead").select_related("user")
    return (
        memberships_of(user)
        .annotate(member_count=Count("workspace__memberships", distinct=True))
        .prefetch_related(Prefetch("workspace__memberships", queryset=leads, to_attr="leads"))
    )
