"""The list of decisions, the page of one, what becomes of it, and how it leaves."""

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
)
from archreview.decisions.binding import in_short
from archreview.decisions.differences import differences
from archreview.decisions.export import as_markdown, as_pdf, pictures, status_words
from archreview.decisions.forms import (
    CommentForm,
    DecideForm,
    VersionForm,
    successors_of,
)
from archreview.decisions.layout import finished
from archreview.decisions.models import Decision, DecisionVersion, Status, Template
from archreview.decisions.queries import (
    comments_on,
    count_by_status,
    decision_of,
    decisions_of,
    subject_row,
    templates_of,
    versions_of,
    working_copy,
)
from archreview.decisions.sealing import NotAsDecided, is_intact
from archreview.decisions.standing import STATE_MEANINGS, STATE_NAMES, check_rows, standings_of
from archreview.rendering import RenderingFailed
from archreview.web.answers import redirect_whole_page
from archreview.web.lists import PAGE_SIZE, chosen, order_of, page_of
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

# Beyond this many the board says that it is not all; the list has pages.
MOST_ON_BOARD = 500
MOST_CARDS = 30
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
    standings = standings_of(space)
    broken = request.GET.get("standing") == "broken"
    sort, order = order_of(request, ORDERS, default="-number")
    found = (
        decisions_of(space, text=text, statuses=statuses).order_by(*order).defer("body", "generated_body", "rendered")
    )
    if broken:
        found = found.filter(number__in=standings.broken())
    counts = count_by_status(space)
    as_board = request.GET.get("view") == "board"
    page = page_of(request, found[:MOST_ON_BOARD] if as_board else found, size=MOST_ON_BOARD if as_board else PAGE_SIZE)
    rows = [(row, state, STATE_NAMES.get(state, "")) for row in page for state in [standings.state_of(row.label)]]
    context = {
        "page": page,
        "rows": rows,
        "board": _columns(rows) if as_board else [],
        "as_board": as_board,
        "broken": broken,
        "broken_count": len(standings.broken()),
        "text": text,
        "sort": sort,
        "statuses": [(value, label, counts[value]) for value, label in Status.choices],
        "filtered": bool(text or statuses or broken),
    }
    return render(request, "decisions/decision_list.html", context)


def _columns(rows: list[tuple[Decision, str, str]]) -> list[tuple[str, str, list[tuple[Decision, str, str]], int]]:
    """The board: for each status its name, its newest decisions, and how many more there are."""
    columns = []
    for value, label in Status.choices:
        cards = [row for row in rows if row[0].status == value]
        columns.append((value, str(label), cards[:MOST_CARDS], len(cards) - len(cards[:MOST_CARDS])))
    return columns


@require_safe
def decision(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """One decision: its text, its pictures, who decided, what it is about, every text that was saved."""
    space = get_workspace(request, workspace)
    found = get_object_or_404(decision_of(space, number))
    return decision_page(request, space, found)


def decision_page(
    request: HtmxRequest,
    space: Workspace,
    found: Decision,
    *,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one decision; `comment_form` is a comment that could not be taken."""
    standings = standings_of(space)
    state = standings.state_of(found.label)
    checks = check_rows(space, standings, found.label)
    context = {
        "decision": found,
        "state": state,
        "state_name": STATE_NAMES.get(state, ""),
        "state_meaning": STATE_MEANINGS.get(state, ""),
        "checks": [check for check in checks if not check.holds],
        "checks_that_hold": [check for check in checks if check.holds],
        "comments": comments_on(found),
        "comment_form": comment_form or CommentForm(),
        "unsaved": working_copy(space, found, request.user),
        "status": status_words(found),
        "intact": is_intact(found),
        "html": mark_safe(finished(found.rendered)),  # noqa: S308 - nothing but what the allow-list lets through
        "pictures": [(caption, mark_safe(svg)) for caption, svg in pictures(found)],  # noqa: S308 - our own drawing
        "subject": subject_row(found),
        "versions": versions_of(found),
        "changes": differences(found.generated_body, found.body) if found.changed_by_people else [],
        "templates": _template_choices(found) if found.is_draft else [],
        "is_outdated": found.is_draft and bool(found.matter) and found.revision != space.revision,
        "successors": successors_of(found) if found.status == Status.ACCEPTED else [],
    }
    return render(request, "decisions/decision.html", context, status=status)


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
    try:
        markdown = as_markdown(found)
    except NotAsDecided as refusal:
        return render(request, "decisions/no_export.html", {"decision": found, "reason": str(refusal)}, status=409)
    return _file(markdown.encode(), name=found.file_name, kind="text/markdown; charset=utf-8")


@require_safe
def decision_pdf(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """The decision as a PDF; where it cannot be made, a page that says so and offers the Markdown."""
    space = get_workspace(request, workspace)
    found = get_object_or_404(decision_of(space, number))
    try:
        pdf = as_pdf(found)
    except NotAsDecided as refusal:
        return render(request, "decisions/no_export.html", {"decision": found, "reason": str(refusal)}, status=409)
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
        "binds": in_short(shown.confirmation),
        "fields": _other_fields(before, shown) if before is not None else [],
        "changes": differences(before.body, shown.body) if before is not None else [],
    }
    return render(request, "decisions/decision_version.html", context)


def _other_fields(before: DecisionVersion, shown: DecisionVersion) -> list[Difference]:
    """What changed beside the text: `theirs` is what was, `mine` what is."""
    labels = {"title": "Title", "decision_makers": "Decision makers", "consulted": "Consulted", "informed": "Informed"}
    found = [
        Difference(label=label, theirs=getattr(before, name), mine=getattr(shown, name))
        for name, label in labels.items()
        if getattr(before, name) != getattr(shown, name)
    ]
    if before.confirmation != shown.confirmation:
        found.append(
            Difference(label="What must hold", theirs=in_short(before.confirmation), mine=in_short(shown.confirmation))
        )
    return found


def _template_choices(found: Decision) -> list[tuple[str, str, bool]]:
    """The templates that a draft can be laid into: value, name, whether it is that one."""
    chosen = found.template_name if found.template == Template.OWN else found.template
    built_in = [(value, label, value == chosen) for value, label in Template.choices if value != Template.OWN]
    own = [(f"own:{row.pk}", row.name, row.name == chosen) for row in templates_of(found.workspace)]
    return [*built_in, *own]


def _file(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A download. The name is made of digits, lower case letters and dashes, so it needs no quoting."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
