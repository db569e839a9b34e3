"""The editor of a decision: live preview, what is typed kept meanwhile, and both texts where two people save."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from archreview.decisions.actions import (
    AlreadyDecided,
    discard_working_copy,
    edit_draft,
    keep_working_copy,
    write_decision,
)
from archreview.decisions.binding import in_short
from archreview.decisions.differences import differences
from archreview.decisions.forms import (
    DecisionForm,
    TermsForm,
    VersionForm,
    values_of,
)
from archreview.decisions.layout import finished
from archreview.decisions.models import Decision, WorkingCopy
from archreview.decisions.queries import (
    decision_of,
    member_names,
    versions_of,
    working_copy,
)
from archreview.decisions.skeleton import EMPTY_DECISION
from archreview.decisions.standing import standings_of
from archreview.rendering import MARKDOWN_LIMIT, RenderingFailed, markdown_to_html
from archreview.web.answers import answer
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

# What a working copy need not hold, and how much it may.
NOT_TYPED = ("csrfmiddlewaretoken", "autosave", "version")
MOST_TYPED = 2 * MARKDOWN_LIMIT


@require_http_methods(["GET", "HEAD", "POST"])
def decision_new(request: HtmxRequest, workspace: str) -> HttpResponse:
    """A decision that a person writes from the headings on."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    if request.method != "POST":
        return _opened(request, space, None, initial={"body": EMPTY_DECISION})
    if "autosave" in request.POST or "discard" in request.POST:
        return _unsaved(request, space, None)
    form, terms = _forms(request, space, None)
    valid = form.is_valid() & terms.is_valid()
    if not valid or "preview" in request.POST:
        return _editor(request, form, terms, found=None, status=200 if valid else 422)
    made = write_decision(workspace=space, text=form.text, by=request.user, terms=terms.chosen)
    messages.success(request, f"Decision {made.label} is a draft now.")
    return redirect(made)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_edit(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """The editor of a draft: the text at the left, how it will look at the right."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    found = get_object_or_404(decision_of(space, number))
    if request.method == "POST" and ("autosave" in request.POST or "discard" in request.POST):
        return _unsaved(request, space, found)
    if not found.is_draft:
        messages.error(request, f"Decision {found.label} is {found.status}: its text cannot change any more.")
        return redirect(found)
    if request.method != "POST":
        return _opened(request, space, found, initial=_fields_of(found))
    form, terms = _forms(request, space, found)
    valid = form.is_valid() & terms.is_valid()
    if not valid or "preview" in request.POST:
        return _editor(request, form, terms, found=found, status=200 if valid else 422)
    try:
        edit_draft(
            found, text=form.text, version=form.cleaned_data["version"] or 0, by=request.user, terms=terms.chosen
        )
    except ChangedMeanwhile:
        return _conflict(request, form, terms, found)
    except AlreadyDecided as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, "Saved.")
    return redirect(found)


@require_POST
def decision_preview(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The text as it will look, while it is typed. Nothing is stored."""
    get_workspace(request, workspace, Role.REVIEWER)
    title, body = request.POST.get("title", ""), request.POST.get("body", "").replace("\r\n", "\n")
    try:
        context = _shown(title=title, html=markdown_to_html(body))
    except RenderingFailed as failure:
        context = {**_shown(title=title, html=""), "failure": str(failure)}
    status = 422 if context["failure"] else 200
    return answer(
        request, page="decisions/preview.html", partial="decisions/_preview.html", context=context, status=status
    )


def _fields_of(found: Decision) -> dict[str, object]:
    names = ("title", "body", "decision_makers", "consulted", "informed", "tags", "version")
    return {name: getattr(found, name) for name in names}


def _forms(request: HtmxRequest, space: Workspace, found: Decision | None) -> tuple[DecisionForm, TermsForm]:
    """What the person has sent: the text, and what the decision binds."""
    form = DecisionForm(request.POST, members=member_names(space))
    return form, TermsForm(request.POST, workspace=space, decision=found, standings=standings_of(space))


def _opened(
    request: HtmxRequest, space: Workspace, found: Decision | None, *, initial: dict[str, object]
) -> HttpResponse:
    """The editor as a person opens it: with what they had typed and not saved, or with what is stored."""
    members, standings = member_names(space), standings_of(space)
    unsaved = working_copy(space, found, request.user)
    html = found.rendered if found is not None else ""
    form = DecisionForm(initial=initial, members=members)
    terms = TermsForm(initial=TermsForm.initial_of(found), workspace=space, decision=found, standings=standings)
    if unsaved is not None:
        typed: MultiValueDict[str, str] = MultiValueDict(unsaved.fields)
        # As first values and not as what was sent: it is shown as it was left, and nobody judges what is not finished.
        form = DecisionForm(initial=values_of(form, typed) | {"version": unsaved.based_on or None}, members=members)
        terms = TermsForm(initial=values_of(terms, typed), workspace=space, decision=found, standings=standings)
        html = _html(str(typed.get("body", "")))
    return _editor(request, form, terms, found=found, html=html, unsaved=unsaved)


def _unsaved(request: HtmxRequest, space: Workspace, found: Decision | None) -> HttpResponse:
    """Keep what is typed, or forget it; neither makes a version."""
    page = found.get_absolute_url() if found is not None else reverse("decisions:decision_list", args=[space.slug])
    if "discard" in request.POST:
        discard_working_copy(workspace=space, decision=found, by=request.user)
        messages.success(request, "What you had not saved is gone.")
        return redirect(page)
    fields = {name: values for name, values in request.POST.lists() if name not in NOT_TYPED}
    context: dict[str, object] = {"decision": found}
    status = 200
    if sum(len(value) for values in fields.values() for value in values) > MOST_TYPED:
        context["too_long"], status = True, 422
    else:
        seen = VersionForm(request.POST).seen
        context["kept"] = keep_working_copy(
            workspace=space, decision=found, fields=fields, based_on=seen, by=request.user
        )
        if found is not None and found.version != seen:
            context["newer"] = versions_of(found).first()
    return answer(request, page="decisions/kept.html", partial="decisions/_kept.html", context=context, status=status)


def _editor(
    request: HtmxRequest,
    form: DecisionForm,
    terms: TermsForm,
    *,
    found: Decision | None,
    html: str = "",
    unsaved: WorkingCopy | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "terms": terms,
        "decision": found,
        "unsaved": unsaved,
        **_shown(title=str(form["title"].value() or ""), html=html or form.html),
    }
    return render(request, "decisions/decision_edit.html", context, status=status)


def _conflict(request: HtmxRequest, form: DecisionForm, terms: TermsForm, found: Decision) -> HttpResponse:
    """Both texts: what is saved now above, this person's in the form, which replaces the newer one when sent again."""
    labels = {name: str(form[name].label) for name in ("title", "decision_makers", "consulted", "informed", "tags")}
    mine = form.cleaned_data
    theirs = [
        Difference(label=label, theirs=getattr(found, name), mine=mine[name])
        for name, label in labels.items()
        if getattr(found, name) != mine[name]
    ]
    if terms.chosen is not None and terms.chosen.confirmation != found.confirmation:
        theirs.append(
            Difference(
                label="What must hold", theirs=in_short(found.confirmation), mine=in_short(terms.chosen.confirmation)
            )
        )
    initial = {name: mine[name] for name in ("body", *labels)} | {"version": found.version}
    again = DecisionForm(initial=initial, members=member_names(found.workspace))
    context = {
        "form": again,
        "terms": terms,
        "decision": found,
        "conflict": True,
        "theirs": theirs,
        "saved_body": found.body,
        "changes": differences(found.body, mine["body"]),
        **_shown(title=mine["title"], html=form.html),
    }
    return render(request, "decisions/decision_edit.html", context, status=409)


def _html(body: str) -> str:
    try:
        return markdown_to_html(body.replace("\r\n", "\n"))
    except RenderingFailed:
        return ""


def _shown(*, title: str, html: str) -> dict[str, object]:
    safe = mark_safe(finished(html))  # noqa: S308 - nothing but what the allow-list lets through
    return {"shown_title": title, "html": safe, "failure": ""}
