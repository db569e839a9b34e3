"""Between what a newer release ships and what was changed here: decided rule by rule."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from archreview.rules import actions
from archreview.rules.access import LOOK, PUBLISH, may, need
from archreview.rules.actions import InvalidEntry
from archreview.rules.forms import DecisionForm
from archreview.rules.queries import undecided_entries
from archreview.rules.telling import told_release
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile

logger = logging.getLogger(__name__)


@require_safe
def release_list(request: HtmxRequest) -> HttpResponse:
    """Show every undecided entry in three columns: shipped before, shipped now, and ours."""
    need(request, LOOK)
    context = {
        "releases": [told_release(kind, key, row) for (kind, key), row in undecided_entries().items()],
        "may_publish": may(request, PUBLISH),
    }
    return render(request, "rules/versions/releases.html", context)


@require_POST
def decide(request: HtmxRequest, kind: str, key: str) -> HttpResponse:
    """Take the release's, keep ours, or draft one of both."""
    need(request, PUBLISH)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("There is no such choice.")
    choice, revision = form.cleaned_data["choice"], form.cleaned_data["revision"]
    if (kind, key) not in undecided_entries():
        raise Http404("There is nothing to decide about it.")
    try:
        if choice == "theirs":
            actions.take_theirs(kind, key, by=request.user, revision=revision, why="Taken from the newer release")
            said = f"{key} says what the newer release says."
        elif choice == "ours":
            actions.keep_ours(kind, key, by=request.user, revision=revision, why="Kept against the newer release")
            said = f"{key} stays as it was changed here."
        else:
            actions.draft_of_both(kind, key, by=request.user, revision=revision)
            said = (
                f"A draft of {key} has what each of the two changed; where both did, it has ours. "
                "Publish it, and then keep ours."
            )
    except ChangedMeanwhile:
        messages.error(
            request, f"Nothing was decided about {key}: it has changed meanwhile, or there is a draft of it already."
        )
    except InvalidEntry as refusal:
        messages.error(request, f"Nothing was changed: {refusal}")
    else:
        logger.info("user %s decided about %s %s: %s", request.user.pk, kind, key, choice)
        messages.success(request, said)
    return redirect("versions:releases")
