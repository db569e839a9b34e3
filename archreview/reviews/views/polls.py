"""The short way for the question that every open page of a session asks without end: is there anything new?"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.csrf import requires_csrf_token

from archreview.reviews.actions.taking_part import note_here
from archreview.reviews.polling import TOKEN, crowd, is_to_note, only_counts, shared_parts, signed_in
from archreview.reviews.queries.sessions import standing_in_browser
from archreview.reviews.queries.votes import is_plain_voter

logger = logging.getLogger(__name__)

# As reviews:session_live is; asking the resolver would cost as much as the rest.
POLL = re.compile(r"/w/([-\w]+)/sessions/(\d{1,18})/live/", re.ASCII)
KNOWN = re.compile(r"v=(\d{1,18})", re.ASCII)
HEADERS = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}
# After how many milliseconds the page is to ask again, while people are at work in it.
PACE = "Session-Pace"


def answer_polls(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """
    Answer whoever asks a session for news before anything else looks at the request, where the answer is that there is
    none, how many have answered by now, or what another voter's page has just been sent; one query, or two.

    Whoever has not been let in by the view itself before, in this process, goes the long way, as does everything else.
    Now and then it is noted that the person who asks is there. A page of another site cannot have that done: it cannot
    send the header that htmx sends.
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
    sign_in = signed_in(browser)
    if sign_in is None:
        return None
    session, known = int(path[2]), int(query[1])
    standing = standing_in_browser(browser, user=sign_in.user, workspace=path[1], key=session)
    if standing is None or hash(standing.password) != sign_in.password:
        return None
    is_page = "HTTP_HX_REQUEST" in request.META
    if standing.is_unheard and is_page and is_to_note(session, sign_in.user):
        _note_here(session, user=sign_in.user)
    headers = {**HEADERS, PACE: str(round(1000 * crowd.wait(browser)))}
    if standing.version == known:
        return HttpResponse(status=204, headers=headers)
    counts = only_counts(path[1], session, standing, known=known) if is_page else None
    if counts is not None:
        return HttpResponse(counts, headers={**headers, "Content-Length": str(len(counts))})
    parts = shared_parts(session, standing, known=known) if is_page else None
    if parts is None or not is_plain_voter(session, sign_in.user):
        return None
    return with_own_token(request, parts, headers)


@requires_csrf_token
def with_own_token(request: HttpRequest, parts: bytes, headers: Mapping[str, str]) -> HttpResponse:
    """What all voters see alike, with the token of the browser that asks, whose forms need it."""
    html = parts.replace(TOKEN.encode(), get_token(request).encode())
    return HttpResponse(html, headers={**headers, "Content-Length": str(len(html))})


def _note_here(session: int, *, user: int) -> None:
    """Whoever asks is there. What cannot be noted now, on a full disk, is noted later: the answer matters more."""
    try:
        note_here(session, user=user)
    except DatabaseError:
        logger.exception("it was not noted that the person %s is in the session %s", user, session)
