"""What a workspace changes of a rule: its lead sets it and takes it back."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from archreview.rules import actions
from archreview.rules.actions import InvalidEntry
from archreview.rules.forms import OverrideForm, TakeBackForm
from archreview.rules.queries import override_changes_of, override_of, rule_with
from archreview.rules.telling import told_override, told_override_changes
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role

logger = logging.getLogger(__name__)
CHANGES_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def override(request: HtmxRequest, workspace: str, rule: str) -> HttpResponse:
    """Show what the workspace changes of a rule, with its history, and take another change of it from a lead."""
    found = get_workspace(request, workspace, Role.LEAD if request.method == "POST" else Role.VIEWER)
    row = get_object_or_404(rule_with(rule), code=rule)
    now = override_of(found, row.code)
    form = OverrideForm(request.POST or None, rule=row, override=now)
    status, conflict = 422 if form.is_bound else 200, False
    if request.method == "POST" and form.is_valid():
        try:
            actions.override_rule(found, row, **form.content(), by=request.user)
        except InvalidEntry as refusal:
            form.take_problems(refusal.problems[row.code])
        except ChangedMeanwhile:
            status, conflict = 409, True
            form.show_version(now.version if now else 0)
        else:
            logger.info("user %s changed rule %s in workspace %r", request.user.pk, row.code, workspace)
            messages.success(request, f"{row.code} is judged otherwise in this workspace now.")
            return redirect("rules:rule", found.slug, row.code)
    context = {
        "rule": row,
        "form": form,
        "override": now,
        "conflict": conflict,
        "differences": told_override(row, now) if now else (),
        "history": told_override_changes(override_changes_of(found, row.code)[:CHANGES_SHOWN]),
    }
    return render(request, "rules/override.html", context, status=status)


@require_POST
def take_back_override(request: HtmxRequest, workspace: str, rule: str) -> HttpResponse:
    """Let the workspace see the rule as the catalog has it again."""
    found = get_workspace(request, workspace, Role.LEAD)
    row = get_object_or_404(rule_with(rule), code=rule)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was changed: the page was not sent whole. Try again.")
        return redirect("rules:override", found.slug, row.code)
    try:
        actions.take_back_override(
            found, row.code, reason=form.cleaned_data["reason"], by=request.user, seen=form.cleaned_data["seen"]
        )
    except ChangedMeanwhile:
        messages.error(request, "Somebody else has changed this meanwhile, so nothing was taken back. Look again.")
        return redirect("rules:override", found.slug, row.code)
    logger.info("user %s took back the change of rule %s in workspace %r", request.user.pk, row.code, workspace)
    messages.success(request, f"{row.code} is judged as the catalog has it again.")
    return redirect("rules:rule", found.slug, row.code)
