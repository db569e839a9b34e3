"""From a page of the analysis to a draft of a decision, and from a draft back to what would be written today."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from archreview.decisions.actions import AlreadyDecided, create_draft
from archreview.decisions.differences import differences
from archreview.decisions.draft import Draft, People
from archreview.decisions.drafting import subject_of
from archreview.decisions.matter import About, Matter, NothingToDecide, matter_from_json
from archreview.decisions.models import Decision
from archreview.decisions.queries import decision_of
from archreview.decisions.redrafting import Anew, beside, take_anew
from archreview.registry.queries import edges_of, flows_of
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.drafting_forms import AnewForm, WaiverForm
from archreview.reviews.drafts import draft_about
from archreview.web.answers import redirect_whole_page
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

MOST_FINDINGS = 500


@require_POST
def edge_decide(request: HtmxRequest, workspace: str, edge: str) -> HttpResponse:
    """Draft a decision about the edge from what the analysis knows, and open it in the editor."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(edges_of(found), slug=edge)
    return _open_draft(request, found, Matter(About.EDGE, row.slug), back=row.get_absolute_url())


@require_POST
def flow_decide(request: HtmxRequest, workspace: str, flow: str) -> HttpResponse:
    """Draft a decision about a flow over its limit: which calls leave it, and how."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    row = get_object_or_404(flows_of(found), slug=flow)
    return _open_draft(request, found, Matter(About.FLOW, row.slug), back=row.get_absolute_url())


@require_POST
def findings_decide(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Draft a decision about the findings that were chosen."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    chosen = tuple(request.POST.getlist("finding")[:MOST_FINDINGS])
    if "waive" in request.POST:
        address = reverse("reviews:waive", args=[workspace])
        return redirect_whole_page(
            request, f"{address}?{'&'.join(f'finding={one}' for one in chosen if one.isalnum())}"
        )
    return _open_draft(
        request, found, Matter(About.FINDINGS, findings=chosen), back=reverse("reviews:findings", args=[workspace])
    )


@require_http_methods(["GET", "HEAD", "POST"])
def waive(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Ask why a risk is accepted, by whom and until when; then draft the decision that records it."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    analysis = current_analysis(found)
    sent = request.POST if request.method == "POST" else request.GET
    wanted = set(sent.getlist("finding")[:MOST_FINDINGS])
    findings = [finding for finding in analysis.review.findings if finding.fingerprint in wanted]
    back = reverse("reviews:findings", args=[workspace])
    if not findings:
        messages.error(request, "Choose at least one finding whose risk you want to accept.")
        return redirect(back)
    form = WaiverForm(request.POST if request.method == "POST" else None, today=_today())
    if request.method == "POST" and form.is_valid():
        fingerprints = tuple(finding.fingerprint for finding in findings)
        return _open_draft(request, found, Matter(About.WAIVER, findings=fingerprints, waiver=form.waiver), back=back)
    context = {
        "form": form,
        "findings": [(finding, analysis.name_of(*finding.subject)) for finding in findings],
        "back": back,
    }
    return render(request, "reviews/waive.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_anew(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """Show what would be written for a draft today, beside what people wrote; take it over when asked."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    decision = get_object_or_404(decision_of(found, number))
    matter = matter_from_json(decision.matter)
    if not decision.is_draft or matter is None:
        messages.error(request, "Only a draft that was generated can be generated anew.")
        return redirect(decision)
    try:
        draft = _draft(found, current_analysis(found), matter, people=People())
    except NothingToDecide as refusal:
        messages.error(request, str(refusal))
        return redirect(decision)
    anew = beside(decision, draft)
    form = AnewForm(request.POST if request.method == "POST" else None, anew=anew, version=decision.version)
    if request.method != "POST" or not form.is_valid():
        return _anew_page(request, decision, anew, form, status=422 if form.is_bound else 200)
    version = form.cleaned_data["version"]
    try:
        take_anew(decision, anew, choices=form.choices, workspace=found, version=version, by=request.user)
    except ChangedMeanwhile:
        messages.error(request, "Somebody has saved this draft since you opened it. Look at both texts again.")
        again = beside(decision, draft)
        return _anew_page(request, decision, again, AnewForm(None, anew=again, version=decision.version), status=409)
    except AlreadyDecided as refusal:
        messages.error(request, str(refusal))
        return redirect(decision)
    messages.success(request, "Generated anew. What people wrote is kept.")
    return redirect(decision)


def _anew_page(request: HtmxRequest, decision: Decision, anew: Anew, form: AnewForm, *, status: int) -> HttpResponse:
    context = {
        "decision": decision,
        "anew": anew,
        "form": form,
        "changes": differences(decision.generated_body, anew.generated),
        "contradictions": [
            (section, form[section.section], differences(section.mine, section.theirs))
            for section in anew.contradictions
        ],
    }
    return render(request, "reviews/decision_anew.html", context, status=status)


def _open_draft(request: HtmxRequest, workspace: Workspace, matter: Matter, *, back: str) -> HttpResponse:
    """Store the draft about the matter and open it in the editor; where there is nothing to decide, say so."""
    analysis = current_analysis(workspace)
    person = request.user.get_full_name() or request.user.get_username()
    approver = matter.waiver.approver if matter.waiver is not None else person
    try:
        draft = _draft(workspace, analysis, matter, people=People(decision_makers=(approver,)))
    except NothingToDecide as refusal:
        messages.error(request, str(refusal))
        return redirect_whole_page(request, back)
    subject = subject_of(matter, analysis.review)
    decision = create_draft(workspace=workspace, draft=draft, subject=subject, by=request.user, matter=matter)
    messages.success(request, "Here is a draft from what the analysis knows. Edit it before it is accepted.")
    return redirect_whole_page(request, reverse("decisions:decision_edit", args=[workspace.slug, decision.number]))


def _draft(workspace: Workspace, analysis: Analysis, matter: Matter, *, people: People) -> Draft:
    try:
        return draft_about(workspace, analysis, matter, people=people, today=_today())
    except KeyError as error:
        raise Http404("It is no longer in the model.") from error


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()
