"""The catalog for everyone in a workspace: what is judged, why, and what it found here."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from archreview.engine.catalog import SCOPES
from archreview.engine.results import SEVERITIES
from archreview.interchange.catalogs import CATEGORIES
from archreview.rules.access import CHANGE, may
from archreview.rules.health import health_of_catalog
from archreview.rules.hits import NOTHING, Found, found_in
from archreview.rules.models import Rule, RuleOverride
from archreview.rules.queries import (
    all_rules,
    history_of,
    known_catalog,
    known_edition,
    known_overrides,
    rule_with,
    rules_of_version,
)
from archreview.rules.telling import (
    drawn_examples,
    laid_out,
    readings,
    source_in_words,
    told_change,
    told_duties,
    told_override,
)
from archreview.rules.views.looking_back import asked_catalog
from archreview.web.answers import answer
from archreview.web.lists import chosen
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace

STATES = ("with findings", "with questions", "changed here", "otherwise here", "upcoming", "retired")
HITS_SHOWN = 20
CHANGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list, with what it found."""

    rule: Rule
    found: Found
    override: RuleOverride | None = None

    def is_in(self, state: str) -> bool:
        """Whether the rule is in one of the STATES."""
        return {
            "with findings": bool(self.found.hits),
            "with questions": bool(self.found.questions),
            "changed here": self.rule.is_own or self.rule.is_changed,
            "upcoming": self.rule.is_upcoming,
            "otherwise here": self.override is not None,
            "retired": not self.rule.is_published,
        }[state]

    def says(self, words: list[str]) -> bool:
        """Whether all the words stand somewhere in the rule."""
        rule = self.rule
        text = f"{rule.code} {rule.title} {rule.category} {rule.condition} {rule.message} {rule.why}".casefold()
        return all(word in text for word in words)


@require_safe
def rule_list(request: HtmxRequest, workspace: str) -> HttpResponse:
    """List the rules by category: filtered by category, severity, scope and state, and searched."""
    found_workspace = get_workspace(request, workspace)
    earlier = asked_catalog(request, found_workspace)
    found = found_in(found_workspace, earlier.catalog if earlier else None)
    overrides = {} if earlier else known_overrides(found_workspace)
    rules = rules_of_version(earlier.version.number) if earlier else all_rules()
    rows = [RuleRow(rule, found.get(rule.code, NOTHING), overrides.get(rule.code)) for rule in rules]
    categories, scopes = chosen(request, "category", CATEGORIES), chosen(request, "scope", SCOPES)
    severities, states = chosen(request, "severity", SEVERITIES), chosen(request, "state", STATES)
    text = request.GET.get("q", "").strip()
    words = text.casefold().split()[:10]
    shown = [
        row
        for row in rows
        if (not categories or row.rule.category in categories)
        and (not scopes or row.rule.scope in scopes)
        and (not severities or not set(severities).isdisjoint(row.rule.severities))
        and all(row.is_in(state) for state in states)
        and row.says(words)
    ]
    groups = [(name, [row for row in shown if row.rule.category == name]) for name in CATEGORIES]
    # What was found has just been read by it.
    catalog = earlier.catalog if earlier else known_catalog(found_workspace)
    filters = categories or scopes or severities or states
    context = {
        "groups": [(name, members) for name, members in groups if members],
        "total": len(rows),
        "shown": len(shown),
        "hits": sum(len(row.found.hits) for row in rows if not row.found.upcoming),
        "categories": CATEGORIES,
        "scopes": SCOPES,
        "severities": SEVERITIES,
        "states": STATES,
        "q": text,
        "earlier": earlier,
        "filtered": bool(filters or words),
        "duties": () if filters else told_duties(catalog.obligations if catalog else (), words),
        "ailments": () if earlier else health_of_catalog(known_edition()).ailments,
        "may_write": may(request, CHANGE),
    }
    return answer(request, page="rules/rule_list.html", partial="rules/_rules.html", context=context)


@require_safe
def rule(request: HtmxRequest, workspace: str, rule: str) -> HttpResponse:
    """Show one rule: what it says and why, in words and in the language, its examples, findings and history."""
    found_workspace = get_workspace(request, workspace)
    earlier = asked_catalog(request, found_workspace)
    if earlier:
        row = next((one for one in rules_of_version(earlier.version.number) if one.code == rule), None)
        if row is None:
            raise Http404("That version of the catalog has no such rule.")
    else:
        row = get_object_or_404(rule_with(rule), code=rule)
    found = found_in(found_workspace, earlier.catalog if earlier else None).get(row.code, NOTHING)
    override = None if earlier else known_overrides(found_workspace).get(row.code)
    history = [told_change(change) for change in history_of("rule", row.code)[: CHANGES_SHOWN + 1]]
    context = {
        "rule": row,
        "why": laid_out(row.why_html, row.why),
        "remedy": laid_out(row.remedy_html, row.remedy),
        "examples": drawn_examples(row),
        "found": found,
        "hits": found.hits[:HITS_SHOWN],
        "history": history[:CHANGES_SHOWN],
        "more_history": len(history) > CHANGES_SHOWN,
        "edit_url": reverse("catalog:rule", args=[row.code]) if may(request, CHANGE) and not earlier else "",
        "ailments": () if earlier else health_of_catalog(known_edition()).of(row.code),
        "earlier": earlier,
        "override": override,
        "override_differences": told_override(row, override) if override else (),
        "source_words": source_in_words(row.source),
        **readings(row),
    }
    return render(request, "rules/rule.html", context)
