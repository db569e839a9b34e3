"""
The catalog for administrators to look through: lists with search and filters, and each entry to read.

Entries are written at the desk alone, where they are tried before they are put in force. What is done to several at
once is done here, by actions, which keep what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from archreview.engine.language import ConditionError, in_words
from archreview.engine.results import SEVERITIES
from archreview.rules import actions
from archreview.rules.actions import InvalidEntry
from archreview.rules.models import (
    CatalogChange,
    CatalogSettings,
    CatalogVersion,
    Draft,
    Entry,
    Kind,
    Obligation,
    OverrideChange,
    Rule,
    RuleOverride,
)
from archreview.rules.queries import changes_of_version, draft_of, history_of
from archreview.rules.telling import readings, told_change
from archreview.rules.values import SETTINGS_KEY
from archreview.workspaces.queries import memberships_of

E = TypeVar("E", bound=Entry)
M = TypeVar("M", bound=Model)
Step = Callable[..., list[str]]

CHANGES_SHOWN = 50


def history(kind: str, key: str) -> SafeString:
    """The changes of one thing, the latest first."""
    changes = [told_change(change) for change in history_of(kind, key)[:CHANGES_SHOWN]]
    return render_to_string("rules/_history.html", {"history": changes})


class EntryAdmin(admin.ModelAdmin[E]):
    """What the entries of the catalog share: they are read here, and written at the desk."""

    # What it is of the catalog, and the field that names it.
    kind: Kind
    key = ""
    list_per_page = 200

    class Media:
        css = {"all": ["css/rules.css"]}  # noqa: RUF012 - as Django wants it

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: the desk drafts what is new."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: E | None = None) -> bool:
        """Nobody: the desk drafts, checks and tries a change first. Who may change may look."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: E | None = None) -> bool:
        """What has been published is retired, and stays to be read."""
        return False

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether the person may put in force, retire, and decide between a release and a change."""
        return request.user.has_perm("rules.publish_rule")

    @admin.action(description="Publish the chosen ones again", permissions=["publish"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[E]) -> None:
        """Publish again what is retired, all or none."""
        self._move(request, queryset, actions.take_back, "published")

    @admin.action(description="Retire the chosen ones", permissions=["publish"])
    def retire(self, request: HttpRequest, queryset: QuerySet[E]) -> None:
        """Retire what is published."""
        self._move(request, queryset, actions.retire, "retired")

    def _move(self, request: HttpRequest, queryset: QuerySet[E], step: Step, state: str) -> None:
        keys = {getattr(entry, self.key): entry for entry in queryset}
        try:
            moved = step(self.kind, keys, by=_person(request))
        except InvalidEntry as refusal:
            self.message_user(request, f"Nothing has changed: {refusal}", messages.ERROR)
            return
        for key in moved:
            self.log_change(request, keys[key], f"Now {state}.")
        said = f"Now {state}: {', '.join(moved)}." if moved else f"All of them were {state} already."
        self.message_user(request, said)

    @admin.display(description="Draft")
    def draft(self, obj: E) -> str:
        """Who is writing something else, which is not in force yet."""
        found = draft_of(self.kind, getattr(obj, self.key, SETTINGS_KEY))
        if found is None:
            return "none"
        return f"{found.by_name or 'somebody'}, {found.at:%d %b %Y, %H:%M} UTC{f': {found.why}' if found.why else ''}"

    @admin.display(description="Origin")
    def origin(self, obj: E) -> str:
        """Whether it came with the product."""
        if obj.is_own:
            return "written here"
        return "shipped, changed here" if obj.is_changed else "shipped"


class SeverityFilter(admin.SimpleListFilter):
    """Rules that can have a severity: as it stands, or named in an expression."""

    title = "severity"
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(severity, severity.capitalize()) for severity in SEVERITIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rule]) -> QuerySet[Rule]:
        severity = self.value()
        if severity not in SEVERITIES:
            return queryset
        return queryset.filter(Q(severity=severity) | Q(severity__contains=f'"{severity}"'))


class OriginFilter(admin.SimpleListFilter):
    """Rules that came with the product, or that somebody wrote here."""

    title = "origin"
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("shipped", "Shipped"), ("own", "Written here")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rule]) -> QuerySet[Rule]:
        if self.value() == "own":
            return queryset.filter(built_in__isnull=True)
        return queryset.exclude(built_in__isnull=True) if self.value() == "shipped" else queryset


@admin.register(Rule)
class RuleAdmin(EntryAdmin[Rule]):
    kind, key = Kind.RULE, "code"
    list_filter = ["category", "scope", SeverityFilter, "state", OriginFilter]
    search_fields = ["code", "title", "condition", "message", "why", "remedy"]
    readonly_fields = ["draft", "origin", "reading", "history"]
    change_list_template = "admin/rules/rule/change_list.html"
    actions = ["take_back", "retire", "download"]
    fieldsets = [
        (None, {"fields": ["code", "title", "category", "scope", "state", "campaign", "draft", "origin"]}),
        ("When it matches", {"fields": ["condition", "reading", "params", "needs"]}),
        ("What it says", {"fields": ["severity", "message"]}),
        ("Why, and what to do", {"fields": ["why", "remedy", "references", "source"]}),
        ("Examples", {"fields": ["examples"]}),
        ("History", {"fields": ["history"]}),
    ]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With a link to the catalog's page in one of the person's workspaces, where there is one."""
        columns: list[Any] = ["code", "title", "category", "scope", "severities", "state", "origin"]
        slug = self._workspace(request)
        if slug:
            columns.append(self._page_column(slug))
        return columns

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Rule | None = None,
    ) -> HttpResponse:
        slug = self._workspace(request) if obj else ""
        context["catalog_url"] = reverse("rules:rule", args=[slug, obj.code]) if obj and slug else ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.action(description="Download the chosen rules", permissions=["view"])
    def download(self, request: HttpRequest, queryset: QuerySet[Rule]) -> HttpResponse:
        """Give rules as a file."""
        codes = QueryDict(mutable=True)
        codes.setlist("code", list(queryset.values_list("code", flat=True)))
        return HttpResponseRedirect(f"{reverse('versions:download')}?{codes.urlencode()}")

    @admin.display(description="Severity")
    def severities(self, obj: Rule) -> str:
        """The severities that it can have."""
        return ", ".join(obj.severities) or obj.severity

    @admin.display(description="In words")
    def reading(self, obj: Rule) -> str:
        """The stored condition and severity, read aloud."""
        said = readings(obj)
        if not said["condition_words"]:
            return "Not to be read while condition or severity has a problem."
        return f"{said['condition_words'].capitalize()}: {said['severity_words']}."

    @admin.display(description="Changes")
    def history(self, obj: Rule) -> SafeString:
        """What has become of the rule."""
        return history(Kind.RULE, obj.code)

    @staticmethod
    def _workspace(request: HttpRequest) -> str:
        membership = memberships_of(request.user).first()
        return membership.workspace.slug if membership else ""

    @staticmethod
    def _page_column(slug: str) -> Callable[[Rule], SafeString]:
        @admin.display(description="In the catalog")
        def page(obj: Rule) -> SafeString:
            return format_html('<a href="{}">Page</a>', reverse("rules:rule", args=[slug, obj.code]))

        return page


@admin.register(Obligation)
class ObligationAdmin(EntryAdmin[Obligation]):
    kind, key = Kind.OBLIGATION, "duty"
    list_display = ["duty", "text", "condition", "state", "origin"]
    list_filter = ["state"]
    actions = ["take_back", "retire"]
    search_fields = ["duty", "text", "condition"]
    readonly_fields = ["draft", "origin", "reading", "history"]
    fieldsets = [
        (None, {"fields": ["duty", "text", "position", "state", "draft", "origin"]}),
        ("When it is met", {"fields": ["condition", "when", "reading"]}),
        ("Whom it binds", {"fields": ["styles", "outcomes"]}),
        ("History", {"fields": ["history"]}),
    ]

    @admin.display(description="In words")
    def reading(self, obj: Obligation) -> str:
        """The stored condition, read aloud."""
        try:
            when = f"; where {in_words(obj.when, 'edge')}" if obj.when else ""
            return f"Met where {in_words(obj.condition, 'edge')}{when}."
        except ConditionError:
            return "Not to be read while the condition has a problem."

    @admin.display(description="Changes")
    def history(self, obj: Obligation) -> SafeString:
        """What has become of the obligation."""
        return history(Kind.OBLIGATION, obj.duty)


@admin.register(CatalogSettings)
class CatalogSettingsAdmin(EntryAdmin[CatalogSettings]):
    """One row: the list leads to it."""

    kind = Kind.SETTINGS

    readonly_fields = ["draft", "origin", "history"]
    fieldsets = [
        (None, {"fields": ["hop_limit", "default_availability", "version", "draft", "origin"]}),
        ("History", {"fields": ["history"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:rules_catalogsettings_change", args=[CatalogSettings.ONLY]))

    @admin.display(description="Changes")
    def history(self, obj: CatalogSettings) -> SafeString:
        """What has become of the settings."""
        return history(Kind.SETTINGS, SETTINGS_KEY)


class ReadOnlyAdmin(admin.ModelAdmin[M]):
    """For reading: only the actions write it."""

    class Media:
        css = {"all": ["css/rules.css"]}  # noqa: RUF012 - as Django wants it

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


@admin.register(CatalogChange)
class CatalogChangeAdmin(ReadOnlyAdmin[CatalogChange]):
    list_display = ["version", "at", "kind", "key", "what", "by_name", "why"]
    list_display_links = ["version", "key"]
    list_filter = ["kind", "what", "at"]
    search_fields = ["=key", "by_name", "why"]
    fields = ["version", "at", "kind", "key", "what", "by_name", "why", "differences"]
    readonly_fields = ["differences"]

    @admin.display(description="Before and after")
    def differences(self, obj: CatalogChange) -> SafeString:
        """What it said before, and after."""
        return render_to_string("rules/_history.html", {"history": [told_change(obj)]})


@admin.register(CatalogVersion)
class CatalogVersionAdmin(ReadOnlyAdmin[CatalogVersion]):
    list_display = ["number", "at", "by_name", "why", "goes_back_to"]
    list_filter = ["at"]
    search_fields = ["=number", "by_name", "why"]
    fields = ["number", "at", "by_name", "why", "goes_back_to", "changes", "way_back"]
    readonly_fields = ["changes", "way_back"]

    @admin.display(description="What it changed")
    def changes(self, obj: CatalogVersion) -> SafeString:
        """Each change of the version."""
        return render_to_string(
            "rules/_history.html", {"history": [told_change(change) for change in changes_of_version(obj.number)]}
        )

    @admin.display(description="The way back")
    def way_back(self, obj: CatalogVersion) -> SafeString:
        """The page that shows what going back to it would change."""
        url = reverse("versions:version", args=[obj.number])
        return format_html('<a href="{}">What going back to it would change</a>', url)


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin[Draft]):
    list_display = ["key", "kind", "by_name", "at", "why"]
    list_filter = ["kind"]
    search_fields = ["key", "by_name", "why"]


@admin.register(RuleOverride)
class RuleOverrideAdmin(ReadOnlyAdmin[RuleOverride]):
    list_display = ["code", "workspace", "off", "severity", "reason", "by_name", "at"]
    list_filter = ["workspace", "off"]
    search_fields = ["code", "reason", "by_name"]
    list_select_related = ["workspace"]


@admin.register(OverrideChange)
class OverrideChangeAdmin(ReadOnlyAdmin[OverrideChange]):
    list_display = ["code", "workspace", "reason", "by_name", "at", "catalog_version"]
    list_filter = ["workspace"]
    search_fields = ["code", "reason", "by_name"]
    list_select_related = ["workspace"]


def _person(request: HttpRequest) -> Any:
    """Who is signed in: Django lets nobody else into the administration."""
    return request.user
