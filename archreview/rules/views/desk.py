"""The desk: what is drafted, what ails, and all that the catalog holds, for those who look after it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from archreview.rules.access import LOOK, PUBLISH, need
from archreview.rules.access import may as has_right
from archreview.rules.health import health_of_catalog
from archreview.rules.models import Kind
from archreview.rules.queries import (
    all_drafts,
    all_obligations,
    all_rules,
    current_version,
    undecided_entries,
)
from archreview.web.requests import HtmxRequest
from archreview.workspaces.queries import memberships_of

_MODELS = {Kind.RULE: "rule", Kind.OBLIGATION: "obligation", Kind.SETTINGS: "catalogsettings"}
_PAGES = {Kind.RULE: "catalog:rule", Kind.OBLIGATION: "catalog:obligation"}


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person may do at the desk."""

    write: bool
    publish: bool


def rights(request: HtmxRequest, kind: str = Kind.RULE) -> Rights:
    """
    Give what the person may do with entries of a kind.

    Raises Http404 for whoever is no staff, as if there were no desk, and PermissionDenied for staff without the right.
    """
    need(request, LOOK)
    return Rights(request.user.has_perm(f"rules.change_{_MODELS[Kind(kind)]}"), has_right(request, PUBLISH))


def address_of(kind: str, key: str) -> str:
    """Give the page of an entry at the desk."""
    return reverse("catalog:settings") if kind == Kind.SETTINGS else reverse(_PAGES[Kind(kind)], args=[key])


@require_safe
def desk(request: HtmxRequest) -> HttpResponse:
    """Show what is drafted, what ails, and all that the catalog holds."""
    may = rights(request)
    drafts = {(draft.kind, draft.key): draft for draft in all_drafts()}
    rules, obligations = list(all_rules()), list(all_obligations())
    membership = memberships_of(request.user).first()
    context = {
        "may": may,
        "version": current_version(),
        "health": health_of_catalog(),
        "undecided": [key for _, key in undecided_entries()],
        "drafts": [(draft, address_of(draft.kind, draft.key)) for draft in drafts.values()],
        "rules": [(rule, drafts.get((Kind.RULE, rule.code))) for rule in rules],
        "obligations": [(duty, drafts.get((Kind.OBLIGATION, duty.duty))) for duty in obligations],
        "published": sum(rule.is_published for rule in rules),
        "in_workspace": membership.workspace.slug if membership else "",
    }
    return render(request, "rules/desk/desk.html", context)


@require_safe
def health(request: HtmxRequest) -> HttpResponse:
    """Show what ails the catalog in force, and how far that was looked into."""
    rights(request)
    found = health_of_catalog()
    rows = [
        (
            ailment,
            [
                (key, address_of(Kind.OBLIGATION if ailment.is_of_obligation else Kind.RULE, key))
                for key in ailment.keys
            ],
        )
        for ailment in found.ailments
    ]
    return render(
        request,
        "rules/desk/health.html",
        {"health": found, "rows": rows, "not_compared": found.published - found.compared},
    )
