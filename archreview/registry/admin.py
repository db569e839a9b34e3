"""
The registry in the admin, to look things up across workspaces.

Nothing is written here: a change without an action would leave no word of who said it.
"""

from django.contrib import admin
from django.http import HttpRequest

from archreview.registry.models import Channel, Edge, Flow, Service, Statement, System


class LookedUp:
    """Rows that are only looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(System)
class SystemAdmin(LookedUp, admin.ModelAdmin[System]):
    list_select_related = True
    list_display = ["slug", "name", "workspace"]
    list_filter = ["workspace"]
    search_fields = ["slug", "name"]


@admin.register(Service)
class ServiceAdmin(LookedUp, admin.ModelAdmin[Service]):
    list_select_related = True
    list_display = ["slug", "name", "kind", "tier", "system", "team", "workspace"]
    list_filter = ["workspace", "kind", "tier"]
    search_fields = ["slug", "name"]


@admin.register(Channel)
class ChannelAdmin(LookedUp, admin.ModelAdmin[Channel]):
    list_select_related = True
    list_display = ["slug", "name", "technology", "workspace"]
    list_filter = ["workspace", "technology"]
    search_fields = ["slug", "name"]


@admin.register(Edge)
class EdgeAdmin(LookedUp, admin.ModelAdmin[Edge]):
    list_select_related = True
    list_display = ["slug", "name", "source", "target", "style", "workspace"]
    list_filter = ["workspace", "style"]
    search_fields = ["slug", "name"]


@admin.register(Flow)
class FlowAdmin(LookedUp, admin.ModelAdmin[Flow]):
    list_select_related = True
    list_display = ["slug", "name", "entry", "user_facing", "workspace"]
    list_filter = ["workspace", "user_facing"]
    search_fields = ["slug", "name"]


@admin.register(Statement)
class StatementAdmin(LookedUp, admin.ModelAdmin[Statement]):
    list_select_related = True
    list_display = ["fact", "value", "by", "source", "state", "recorded_at", "workspace"]
    list_filter = ["workspace", "state"]
    search_fields = ["fact", "by", "source"]
    date_hierarchy = "recorded_at"
