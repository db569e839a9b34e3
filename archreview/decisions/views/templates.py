"""Templates of a workspace, the template of a draft, and who wrote which part of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archreview.decisions.actions import AlreadyDecided
from archreview.decisions.authorship import Author, Paragraph, authorship
from archreview.decisions.built_in_templates import TEXTS
from archreview.decisions.differences import differences
from archreview.decisions.layout import finished
from archreview.decisions.models import Template, WorkspaceTemplate
from archreview.decisions.own_templates import NameIsTaken, add_template, change_own_template, delete_template
from archreview.decisions.queries import decision_of, templates_of
from archreview.decisions.record_templates import BUILT_IN, BadTemplate, left_out
from archreview.decisions.redrafting import change_template
from archreview.decisions.template_forms import TemplateForm
from archreview.rendering import RenderingFailed, markdowns_to_html
from archreview.web.answers import answer, redirect_whole_page
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role

SAVED_BY_SOMEBODY = "Somebody has saved this draft since you opened it. Look at it again."


# -- a draft ----------------------------------------------------------------------------------------------------------


@require_POST
def decision_template(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """Lay a draft into another template."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    found = get_object_or_404(decision_of(space, number))
    value, version = request.POST.get("template", ""), request.POST.get("version", "")
    own = None
    if value.startswith("own:") and value[4:].isascii() and value[4:].isdigit() and len(value) < 14:
        own = templates_of(space).filter(pk=int(value[4:])).first()
    if own is None and value not in BUILT_IN:
        messages.error(request, "There is no such template any more.")
        return redirect_whole_page(request, found.get_absolute_url())
    try:
        change_template(
            found,
            template=Template.OWN if own is not None else Template(value),
            own=own,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
            by=request.user,
        )
    except ChangedMeanwhile:
        messages.error(request, SAVED_BY_SOMEBODY)
    except (AlreadyDecided, BadTemplate) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Laid into {own.name if own is not None else Template(value).label}.")
    return redirect_whole_page(request, found.get_absolute_url())


@require_safe
def decision_authors(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """A draft paragraph by paragraph, each marked as generated, changed or written by a person."""
    space = get_workspace(request, workspace)
    found = get_object_or_404(decision_of(space, number))
    if not found.is_draft or not found.generated_body:
        raise Http404("Nothing of this text is told apart any more.")
    marked = authorship(found.generated_body, found.body)
    context = {
        "decision": found,
        "paragraphs": _shown(marked),
        "counts": [
            (author, sum(paragraph.author == author for paragraph in marked))
            for author in Author
            if any(paragraph.author == author for paragraph in marked)
        ],
    }
    return answer(request, page="decisions/authors.html", partial="decisions/_authors.html", context=context)


def _shown(marked: list[Paragraph]) -> list[dict[str, object]]:
    """Each paragraph laid out, all in one child process; as it is written where that fails."""
    try:
        pages = markdowns_to_html([paragraph.text for paragraph in marked])
    except RenderingFailed:
        pages = ["" for _ in marked]
    return [
        {
            "author": paragraph.author,
            "text": paragraph.text,
            "html": mark_safe(finished(html)),  # noqa: S308 - nothing but what the allow-list lets through
            "changes": differences(paragraph.before, paragraph.text) if paragraph.author != Author.GENERATED else [],
        }
        for paragraph, html in zip(marked, pages, strict=True)
    ]


# -- the templates of a workspace -------------------------------------------------------------------------------------


@require_safe
def template_list(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The templates that decisions can be laid into: those that everybody has, and the workspace's own."""
    space = get_workspace(request, workspace)
    built_in = [(Template(key).label, text) for key, text in TEXTS.items()]
    return render(request, "decisions/template_list.html", {"built_in": built_in, "own": templates_of(space)})


@require_http_methods(["GET", "HEAD", "POST"])
def template_new(request: HtmxRequest, workspace: str) -> HttpResponse:
    """A further template, checked and shown with a text in it before it is saved."""
    space = get_workspace(request, workspace, Role.LEAD)
    if request.method != "POST":
        return _editor(request, TemplateForm(initial={"text": TEXTS["madr"]}), row=None)
    form = TemplateForm(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _editor(request, form, row=None)
    try:
        add_template(workspace=space, name=form.cleaned_data["name"], text=form.cleaned_data["text"], by=request.user)
    except NameIsTaken:
        form.add_error("name", "Another template of this workspace has this name.")
        return _editor(request, form, row=None)
    messages.success(request, f"“{form.cleaned_data['name']}” can be chosen for drafts now.")
    return redirect("decisions:template_list", space.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def template_edit(request: HtmxRequest, workspace: str, template: int) -> HttpResponse:
    """Another text for a template. Decisions that are laid into it stay as they are."""
    space = get_workspace(request, workspace, Role.LEAD)
    row = get_object_or_404(templates_of(space), pk=template)
    if request.method != "POST":
        return _editor(request, TemplateForm(initial={"name": row.name, "text": row.text, "version": row.version}), row)
    form = TemplateForm(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _editor(request, form, row)
    data = form.cleaned_data
    try:
        change_own_template(row, name=data["name"], text=data["text"], version=data["version"] or 0, by=request.user)
    except NameIsTaken:
        form.add_error("name", "Another template of this workspace has this name.")
        return _editor(request, form, row)
    except ChangedMeanwhile:
        return _conflict(request, form, get_object_or_404(templates_of(space), pk=template))
    messages.success(request, "Saved. Decisions that were laid into it before keep their form.")
    return redirect("decisions:template_list", space.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def template_delete(request: HtmxRequest, workspace: str, template: int) -> HttpResponse:
    """Ask, then delete a template."""
    space = get_workspace(request, workspace, Role.LEAD)
    row = get_object_or_404(templates_of(space), pk=template)
    if request.method != "POST":
        return render(request, "decisions/template_delete.html", {"row": row})
    delete_template(row)
    messages.success(request, f"Deleted the template “{row.name}”. Decisions that were laid into it stay as they are.")
    return redirect("decisions:template_list", space.slug)


def _editor(request: HtmxRequest, form: TemplateForm, row: WorkspaceTemplate | None, **more: object) -> HttpResponse:
    status = 422 if form.errors else 200
    template = form.template
    html = form.html
    context = {
        "form": form,
        "row": row,
        "left_out": left_out(template) if template is not None else (),
        "head": form.head,
        "html": mark_safe(finished(html)),  # noqa: S308 - nothing but what the allow-list lets through
        **more,
    }
    shown = 409 if "conflict" in more else status
    return render(request, "decisions/template_edit.html", context, status=shown)


def _conflict(request: HtmxRequest, form: TemplateForm, row: WorkspaceTemplate) -> HttpResponse:
    """Both texts: what is saved now above, this person's in the form, which replaces the newer one when sent again."""
    mine = form.cleaned_data
    theirs = [Difference(label="Name", theirs=row.name, mine=mine["name"])] if row.name != mine["name"] else []
    again = TemplateForm(initial={**mine, "version": row.version})
    return _editor(request, again, row, conflict=True, theirs=theirs, changes=differences(row.text, mine["text"]))
