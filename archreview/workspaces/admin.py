from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from archreview.workspaces.models import Membership, Team, Workspace


class MembershipInline(admin.TabularInline[Membership, Workspace]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin[Workspace]):
    list_display = ["name", "slug", "revision", "created_at"]
    search_fields = ["name", "slug"]
    readonly_fields = ["revision", "created_at"]
    inlines = [MembershipInline]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ["name", "slug", "workspace"]
    list_filter = ["workspace"]
    search_fields = ["name", "slug"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).select_related("workspace")
