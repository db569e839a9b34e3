from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django_htmx.middleware import HtmxDetails

from archreview.web.errors import storage_full, too_large

GetResponse = Callable[[HttpRequest], HttpResponse]

# How SQLite, PostgreSQL and the operating system say that there is no room left.
FULL = ("database or disk is full", "no space left on device", "could not extend file", "disk quota exceeded")


def refuse_what_is_too_large(get_response: GetResponse) -> GetResponse:
    """Answer a request whose body is larger than any page asks for before anything of the body is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length: str = request.META.get("CONTENT_LENGTH") or "0"
        # A request without a length has no body for Django; one with a wrong one is cut off at it.
        if length.isdecimal() and int(length) > settings.LARGEST_REQUEST:
            return too_large(request)
        return get_response(request)

    return middleware


def keep_pages_private(get_response: GetResponse) -> GetResponse:
    """Tell browsers and proxies to keep no copy of what a signed-in person sees, unless the view has said otherwise."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return middleware


def send_whole_pages_to_sign_in(get_response: GetResponse) -> GetResponse:
    """
    Let htmx load the sign-in as a page, where a session has ended meanwhile.

    It would otherwise follow the redirect by itself and put the sign-in into the middle of the page that is open.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
        if htmx and not request.user.is_authenticated and response.status_code == 302:
            sign_in = resolve_url(settings.LOGIN_URL)
            if response["Location"].partition("?")[0] == sign_in:
                back = htmx.current_url_abs_path or "/"
                return HttpResponse(status=204, headers={"HX-Redirect": f"{sign_in}?{urlencode({'next': back})}"})
        return response

    return middleware


class AnswerAFullDisk:
    """Answer with a page that says so when there is no room left to store anything; by then all is rolled back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (DatabaseError, OSError)) and any(words in str(exception).lower() for words in FULL):
            return storage_full(request)
        return None
