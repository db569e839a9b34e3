"""How a view answers: with the page, or with the part of it that htmx asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from archreview.web.requests import HtmxRequest


def wants_partial(request: HtmxRequest) -> bool:
    """
    Whether htmx will put the answer into the page that is open.

    Not for boosted links nor for a page that is restored from the history: both replace the whole body.
    """
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def answer(
    request: HtmxRequest, *, page: str, partial: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """
    The partial template for htmx, the page for everybody else.

    The page includes the partial, so the two cannot drift apart.
    """
    template = partial if wants_partial(request) else page
    response = render(request, template, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect_whole_page(request: HtmxRequest, url: str) -> HttpResponse:
    """Go to the URL, also when htmx asked for a part: it then loads the page itself."""
    if wants_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})


def announce(response: HttpResponse, text: str) -> HttpResponse:
    """Have the page say the text to those who do not see what changed in it."""
    return trigger_client_event(response, "announce", {"text": text})
