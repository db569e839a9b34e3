"""The page of a job: how far it is, and what came of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from archreview.jobs import actions
from archreview.jobs.kinds import JobFailed, kind_of
from archreview.jobs.models import Job
from archreview.jobs.queries import jobs_of, result_of
from archreview.web.answers import answer
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role


@require_safe
def job(request: HtmxRequest, workspace: str, job: int) -> HttpResponse:
    """The page, which follows the job by itself."""
    return render(request, "jobs/job.html", _context(request, _found(request, workspace, job)))


@require_safe
def progress(request: HtmxRequest, workspace: str, job: int) -> HttpResponse:
    """The part of the page that changes; 204 while it looks as the page that asks already shows it."""
    found = _found(request, workspace, job)
    if request.GET.get("look") == found.look:
        return HttpResponse(status=204)
    return answer(request, page="jobs/job.html", partial="jobs/_job.html", context=_context(request, found))


@require_safe
def result(request: HtmxRequest, workspace: str, job: int) -> HttpResponse:
    """The file that came of it, as a download."""
    file = get_object_or_404(result_of(_found(request, workspace, job)))
    # The name is made of digits, lower case letters and dashes, so it needs no quoting.
    return HttpResponse(
        bytes(file.content),
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


@require_POST
def cancel(request: HtmxRequest, workspace: str, job: int) -> HttpResponse:
    """Stop it; whoever asked for it may, and a lead."""
    found = _own(request, workspace, job)
    if actions.cancel(found):
        messages.success(request, f"Cancelled “{found.title}”.")
    else:
        messages.info(request, f"“{found.title}” had ended before it could be cancelled.")
    return redirect(found)


@require_POST
def retry(request: HtmxRequest, workspace: str, job: int) -> HttpResponse:
    """Begin it anew."""
    found = _own(request, workspace, job)
    try:
        actions.retry(found)
    except actions.CannotRetry as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@require_POST
def delete(request: HtmxRequest, workspace: str, job: int) -> HttpResponse:
    """Delete it with what came of it, which can be made again."""
    found = _own(request, workspace, job)
    _, place = _place(found)
    actions.delete(found)
    messages.success(request, f"Deleted “{found.title}”.")
    return redirect(place)


def _found(request: HtmxRequest, workspace: str, job: int) -> Job:
    space = get_workspace(request, workspace)
    return get_object_or_404(jobs_of(space), pk=job)


def _own(request: HtmxRequest, workspace: str, job: int) -> Job:
    found = _found(request, workspace, job)
    if not _may_change(request, found):
        raise PermissionDenied("Only whoever asked for this, or a lead, can change it.")
    return found


def _may_change(request: HtmxRequest, job: Job) -> bool:
    return job.asked_by_id == request.user.pk or Role(request.membership.role).includes(Role.LEAD)


def _context(request: HtmxRequest, job: Job) -> dict[str, object]:
    """What the page shows. It lies where such jobs are listed, and links to what the person may open."""
    name, place = _place(job)
    request.place = place
    may_open = Role(request.membership.role).includes(_role(job))
    return {
        "job": job,
        "file": getattr(job, "result", None),
        "may_change": _may_change(request, job),
        "may_open": may_open,
        "place_name": name,
        "place_url": place,
        **_outcome(job),
    }


def _outcome(job: Job) -> dict[str, str]:
    """Name and address of the page that shows what came of it, where that is no file to download."""
    try:
        kind = kind_of(job)
    except JobFailed:
        return {}
    if not kind.outcome:
        return {}
    return {"outcome_name": kind.outcome_name, "outcome_url": reverse(kind.outcome, args=[job.workspace.slug, job.pk])}


def _role(job: Job) -> Role:
    """What a person must be to open the pages that the job names."""
    try:
        return kind_of(job).role
    except JobFailed:
        return Role.VIEWER


def _place(job: Job) -> tuple[str, str]:
    """Name and address of the page that lists such jobs; of the workspace where nobody knows the kind any more."""
    try:
        kind = kind_of(job)
    except JobFailed:
        return job.workspace.name, job.workspace.get_absolute_url()
    return kind.place_name, reverse(kind.place, args=[job.workspace.slug])
