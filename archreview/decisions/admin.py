from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from archreview.decisions.models import Comment, Decision, DecisionVersion


class DecisionVersionInline(admin.TabularInline[DecisionVersion, Decision]):
    """The saved texts, for reading."""

    model = DecisionVersion
    fields = ["number", "title", "status", "note", "saved_by", "saved_at"]
    readonly_fields = ["number", "title", "status", "note", "saved_by", "saved_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin[Decision]):
    """For reading: decisions are written, decided and deleted on their own pages, which keep every version."""

    list_display = ["label", "title", "status", "workspace", "date"]
    list_filter = ["status", "workspace"]
    search_fields = ["title", "body"]
    inlines = [DecisionVersionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        return super().get_queryset(request).select_related("workspace")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin[Comment]):
    """For reading, and for deleting what should not stand there; nobody puts words into another's mouth."""

    list_display = ["decision", "author", "written_at"]
    search_fields = ["text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return super().get_queryset(request).select_related("decision", "author")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        return False
