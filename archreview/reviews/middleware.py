"""The short way for the question that every open page of a session asks each second: is there anything new?"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from archreview.reviews.polling import counts_for, who_signed_in
from archreview.reviews.queries.sessions import version_in_browser

# As reviews:session_live is; asking the resolver would cost as much as the rest.
POLL = re.compile(r"/w/([-\w]+)/sessions/(\d{1,18})/live/", re.ASCII)
KNOWN = re.compile(r"v=(\d{1,18})", re.ASCII)
HEADERS = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}


def answer_polls(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """
    Answer whoever asks a session for news before anything else looks at the request, where the answer is that there is
    none, or how many have answered by now; one query.

    Whoever has not been let in by the view itself within the last minute goes the long way, as does everything else.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        # Almost all requests are something else, and end here.
        if request.method == "GET" and request.path_info.endswith("/live/"):
            return _news(request) or get_response(request)
        return get_response(request)

    return middleware


def _news(request: HttpRequest) -> HttpResponse | None:
    path = POLL.fullmatch(request.path_info)
    query = KNOWN.fullmatch(request.META.get("QUERY_STRING", ""))
    if path is None or query is None:
        return None
    browser = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    user = who_signed_in(browser)
    if user is None:
        return None
    session, known = int(path[2]), int(query[1])
    version = version_in_browser(browser, user=user, workspace=path[1], key=session)
    if version is None:
        return None
    if version == known:
        return HttpResponse(status=204, headers=HEADERS)
    counts = counts_for(session, version=version, known=known) if "HTTP_HX_REQUEST" in request.META else None
    if counts is None:
        return None
    return HttpResponse(counts, headers={**HEADERS, "Content-Length": str(len(counts))})
