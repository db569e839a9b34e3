from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from archreview.jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
    """For reading, and for deleting what nobody needs: jobs are asked for, stopped and tried again on their pages."""

    list_display = ["title", "kind", "state", "workspace", "asked_by", "asked_at"]
    list_filter = ["state", "kind", "workspace"]
    search_fields = ["title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).select_related("workspace", "asked_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False
