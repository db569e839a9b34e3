"""Taking what a person states beside the analysis."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import QuerySet
from django.http import Http404

from archreview.engine.results import Subject
from archreview.registry.actions import state_facts
from archreview.registry.models import Channel, Edge, Service
from archreview.registry.queries import channels_of, edges_of, services_of
from archreview.reviews.analyses import Analysis, follow_edge
from archreview.reviews.asking import channel_choices
from archreview.reviews.forms import StatementForm
from archreview.web.requests import HtmxRequest
from archreview.workspaces.models import Workspace


def take_statement(
    request: HtmxRequest, workspace: Workspace, analysis: Analysis, subject: Subject, *, row: Edge | None = None
) -> tuple[Edge | Service | Channel, StatementForm, str]:
    """
    Store the statement that was posted about the subject.

    Gives the subject's row (`row` where it has been read already), the form, and what was wrong ("" where nothing was).

    Only the one fact is written: two people who state different facts at once lose nothing. `workspace` is at its new
    revision afterwards. Raises Http404 where there is no such subject.
    """
    stated: Any = row or _row_of(workspace, subject)
    # The action raises the revision of this object, which the page is then made from.
    stated.workspace = workspace
    fact = request.POST.get("fact", "")
    form = StatementForm(request.POST, kind=subject.kind, fact=fact, channels=channel_choices(analysis, fact))
    if not form.is_valid():
        return stated, form, form.first_error()
    since = workspace.revision
    try:
        state_facts(subject=stated, values={fact: form.stated}, by=request.user, note=form.cleaned_data["note"])
    except ValidationError as refused:
        return stated, form, " ".join(refused.messages)
    except ObjectDoesNotExist as gone:  # deleted since it was read
        raise Http404("There is no such thing any more.") from gone
    if isinstance(stated, Edge):
        follow_edge(workspace, analysis, since=since, edge=stated)
    return stated, form, ""


def _row_of(workspace: Workspace, subject: Subject) -> Edge | Service | Channel:
    rows: dict[str, QuerySet[Edge] | QuerySet[Service] | QuerySet[Channel]] = {
        "edge": edges_of(workspace),
        "service": services_of(workspace),
        "channel": channels_of(workspace),
    }
    row = rows[subject.kind].filter(slug=subject.id).first() if subject.kind in rows else None
    if row is None:
        raise Http404("There is no such thing.")
    return row
