"""Registering, editing and deleting: one page each for every kind of entry, and small pages of their own for some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archreview.registry import actions
from archreview.registry.fields import FIELDS, to_json
from archreview.registry.forms import EntryForm
from archreview.registry.leaving import leaving_with
from archreview.registry.models import Channel, Edge, Flow, Service, System
from archreview.registry.queries import (
    channels_of,
    choices_of,
    edges_of,
    flows_of,
    history_of,
    services_of,
    systems_of,
    teams_of,
)
from archreview.registry.rows import values_of_row
from archreview.registry.words import field_in_words
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Team, Workspace

Row = Team | System | Service | Channel | Edge | Flow

ROWS: dict[str, Callable[[Workspace], QuerySet[Any]]] = {
    "team": teams_of,
    "system": systems_of,
    "service": services_of,
    "channel": channels_of,
    "edge": edges_of,
    "flow": flows_of,
}
CREATE: dict[str, Callable[..., Row]] = {
    "team": actions.create_team,
    "system": actions.create_system,
    "service": actions.create_service,
    "channel": actions.create_channel,
    "edge": actions.create_edge,
    "flow": actions.create_flow,
}
EDIT: dict[str, Callable[..., Row]] = {
    "team": actions.edit_team,
    "system": actions.edit_system,
    "service": actions.edit_service,
    "channel": actions.edit_channel,
    "edge": actions.edit_edge,
    "flow": actions.edit_flow,
}
DELETE: dict[str, Callable[..., Any]] = {
    "team": actions.delete_team,
    "system": actions.delete_system,
    "service": actions.delete_service,
    "channel": actions.delete_channel,
    "edge": actions.delete_edge,
    "flow": actions.delete_flow,
}
# What the fields of a kind may lead to.
LEADS_TO: dict[str, tuple[str, ...]] = {
    "team": (),
    "system": (),
    "service": ("team", "system"),
    "channel": (),
    "edge": ("service", "channel"),
    "flow": ("edge",),
}
ABOUT: dict[str, str] = {
    "team": "A team owns services: it is who answers the questions about them.",
    "system": "A named part of the workspace that is reviewed together. A service belongs to at most one.",
    "service": "Anything that runs and talks: your own, a database, a third party. What is not known stays unknown.",
    "channel": "What asynchronous edges travel over: a queue, a topic, a stream, named after its message.",
    "edge": "One communication, from one service to another. Who calls whom and how is enough to begin with.",
    "flow": "One user request, or one background process, as a tree of calls.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def entry_new(request: HtmxRequest, workspace: str, kind: str) -> HttpResponse:
    """Register one by hand."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    form = _form(request, space, kind)
    if request.method == "POST" and form.is_valid():
        try:
            row = CREATE[kind](workspace=space, slug=form.cleaned_data["slug"], values=form.values, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"Registered the {kind} {row}.")
            if kind == "flow":
                return redirect("registry:flow_steps", space.slug, row.slug)
            return redirect(_page_of(kind), space.slug, row.slug)
    context = {
        "kind": kind,
        "form": form,
        "lacks": _lacks(kind, form),
        "about": ABOUT[kind],
        "plural": f"{kind}s",
        "list": f"registry:{kind}_list",
    }
    return render(request, "registry/entry_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_edit(request: HtmxRequest, workspace: str, kind: str, **ids: str) -> HttpResponse:
    """Edit one. Where somebody else has saved it meanwhile, both texts are shown and nothing is stored (409)."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    row = _get(space, kind, ids)
    stored = values_of_row(row)
    form = _form(request, space, kind, stored=stored, version=row.version)
    status, theirs = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            note = {"note": form.cleaned_data["note"]} if "note" in form.fields else {}
            try:
                action = EDIT[kind]
                action(**{kind: row}, values=form.values, version=form.cleaned_data["version"], by=request.user, **note)
            except ValidationError as error:
                form.refuse(error)
            except ChangedMeanwhile:
                row = _get(space, kind, ids)
                status, theirs = 409, _differences(kind, stored=values_of_row(row), mine=form.values)
                form.show_version(row.version)
            else:
                messages.success(request, f"Saved the {kind} {row}.")
                return redirect(_page_of(kind), space.slug, row.slug)
    context = {
        "kind": kind,
        "row": row,
        "form": form,
        "note": form["note"] if "note" in form.fields else None,
        "delete": f"registry:{kind}_delete",
        "conflict": status == 409,
        "theirs": theirs,
        "plural": f"{kind}s",
        "list": f"registry:{kind}_list",
        "page": _page_of(kind),
    }
    return render(request, "registry/entry_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_delete(request: HtmxRequest, workspace: str, kind: str, **ids: str) -> HttpResponse:
    """Ask with all that goes along, then delete; ask again (409) where something else would go by now."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    row = _get(space, kind, ids)
    whole = kind == "system" and "whole" in (request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        name, seen = str(row), request.POST.get("seen", "")
        try:
            DELETE[kind](**{kind: row}, by=request.user, seen=seen, **({"whole": True} if whole else {}))
        except ChangedMeanwhile:
            pass
        else:
            messages.success(request, f"Deleted the {kind} {name}.")
            return redirect(f"registry:{kind}_list", space.slug)
    context = {
        "kind": kind,
        "row": row,
        "leaving": leaving_with(row, whole=whole),
        "whole": whole,
        "again": request.method == "POST",
        "plural": f"{kind}s",
        "list": f"registry:{kind}_list",
        "page": _page_of(kind),
    }
    return render(request, "registry/entry_delete.html", context, status=409 if request.method == "POST" else 200)


@require_safe
def channel(request: HtmxRequest, workspace: str, channel: str) -> HttpResponse:
    """A channel: its facts, who sends over it and who receives."""
    space = get_workspace(request, workspace)
    row: Channel = _get(space, "channel", {"channel": channel})
    context = {
        "row": row,
        "facts": _facts("channel", row),
        "edges": edges_of(space).filter(channel=row).order_by("source__name", "target__name"),
        "history": history_of(row),
    }
    return render(request, "registry/channel.html", context)


@require_safe
def system(request: HtmxRequest, workspace: str, system: str) -> HttpResponse:
    """A system with its services."""
    space = get_workspace(request, workspace)
    row: System = _get(space, "system", {"system": system})
    services = services_of(space).filter(system=row).order_by("name")
    return render(request, "registry/system.html", {"row": row, "services": services})


@require_safe
def team(request: HtmxRequest, workspace: str, team: str) -> HttpResponse:
    """A team with the services that it owns."""
    space = get_workspace(request, workspace)
    row: Team = _get(space, "team", {"team": team})
    return render(
        request, "registry/team.html", {"row": row, "services": services_of(space).filter(team=row).order_by("name")}
    )


@require_POST
def edge_confirm(request: HtmxRequest, workspace: str, edge: str) -> HttpResponse:
    """Declare that an edge exists of which there was only a hint."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    row: Edge = _get(space, "edge", {"edge": edge})
    actions.confirm_edge(edge=row, by=request.user)
    messages.success(request, f"The edge {row} takes part from now on.")
    return redirect("reviews:edge", space.slug, row.slug)


def _get(space: Workspace, kind: str, ids: dict[str, str]) -> Any:
    row = get_object_or_404(ROWS[kind](space), slug=ids[kind])
    # The action counts the change on the workspace that it finds here.
    row.workspace = space
    return row


def _form(
    request: HtmxRequest,
    space: Workspace,
    kind: str,
    *,
    stored: dict[str, Any] | None = None,
    version: int | None = None,
) -> EntryForm:
    proposed = {field.name: request.GET.get(field.name, field.default) for field in FIELDS[kind]}
    return EntryForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        references={name: choices_of(space, name) for name in LEADS_TO[kind]},
        stored=stored,
        version=version,
        initial=proposed,
    )


def _page_of(kind: str) -> str:
    """The name of the page of one entry; those that show an analysis belong to the reviews."""
    return f"{'reviews' if kind in {'service', 'edge', 'flow'} else 'registry'}:{kind}"


def _lacks(kind: str, form: EntryForm) -> str:
    """What must be registered first."""
    if kind == "edge" and len(form.fields["source"].choices) < 3:  # type: ignore[attr-defined]
        return "service"
    if kind == "flow" and len(form.fields["first_step"].choices) < 2:  # type: ignore[attr-defined]
        return "edge"
    return ""


def _differences(kind: str, *, stored: dict[str, Any], mine: dict[str, Any]) -> list[Difference]:
    differences = []
    for field in FIELDS[kind]:
        if field.name in mine:
            now, own = to_json(field, stored[field.name]), to_json(field, mine[field.name])
            if now != own:
                label = field.label[:1].upper() + field.label[1:]
                differences.append(Difference(label, field_in_words(field, now), field_in_words(field, own)))
    return differences


def _facts(kind: str, row: Any) -> list[tuple[str, str, bool]]:
    """The facts of a row for its page: label, value in words, whether it is known."""
    values = values_of_row(row)
    return [
        (field.label, field_in_words(field, to_json(field, values[field.name])), values[field.name] is not None)
        for field in FIELDS[kind]
        if field.fact is not None
    ]
