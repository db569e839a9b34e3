"""A file of rules at the desk: what it would change everywhere, before it is loaded."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from archreview.rules.dry_runs import DryRun, dry_run
from archreview.rules.packs import RefusedPack, read_rules_file
from archreview.rules.views.desk import rights
from archreview.web.requests import HtmxRequest

PROBLEMS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HtmxRequest) -> HttpResponse:
    """Take a file of rules, uploaded or pasted, and show what it would change everywhere; nothing is stored."""
    context: dict[str, object] = {"may": rights(request), "text": ""}
    status = 200
    if request.method == "POST":
        uploaded = request.FILES.get("file")
        data: bytes = uploaded.read() if uploaded else request.POST.get("text", "").encode("utf-8", "replace")
        name = str(uploaded.name) if uploaded else "the text"
        context |= {"text": "" if uploaded else request.POST.get("text", ""), "file_name": name}
        try:
            pack = read_rules_file(data, file=name)
        except RefusedPack as refusal:
            context |= {"problems": refusal.lines[:PROBLEMS_SHOWN], "problem_count": len(refusal.lines)}
            status = 422
        else:
            wanted = {(each.kind, each.key): pack.contents[each.kind, each.key] for each in pack.differences}
            only = request.POST.get("only", "")
            found = dry_run(wanted, person=request.user, only=only) if wanted else DryRun()
            context |= {"changed": pack.differences, "dry_run": found, "was_tried": True}
    return render(request, "rules/desk/file.html", context, status=status)
