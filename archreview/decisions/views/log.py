"""The log as files: out as zip or PDF, in with a preview."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from archreview.decisions.arrivals import CHANGED, KEPT, NEW, UNCHANGED, Plan, plan_import
from archreview.decisions.importing import PlanChanged, import_log
from archreview.decisions.large_logs import LOG_IMPORT, ask_for_import, in_numbers, is_for_workers, limits
from archreview.decisions.log import log_archive
from archreview.decisions.log_document import DECISION_LOG, is_small, log_pdf
from archreview.decisions.log_forms import LogForm, StoreForm
from archreview.decisions.queries import count_by_status, decision_of
from archreview.decisions.sealing import NotAsDecided
from archreview.interchange.decisions.archives import read_archive, write_archive
from archreview.interchange.decisions.log import read_log
from archreview.interchange.decisions.reading import NO_DATE, NO_STATUS
from archreview.interchange.decisions.writing import LAYOUTS
from archreview.interchange.problems import Problem, Problems
from archreview.jobs.actions import TooManyJobs, ask
from archreview.jobs.queries import jobs_of
from archreview.rendering import RenderingFailed
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

MOST_PROBLEMS = 200
MOST_SHOWN = 400
JOBS_SHOWN = 10
# The records come back with the form, in text that takes a third more; a request holds 6 MB of that.
MOST_ROUND_TRIP = 4_000_000
NOT_STATED = (NO_STATUS, NO_DATE)


@require_safe
def log_page(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The ways that the log goes out, and the documents of the last days that workers have made of it."""
    space = get_workspace(request, workspace)
    context = {
        "layouts": list(LAYOUTS.values()),
        "count": sum(count_by_status(space).values()),
        "is_small": is_small(space),
        "jobs": list(jobs_of(space, DECISION_LOG)[:JOBS_SHOWN]),
    }
    return render(request, "decisions/log_export.html", context)


@require_safe
def log_zip(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The log as a zip archive, in the layout of the tool that the URL asks for."""
    space = get_workspace(request, workspace)
    layout = request.GET.get("layout", "madr")
    if layout not in LAYOUTS:
        raise Http404("There is no such layout.")
    try:
        archive = log_archive(space, layout=layout)
    except NotAsDecided as refusal:
        return _refused(request, refusal)
    return _file(archive, name=f"decisions-{layout}.zip", kind="application/zip")


@require_http_methods(["GET", "HEAD", "POST"])
def log_document(request: HtmxRequest, workspace: str) -> HttpResponse:
    """
    The log as one PDF: asked for, a worker makes it; where it is small, it comes at once as well.

    Where it cannot be made, a page says so and offers the zip. Whoever sees the workspace may have it.
    """
    space = get_workspace(request, workspace)
    if request.method == "POST":
        try:
            return redirect(
                ask(workspace=space, kind=DECISION_LOG, title=f"Decisions of {space.name}", options={}, by=request.user)
            )
        except TooManyJobs as refusal:
            messages.error(request, str(refusal))
            return redirect("decisions:log_export", space.slug)
    if not is_small(space):
        messages.info(request, "This log is long: a worker makes its PDF.")
        return redirect("decisions:log_export", space.slug)
    try:
        pdf = log_pdf(space)
    except NotAsDecided as refusal:
        return _refused(request, refusal)
    except RenderingFailed as failure:
        return render(request, "decisions/no_log_pdf.html", {"reason": str(failure)}, status=422)
    return _file(pdf, name="decisions.pdf", kind="application/pdf")


@require_safe
def decision_by_file(request: HtmxRequest, workspace: str, number: int, file: str) -> HttpResponse:
    """A link between records, as texts have it (`0008-add-status-field.md`), leads to that decision's page."""
    space = get_workspace(request, workspace)
    digits = file.partition("-")[0].removesuffix(".md")
    meant = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else -1
    return redirect(get_object_or_404(decision_of(space, meant)))


@require_http_methods(["GET", "HEAD", "POST"])
def log_import(request: HtmxRequest, workspace: str) -> HttpResponse:
    """
    Records come in: first a preview of what that would do, then, when the person says so, the import.

    For a lead, because what comes in as accepted is accepted.
    """
    space = get_workspace(request, workspace, Role.LEAD)
    if request.method != "POST":
        return _answer(request, form=LogForm())
    if "archive" in request.POST:
        return _store(request, space)
    form = LogForm(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, form=form, status=422)
    return _take(request, space, form, without_status=form.cleaned_data["without_status"])


def _take(request: HtmxRequest, space: Workspace, form: LogForm, *, without_status: str) -> HttpResponse:
    """Read what was sent, and show what its import would do."""
    problems = Problems()
    sources = form.sources(problems, limits=limits())
    log = None if problems else read_log(sources, problems=problems, limits=limits())
    if log is None:
        return _answer(request, form=form, problems=problems.all(), status=422)
    plan = plan_import(workspace=space, log=log, without_status=without_status)
    return _preview(request, plan, sources=sources, without_status=without_status)


def _store(request: HtmxRequest, space: Workspace) -> HttpResponse:
    """Store what was previewed. It comes back with the form, and is read again like anything that is sent."""
    form = StoreForm(request.POST)
    problems = Problems()
    sources: list[tuple[str, bytes]] = []
    archive = b""
    if form.is_valid():
        with suppress(binascii.Error):
            archive = base64.b64decode(form.cleaned_data["archive"], validate=True)
        sources = read_archive(archive, file="preview", problems=problems, limits=limits())
    log = None if problems or not sources else read_log(sources, problems=problems, limits=limits())
    if log is None:
        messages.error(request, "The preview did not come back whole. Choose the files once more.")
        return _answer(request, form=LogForm(), status=422)
    without_status, seen = form.cleaned_data["without_status"], form.cleaned_data["seen"]
    try:
        plan = plan_import(workspace=space, log=log, without_status=without_status)
        if plan.fingerprint == seen and is_for_workers(plan):
            return redirect(
                ask_for_import(
                    workspace=space, archive=archive, seen=seen, without_status=without_status, by=request.user
                )
            )
        done = import_log(workspace=space, log=log, by=request.user, seen=seen, without_status=without_status)
    except TooManyJobs as refusal:
        messages.error(request, str(refusal))
        return _preview(request, plan, sources=sources, without_status=without_status)
    except PlanChanged as changed:
        return _preview(request, changed.plan, sources=sources, without_status=without_status, again=True)
    except ChangedMeanwhile:
        plan = plan_import(workspace=space, log=log, without_status=without_status)
        return _preview(request, plan, sources=sources, without_status=without_status, again=True)
    messages.success(request, in_numbers(done))
    return redirect("decisions:decision_list", space.slug)


def _preview(
    request: HtmxRequest,
    plan: Plan,
    *,
    sources: list[tuple[str, bytes]],
    without_status: str,
    again: bool = False,
) -> HttpResponse:
    records = {arrival.file for arrival in plan.arrivals}
    # Other files come along by their names: links may lead to them.
    archive = write_archive({name: content if name in records else b"" for name, content in sources}, pack=True)
    if len(archive) > MOST_ROUND_TRIP:
        problems = Problems()
        problems.add("", 1, "", "packed, the records are still too large for a page", "import them in parts")
        return _answer(request, form=LogForm(), problems=problems.all(), status=422)
    context = {
        "new": plan.of(NEW)[:MOST_SHOWN],
        "new_count": len(plan.of(NEW)),
        "changed": plan.of(CHANGED),
        "unchanged": plan.of(UNCHANGED),
        "kept": plan.of(KEPT),
        "renumbered": plan.renumbered,
        "settled": [arrival for arrival in plan.arrivals if arrival.notes][:MOST_SHOWN],
        "faults": plan.log.faults,
        "count": len(plan.of(NEW)) + len(plan.of(CHANGED)),
        "remarks": [remark for remark in plan.log.remarks if remark.message not in NOT_STATED][:MOST_SHOWN],
        "no_status": sum(remark.message == NO_STATUS for remark in plan.log.remarks),
        "no_date": sum(remark.message == NO_DATE for remark in plan.log.remarks),
        "passed_over": plan.log.passed_over[:MOST_SHOWN],
        "archive": base64.b64encode(archive).decode(),
        "seen": plan.fingerprint,
        "without_status": without_status,
        "again": again,
    }
    return render(request, "decisions/log_preview.html", context, status=409 if again else 200)


def _answer(
    request: HtmxRequest, *, form: LogForm, problems: tuple[Problem, ...] = (), status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "problems": problems[:MOST_PROBLEMS],
        "count": len(problems),
        "limits": limits(),
        "megabytes": limits().most_bytes // 1_000_000,
        "jobs": list(jobs_of(request.membership.workspace, LOG_IMPORT)[:JOBS_SHOWN]),
    }
    return render(request, "decisions/log_import.html", context, status=status)


def _refused(request: HtmxRequest, refusal: NotAsDecided) -> HttpResponse:
    context = {"decision": refusal.decision, "reason": str(refusal), "is_log": True}
    return render(request, "decisions/no_export.html", context, status=409)


def _file(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A download under a name that we made."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
