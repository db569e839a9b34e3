"""The catalog for everyone in a workspace: what is judged, why, and what it found here."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from archreview.engine.catalog import SCOPES
from archreview.engine.results import SEVERITIES
from archreview.interchange.catalogs import CATEGORIES
from archreview.rules.hits import NOTHING, Found, found_in
from archreview.rules.models import Rule
from archreview.rules.queries import all_rules, history_of, rule_with
from archreview.rules.telling import drawn_examples, laid_out, readings, source_in_words, told_change
from archreview.web.answers import answer
from archreview.web.lists import chosen
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace

STATES = ("with findings", "with questions", "changed here", "upcoming", "retired")
HITS_SHOWN = 20
CHANGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list, with what it found."""

    rule: Rule
    found: Found

    def is_in(self, state: str) -> bool:
        """Whether the rule is in one of the STATES."""
        return {
            "with findings": bool(self.found.hits),
            "with questions": bool(self.found.questions),
            "changed here": self.rule.is_own or self.rule.is_changed,
            "upcoming": bool(self.rule.campaign),
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
    found = found_in(found_workspace)
    rows = [RuleRow(rule, found.get(rule.code, NOTHING)) for rule in all_rules()]
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
    context = {
        "groups": [(name, members) for name, members in groups if members],
        "total": len(rows),
        "shown": len(shown),
        "hits": sum(len(row.found.hits) for row in rows),
        "categories": CATEGORIES,
        "scopes": SCOPES,
        "severities": SEVERITIES,
        "states": STATES,
        "q": text,
        "filtered": bool(categories or scopes or severities or states or words),
    }
    return answer(request, page="rules/rule_list.html", partial="rules/_rules.html", context=context)


@require_safe
def rule(request: HtmxRequest, workspace: str, rule: str) -> HttpResponse:
    """Show one rule: what it says and why, in words and in the language, its examples, findings and history."""
    found_workspace = get_workspace(request, workspace)
    row = get_object_or_404(rule_with(rule), code=rule)
    found = found_in(found_workspace).get(row.code, NOTHING)
    history = [told_change(change) for change in history_of("rule", row.code)[: CHANGES_SHOWN + 1]]
    may_edit = request.user.is_staff and request.user.has_perm("rules.change_rule")
    context = {
        "rule": row,
        "why": laid_out(row.why_html, row.why),
        "remedy": laid_out(row.remedy_html, row.remedy),
        "examples": drawn_examples(row),
        "found": found,
        "hits": found.hits[:HITS_SHOWN],
        "history": history[:CHANGES_SHOWN],
        "more_history": len(history) > CHANGES_SHOWN,
        "edit_url": reverse("admin:rules_rule_change", args=[row.pk]) if may_edit else "",
        "source_words": source_in_words(row.source),
        **readings(row),
    }
    return render(request, "rules/rule.html", context)
