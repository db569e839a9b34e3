"""The versions of the catalog: who changed what and why, and the way back to one of them."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from archreview.rules import actions
from archreview.rules.access import LOOK, PUBLISH, may, need
from archreview.rules.actions import InvalidEntry
from archreview.rules.actions.publishing import contents_after_going_back
from archreview.rules.dry_runs import dry_run
from archreview.rules.forms import WhyForm
from archreview.rules.queries import (
    all_versions,
    changes_of_version,
    contents_of_version,
    current_version,
    differences_between,
)
from archreview.rules.telling import told_change, told_difference
from archreview.web.lists import page_of
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.queries import memberships_of

logger = logging.getLogger(__name__)


@require_safe
def version_list(request: HtmxRequest) -> HttpResponse:
    """List the versions, the latest first."""
    need(request, LOOK)
    context = {"page": page_of(request, all_versions()), "now": current_version()}
    return render(request, "rules/versions/version_list.html", context)


@require_safe
def version(request: HtmxRequest, number: int) -> HttpResponse:
    """Show what a version changed, and what going back to it would change."""
    need(request, LOOK)
    return _version(request, number, WhyForm())


@require_POST
def go_back(request: HtmxRequest, number: int) -> HttpResponse:
    """Let the catalog say again what it said in this version."""
    need(request, PUBLISH)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return _version(request, number, form, status=422)
    why, seen = form.cleaned_data["why"], form.cleaned_data["now"]
    try:
        changed = actions.go_back_to(number, by=request.user, why=why, seen=seen)
    except ChangedMeanwhile:
        messages.error(request, "The catalog has changed since you looked, so nothing was done. Look again.")
        return _version(request, number, WhyForm({"why": why}), status=409)
    except InvalidEntry as refusal:
        messages.error(request, f"Nothing was changed: {refusal}")
        return _version(request, number, form, status=422)
    if not changed:
        messages.info(request, f"The catalog says what it said in version {number} already.")
        return redirect("versions:version", number)
    logger.info("user %s took the catalog back to version %s", request.user.pk, number)
    messages.success(request, f"The catalog says again what it said in version {number}.")
    return redirect("versions:version", current_version())


def _version(request: HtmxRequest, number: int, form: WhyForm, *, status: int = 200) -> HttpResponse:
    row = get_object_or_404(all_versions(), number=number)
    now = current_version()
    if number > now:
        raise Http404
    wanted, current = contents_after_going_back(number, now), contents_of_version(now)
    differences = differences_between(current, wanted)
    tried = None
    if differences and request.GET.get("try"):
        names = [(each.kind, each.key) for each in differences]
        tried = dry_run({name: wanted[name] for name in names}, person=request.user, only=request.GET.get("only", ""))
    context = {
        "dry_run": tried,
        "version": row,
        "now": now,
        "form": form,
        "history": [told_change(change) for change in changes_of_version(number)],
        "back": [told_difference(difference) for difference in differences],
        "may_publish": may(request, PUBLISH),
        "workspaces": [membership.workspace for membership in memberships_of(request.user)],
    }
    return render(request, "rules/versions/version.html", context, status=status)
