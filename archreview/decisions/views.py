from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archreview.decisions.actions import (
    AlreadyDecided,
    NoSuchStep,
    decide,
    delete_draft,
    edit_draft,
    write_decision,
)
from archreview.decisions.differences import differences
from archreview.decisions.export import as_markdown, as_pdf, pictures, status_words
from archreview.decisions.forms import DecideForm, DecisionForm, VersionForm, successors_of
from archreview.decisions.layout import finished
from archreview.decisions.models import Decision, Status
from archreview.decisions.queries import count_by_status, decision_of, decisions_of, subject_edge, versions_of
from archreview.decisions.skeleton import EMPTY_DECISION
from archreview.rendering import RenderingFailed, markdown_to_html
from archreview.web.answers import answer, redirect_whole_page
from archreview.web.lists import chosen, order_of, page_of
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role

ORDERS = {
    "-number": ("-number",),
    "number": ("number",),
    "title": ("title", "number"),
    "-date": ("-date", "-number"),
    "date": ("date", "number"),
}


@require_safe
def decision_list(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The decisions of the workspace; search and filters stand in the URL."""
    space = get_workspace(request, workspace)
    text = request.GET.get("q", "")[:200]
    statuses = chosen(request, "status", Status.values)
    sort, order = order_of(request, ORDERS, default="-number")
    found = (
        decisions_of(space, text=text, statuses=statuses).order_by(*order).defer("body", "generated_body", "rendered")
    )
    counts = count_by_status(space)
    context = {
        "page": page_of(request, found),
        "text": text,
        "sort": sort,
        "statuses": [(value, label, counts[value]) for value, label in Status.choices],
        "filtered": bool(text or statuses),
    }
    return render(request, "decisions/decision_list.html", context)


@require_safe
def decision(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """One decision: its text, its pictures, who decided, what it is about, every text that was saved."""
    space = get_workspace(request, workspace)
    found = get_object_or_404(decision_of(space, number))
    context = {
        "decision": found,
        "status": status_words(found),
        "html": mark_safe(finished(found.rendered)),  # noqa: S308 - nothing but what the allow-list lets through
        "pictures": [(caption, mark_safe(svg)) for caption, svg in pictures(found)],  # noqa: S308 - our own drawing
        "edge": subject_edge(found),
        "versions": versions_of(found),
        "changes": differences(found.generated_body, found.body) if found.changed_by_people else [],
        "successors": successors_of(found) if found.status == Status.ACCEPTED else [],
    }
    return render(request, "decisions/decision.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_new(request: HtmxRequest, workspace: str) -> HttpResponse:
    """A decision that a person writes from the headings on."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    if request.method != "POST":
        return _editor(request, DecisionForm(initial={"body": EMPTY_DECISION}), found=None)
    form = DecisionForm(request.POST)
    valid = form.is_valid()
    if not valid or "preview" in request.POST:
        return _editor(request, form, found=None, status=200 if valid else 422)
    made = write_decision(workspace=space, text=form.text, by=request.user)
    messages.success(request, f"Decision {made.label} is a draft now.")
    return redirect(made)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_edit(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """The editor of a draft: the text at the left, how it will look at the right."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    found = get_object_or_404(decision_of(space, number))
    if not found.is_draft:
        messages.error(request, f"Decision {found.label} is {found.status}: its text cannot change any more.")
        return redirect(found)
    if request.method != "POST":
        return _editor(request, DecisionForm(initial=_fields_of(found)), found=found, html=found.rendered)
    form = DecisionForm(request.POST)
    valid = form.is_valid()
    if not valid or "preview" in request.POST:
        return _editor(request, form, found=found, status=200 if valid else 422)
    try:
        edit_draft(found, text=form.text, version=form.cleaned_data["version"] or 0, by=request.user)
    except ChangedMeanwhile:
        return _conflict(request, form, found)
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


@require_POST
def decision_decide(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """A lead accepts, rejects, deprecates or replaces."""
    space = get_workspace(request, workspace, Role.LEAD)
    found = get_object_or_404(decision_of(space, number))
    form = DecideForm(request.POST, decision=found)
    if not form.is_valid():
        messages.error(
            request, "Choose the decision that takes its place." if "successor" in form.errors else "No such step."
        )
        return redirect_whole_page(request, found.get_absolute_url())
    try:
        decide(
            found,
            to=Status(form.cleaned_data["to"]),
            version=form.cleaned_data["version"],
            by=request.user,
            successor=form.cleaned_data["successor"],
        )
    except NoSuchStep as refusal:
        messages.error(request, str(refusal))
    except ChangedMeanwhile:
        messages.error(request, "Somebody has saved this decision since you opened it. Read it again, then decide.")
    else:
        messages.success(request, f"Decision {found.label} is {found.status} now.")
    return redirect_whole_page(request, found.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def decision_delete(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """Ask, then delete a draft; what is decided stays."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    found = get_object_or_404(decision_of(space, number))
    if not found.is_draft:
        messages.error(request, f"Decision {found.label} is {found.status}: only drafts can be deleted.")
        return redirect(found)
    context = {"decision": found, "versions": found.versions.count()}
    if request.method != "POST":
        return render(request, "decisions/decision_delete.html", context)
    try:
        delete_draft(found, version=VersionForm(request.POST).seen)
    except ChangedMeanwhile:
        messages.error(request, "Somebody has saved this draft since you opened it. Look at it again, then decide.")
        return render(request, "decisions/decision_delete.html", context, status=409)
    except AlreadyDecided as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, f"Deleted the draft “{found.title}”.")
    return redirect("decisions:decision_list", space.slug)


@require_safe
def decision_markdown(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """The decision as a Markdown file."""
    space = get_workspace(request, workspace)
    found = get_object_or_404(decision_of(space, number))
    return _file(as_markdown(found).encode(), name=found.file_name, kind="text/markdown; charset=utf-8")


@require_safe
def decision_pdf(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """The decision as a PDF; where it cannot be made, a page that says so and offers the Markdown."""
    space = get_workspace(request, workspace)
    found = get_object_or_404(decision_of(space, number))
    try:
        pdf = as_pdf(found)
    except RenderingFailed as failure:
        return render(request, "decisions/no_pdf.html", {"decision": found, "reason": str(failure)}, status=422)
    return _file(pdf, name=found.file_name.removesuffix(".md") + ".pdf", kind="application/pdf")


@require_safe
def decision_version(request: HtmxRequest, workspace: str, number: int, version: int) -> HttpResponse:
    """An earlier text, with what changed from the one before."""
    space = get_workspace(request, workspace)
    found = get_object_or_404(decision_of(space, number))
    shown = get_object_or_404(versions_of(found), number=version)
    before = versions_of(found).filter(number__lt=version).first()
    context = {
        "decision": found,
        "version": shown,
        "before": before,
        "changes": differences(before.body, shown.body) if before is not None else [],
    }
    return render(request, "decisions/decision_version.html", context)


def _file(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A download. The name is made of digits, lower case letters and dashes, so it needs no quoting."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _fields_of(found: Decision) -> dict[str, object]:
    names = ("title", "body", "decision_makers", "consulted", "informed", "tags", "version")
    return {name: getattr(found, name) for name in names}


def _editor(
    request: HtmxRequest, form: DecisionForm, *, found: Decision | None, html: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "decision": found,
        **_shown(title=str(form["title"].value() or ""), html=html or form.html),
    }
    return render(request, "decisions/decision_edit.html", context, status=status)


def _conflict(request: HtmxRequest, form: DecisionForm, found: Decision) -> HttpResponse:
    """Both texts: what is saved now above, this person's in the form, which replaces the newer one when sent again."""
    labels = {name: str(form[name].label) for name in ("title", "decision_makers", "consulted", "informed", "tags")}
    mine = form.cleaned_data
    theirs = [
        Difference(label=label, theirs=getattr(found, name), mine=mine[name])
        for name, label in labels.items()
        if getattr(found, name) != mine[name]
    ]
    again = DecisionForm(initial={**mine, "version": found.version})
    context = {
        "form": again,
        "decision": found,
        "conflict": True,
        "theirs": theirs,
        "saved_body": found.body,
        "changes": differences(found.body, mine["body"]),
        **_shown(title=mine["title"], html=form.html),
    }
    return render(request, "decisions/decision_edit.html", context, status=409)


def _shown(*, title: str, html: str) -> dict[str, object]:
    safe = mark_safe(finished(html))  # noqa: S308 - nothing but what the allow-list lets through
    return {"shown_title": title, "html": safe, "failure": ""}
