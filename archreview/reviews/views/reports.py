"""The reports of a workspace: ask for one, and find those that are made."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from archreview.jobs.actions import TooManyJobs, ask
from archreview.jobs.models import Job
from archreview.jobs.queries import jobs_of
from archreview.registry.queries import systems_of
from archreview.reviews.forms import EVERYTHING, ReportForm
from archreview.reviews.report.making import REPORT
from archreview.reviews.report.options import HTML, NAMES, Options
from archreview.web.lists import page_of
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

REPORTS_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The form, and the reports of the last days. Whoever sees the workspace may have a report of it."""
    found = get_workspace(request, workspace)
    systems = [(system.slug, system.name or system.slug) for system in systems_of(found)]
    if request.method != "POST":
        chosen = request.GET.get("system", "")
        initial = {"system": chosen if chosen in dict(systems) else EVERYTHING}
        return _render(request, found, ReportForm(systems=systems, initial=initial))
    form = ReportForm(request.POST, systems=systems)
    if not form.is_valid():
        return _render(request, found, form, status=422)
    options = form.options
    subject = dict(systems)[options.system] if options.system else found.name
    try:
        job = ask(
            workspace=found,
            kind=REPORT,
            title=f"Review of {subject}",
            options=options.as_json(),
            by=request.user,
        )
    except TooManyJobs as refusal:
        form.add_error(None, str(refusal))
        return _render(request, found, form, status=422)
    return redirect(job)


def _render(request: HtmxRequest, workspace: Workspace, form: ReportForm, *, status: int = 200) -> HttpResponse:
    page = page_of(request, jobs_of(workspace, REPORT), size=REPORTS_A_PAGE)
    is_lead = Role(request.membership.role).includes(Role.LEAD)
    context = {
        "form": form,
        "page": page,
        "rows": [
            {
                "job": job,
                "file": getattr(job, "result", None),
                "holds": holds(job),
                "may_change": is_lead or job.asked_by_id == request.user.pk,
            }
            for job in page.object_list
        ],
    }
    return render(request, "reviews/reports.html", context, status=status)


def holds(job: Job) -> str:
    """Say in a line what a report holds."""
    options = Options.from_json(job.options)
    left_out = [name for name in NAMES if name not in options.chapters]
    words = "HTML" if options.form == HTML else "PDF"
    if left_out:
        words += f", without {', '.join(left_out)}"
    elif options.findings_only:
        words += ", sheets of edges with findings"
    return words
