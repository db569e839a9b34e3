"""The short way for the question that every open page of a session asks without end: is there anything new?"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.middleware.csrf import get_token
from django.views.decorators.csrf import requires_csrf_token

from archreview.reviews.actions.taking_part import note_here
from archreview.reviews.polling import (
    TOKEN,
    Here,
    begin_to_note,
    crowd,
    is_to_note,
    note_later,
    only_counts,
    shared_parts,
    signed_in,
)
from archreview.reviews.queries.sessions import Standing, standing_in_browser
from archreview.reviews.queries.votes import is_plain_voter, is_voter

logger = logging.getLogger(__name__)

# As reviews:session_live is; asking the resolver would cost as much as the rest.
POLL = re.compile(r"/w/([-\w]+)/sessions/(\d{1,18})/live/", re.ASCII)
KNOWN = re.compile(r"v=(\d{1,18})", re.ASCII)
HEADERS = {
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    # Of what Django's SecurityMiddleware adds, the one header that matters for a part of a page.
    "X-Content-Type-Options": "nosniff",
}
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


def answer_at_once(target: str, headers: Mapping[str, str]) -> tuple[Mapping[str, str], bytes] | None:
    """
    The same before there is a request, for a server that asks from the loop in which nothing may take long: the headers
    of the answer, and its body, empty where there is no news. None where the news is more than how many have answered,
    where it is to be noted who is there, and for everything else that is poll. At most two short queries, and nothing
    is written.

    `target` is what is asked for, path and query; `headers` are the request's, by their names in small letters.
    """
    if settings.SECURE_SSL_REDIRECT and headers.get("x-forwarded-proto") != "https":
        return None
    path, _, query = target.partition("?")
    browser = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    poll = _poll(path, query, browser, is_page="hx-request" in headers)
    standing = poll and poll.standing()
    if not poll or not standing or poll.is_to_note(standing):
        return None
    news = poll.short_news(standing)
    return None if news is None else (poll.headers(), news)


class Poll(NamedTuple):
    """What somebody asks for: the news of a session since a version, from a page or not; and who is known to ask."""

    workspace: str
    session: int
    known: int
    is_page: bool
    browser: str
    user: int
    password: int

    def standing(self) -> Standing | None:
        """How things stand with the session; None where the long way has to see who asks. One query."""
        standing = standing_in_browser(self.browser, user=self.user, workspace=self.workspace, key=self.session)
        return standing if standing is not None and hash(standing.password) == self.password else None

    @property
    def here(self) -> Here | None:
        """Who is there, as the question tells; None where it may be another site that has a browser ask."""
        return Here(self.session, self.user) if self.is_page else None

    def is_to_note(self, standing: Standing) -> bool:
        """Whether it is time to note that the person is there."""
        return standing.is_unheard and self.here is not None and is_to_note(self.here)

    def short_news(self, standing: Standing) -> bytes | None:
        """Nothing where there is none, how many have answered where it is that; None where it is more. One query."""
        if standing.version == self.known:
            return b""
        if not self.is_page:
            return None
        return only_counts(self.workspace, self.session, standing, known=self.known)

    def headers(self) -> dict[str, str]:
        """The headers of every short answer; whoever asks is counted by that."""
        return {**HEADERS, PACE: str(round(1000 * crowd.wait(self.browser, self.here)))}


def _poll(path: str, query: str, browser: str, *, is_page: bool) -> Poll | None:
    """What is asked for, where it is news and this process has seen the browser before."""
    where, known = POLL.fullmatch(path), KNOWN.fullmatch(query)
    sign_in = signed_in(browser) if where and known else None
    if where is None or known is None or sign_in is None:
        return None
    return Poll(where[1], int(where[2]), int(known[1]), is_page, browser, sign_in.user, sign_in.password)


def _news(request: HttpRequest) -> HttpResponse | None:
    browser = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    is_page = "HTTP_HX_REQUEST" in request.META
    poll = _poll(request.path_info, request.META.get("QUERY_STRING", ""), browser, is_page=is_page)
    standing = poll and poll.standing()
    if not poll or not standing:
        return None
    headers = poll.headers()
    if poll.here and poll.is_to_note(standing):
        _note_here(poll.here)
    news = poll.short_news(standing)
    if news is not None:
        length = {"Content-Length": str(len(news))} if news else {}
        return HttpResponse(news, status=200 if news else 204, headers=headers | length)
    if not is_page:
        return None
    parts = shared_parts(poll.session, standing, known=poll.known)
    if parts is None:
        return None
    sees_it_so = is_voter if parts.all_revealed else is_plain_voter
    return with_own_token(request, parts.html, headers) if sees_it_so(poll.session, poll.user) else None


@requires_csrf_token
def with_own_token(request: HttpRequest, parts: bytes, headers: Mapping[str, str]) -> HttpResponse:
    """What all voters see alike, with the token of the browser that asks, whose forms need it."""
    html = parts.replace(TOKEN.encode(), get_token(request).encode())
    return HttpResponse(html, headers={**headers, "Content-Length": str(len(html))})


def _note_here(here: Here) -> None:
    """Whoever asks is there. What cannot be noted now, on a full disk, is noted later: the answer matters more."""
    people = begin_to_note(here)
    try:
        note_here(here.session, users=people)
    except DatabaseError:
        note_later(here.session, people - {here.user})
        logger.exception("it was not noted that the person %s is in the session %s", here.user, here.session)
