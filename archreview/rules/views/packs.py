"""Files of rules: out by download, in by upload, with all that would change before it does."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from archreview.rules import actions
from archreview.rules.access import LOOK, PUBLISH, may, need
from archreview.rules.actions import InvalidEntry
from archreview.rules.dry_runs import dry_run
from archreview.rules.forms import PublishFileForm
from archreview.rules.packs import RefusedPack, export_catalog, read_rules_file
from archreview.rules.queries import current_version
from archreview.rules.telling import told_difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile

logger = logging.getLogger(__name__)
PROBLEMS_SHOWN = 100


@require_safe
def download(request: HtmxRequest) -> HttpResponse:
    """Give the catalog in force as a file, or the rules that the address names."""
    need(request, LOOK)
    codes = request.GET.getlist("code")
    try:
        text = export_catalog(codes or None)
    except KeyError as missing:
        raise Http404("There is no such rule.") from missing
    name = f"{codes[0]}.yaml" if len(codes) == 1 else "rules.yaml" if codes else f"catalog-{current_version()}.yaml"
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HtmxRequest) -> HttpResponse:
    """Take a file of rules, show what it would change, and put it in force when that was seen."""
    need(request, LOOK)
    context: dict[str, Any] = {"may_publish": may(request, PUBLISH), "text": "", "name": ""}
    status = 200
    if request.method != "POST":
        return render(request, "rules/versions/load.html", context, status=status)
    need(request, PUBLISH)
    uploaded = request.FILES.get("file")
    name = str(uploaded.name) if uploaded else request.POST.get("name", "")[:200] or "the text"
    content: bytes = uploaded.read() if uploaded else request.POST.get("text", "").encode("utf-8", "surrogatepass")
    context |= {"text": content.decode("utf-8", "replace"), "name": name}
    try:
        pack = read_rules_file(content, file=name)
        form = PublishFileForm(request.POST)
        if form.is_valid():
            seen = form.cleaned_data["now"]
            changed = actions.load_pack(pack.contents, by=request.user, why=f"Loaded from {name}", seen=seen)
            logger.info("user %s loaded %s entries of the catalog from a file", request.user.pk, len(changed))
            messages.success(request, f"Loaded from {name}: {', '.join(key for _, key in changed) or 'nothing new'}.")
            return redirect("versions:version", current_version())
    except ChangedMeanwhile:
        context["was_stale"], status = True, 409
    except (RefusedPack, InvalidEntry) as refusal:
        lines = str(refusal).splitlines() if isinstance(refusal, InvalidEntry) else refusal.lines
        context |= {"problems": lines[:PROBLEMS_SHOWN], "problem_count": len(lines)}
        return render(request, "rules/versions/load.html", context, status=422)
    wanted = {(each.kind, each.key): pack.contents[each.kind, each.key] for each in pack.differences}
    context |= {
        "dry_run": dry_run(wanted, person=request.user, only=request.POST.get("only", "")) if wanted else None,
        "was_read": True,
        "now": current_version(),
        "differences": [told_difference(difference) for difference in pack.differences],
    }
    return render(request, "rules/versions/load.html", context, status=status)
