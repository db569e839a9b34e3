"""A catalog file at the desk: what it would change, before it is loaded."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems
from archreview.rules.dry_runs import DryRun, dry_run
from archreview.rules.queries import EntryDifference, contents_in_force, differences_between
from archreview.rules.values import Contents, contents_of_catalog
from archreview.rules.views.desk import rights
from archreview.web.answers import wants_partial
from archreview.web.requests import HtmxRequest

PROBLEMS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HtmxRequest) -> HttpResponse:
    """Take a catalog file, uploaded or pasted, and show what it would change everywhere; nothing is stored."""
    may = rights(request)
    context: dict[str, object] = {"may": may, "text": ""}
    status = 200
    if request.method == "POST":
        uploaded = request.FILES.get("file")
        data: str | bytes = uploaded.read() if uploaded else request.POST.get("text", "")
        name = str(uploaded.name) if uploaded else "pasted text"
        problems = Problems()
        catalog = read_catalog(data, file=name, problems=problems)
        context |= {"text": "" if uploaded else data, "file_name": name}
        if catalog is None:
            context["problems"] = problems.all()[:PROBLEMS_SHOWN]
            status = 422
        else:
            changed, found = _compared(request, contents_of_catalog(catalog))
            context |= {"changed": changed, "dry_run": found, "was_tried": True}
    template = "rules/desk/_file.html" if wants_partial(request) else "rules/desk/file.html"
    return render(request, template, context, status=status)


def _compared(request: HtmxRequest, contents: Contents) -> tuple[list[EntryDifference], DryRun]:
    """Give what the file says otherwise than what is in force, and what that would change in the workspaces."""
    current = contents_in_force()
    # Examples are no part of what is judged by, and are not read for the comparison.
    judged_by = {
        name: {field: value for field, value in content.items() if field != "examples"}
        for name, content in contents.items()
    }
    changed = differences_between({name: current[name] for name in judged_by if name in current}, judged_by)
    wanted = {(each.kind, each.key): contents[each.kind, each.key] for each in changed}
    return changed, dry_run(wanted, person=request.user, only=request.POST.get("only", "")) if wanted else DryRun()
