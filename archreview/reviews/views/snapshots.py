"""The snapshots of a workspace: their list, one of them, and what differs between two."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from archreview.reviews.actions.snapshots import take_snapshot
from archreview.reviews.comparing import compare, numbers_changed
from archreview.reviews.models import Snapshot
from archreview.reviews.queries.snapshots import snapshots_of, trend_of
from archreview.reviews.session_forms import SnapshotForm
from archreview.reviews.trends import shown_trends
from archreview.rules.queries import current_catalog
from archreview.web.lists import page_of
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace


@require_http_methods(["GET", "HEAD", "POST"])
def snapshot_list(request: HtmxRequest, workspace: str) -> HttpResponse:
    """The snapshots, two of which can be compared; a reviewer takes another one."""
    found = get_workspace(request, workspace, Role.REVIEWER if request.method == "POST" else Role.VIEWER)
    form = SnapshotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        taken = take_snapshot(workspace=found, title=form.cleaned_data["title"], by=request.user)
        messages.success(request, f"The snapshot “{taken.title}” is taken.")
        return redirect("reviews:snapshot_list", workspace)
    trends, table = shown_trends(trend_of(found))
    context = {
        "form": form,
        "page": page_of(request, snapshots_of(found)),
        "trends": trends,
        "trend_table": table,
    }
    return render(request, "sessions/snapshot_list.html", context, status=422 if form.is_bound else 200)


@require_safe
def snapshot(request: HtmxRequest, workspace: str, snapshot: int) -> HttpResponse:
    """One snapshot: its numbers, its hash and whether that still holds, its model as a file."""
    found = get_workspace(request, workspace)
    shown = _snapshot(found, snapshot)
    others = snapshots_of(found).exclude(pk=shown.pk)
    context = {
        "snapshot": shown,
        "intact": shown.is_intact,
        "numbers": numbers_changed(shown.numbers, shown.numbers),
        "severities": list(shown.numbers["findings"].items()),
        "before": others.filter(taken_at__lte=shown.taken_at).first(),
        "later": others.filter(taken_at__gt=shown.taken_at).last(),
    }
    return render(request, "sessions/snapshot.html", context)


@require_safe
def snapshot_model(request: HtmxRequest, workspace: str, snapshot: int) -> HttpResponse:
    """The model of a snapshot as architecture.yaml."""
    shown = _snapshot(get_workspace(request, workspace), snapshot)
    name = f"architecture-{shown.taken_at:%Y-%m-%d}.yaml"
    return HttpResponse(
        shown.model_text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def snapshot_compare(request: HtmxRequest, workspace: str) -> HttpResponse:
    """What differs between the snapshots `?before=` and `?after=`; without them, between the last two."""
    found = get_workspace(request, workspace)
    choices = list(snapshots_of(found))
    if len(choices) < 2:
        return redirect("reviews:snapshot_list", workspace)
    before = _chosen(request, found, "before", default=choices[1])
    after = _chosen(request, found, "after", default=choices[0])
    if not (before.is_intact and after.is_intact):
        broken = before if not before.is_intact else after
        messages.error(request, "This snapshot is not what was taken: its hash does not match. It cannot be compared.")
        return redirect("reviews:snapshot", workspace, broken.pk)
    names = {"edge": "reviews:edge", "flow": "reviews:flow", "service": "reviews:service"}
    context = {
        "before": before,
        "after": after,
        "choices": choices,
        "comparison": compare(before, after, catalog=current_catalog()),
        "pages": {kind: reverse(name, args=[workspace, "id"])[:-3] for kind, name in names.items()},
    }
    return render(request, "sessions/snapshot_compare.html", context)


def _chosen(request: HtmxRequest, workspace: Workspace, name: str, *, default: Snapshot) -> Snapshot:
    given = request.GET.get(name, "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404("There is no such snapshot.")
    return _snapshot(workspace, int(given))


def _snapshot(workspace: Workspace, key: int) -> Snapshot:
    return get_object_or_404(Snapshot.objects.select_related("taken_by", "workspace"), workspace=workspace, pk=key)
