"""
Chromium against a live server: `page` for whoever signs in, and what every page must keep.

A test that uses `page` fails when the page asks another host for anything, logs an error, or breaks the content
security policy, whatever else the test is about.

What a test reads after something that it did must have come with the server's answer. Whether it waits for that is
seen against a server that takes its time:

    SLOW_SERVER=400 .venv/bin/pytest -m browser tests/browser      # each request takes 400 ms longer
    SLOW_SERVER=0-800 .venv/bin/pytest -m browser tests/browser    # each between 0 and 800 ms, at random
"""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.resources import files
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

WIDE = (1440, 900)
NARROW = (390, 844)

# The least and the most milliseconds that a request waits before it goes to the server: none, unless asked for.
LEAST_WAIT, _, MOST_WAIT = os.environ.get("SLOW_SERVER", "0").partition("-")
WAITS = range(int(LEAST_WAIT), int(MOST_WAIT or LEAST_WAIT) + 1)
# Far beyond what any answer needs on a machine that does other things too: only a test that fails takes so long.
PATIENCE = 90_000

# Without a network, Chromium's own look-ups in the background are refused one by one and slow everything down.
FLAGS = [
    "--no-sandbox",  # root may not have one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What can differ between the schemes; the rest of a page is the same in both.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _database_beside_an_event_loop() -> Iterator[None]:
    """Playwright runs an event loop in the thread of the test; the database is used from that thread all the same."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """
    Keep the database of these tests in a file.

    One in memory is one connection for all threads of the live server, in which two requests at once meet locked tables
    that no server ever meets.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "browser.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _patient_expectations() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser(_database_beside_an_event_loop: None) -> Iterator[Browser]:
    """The system's Chromium; none is downloaded."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("no chromium on PATH (on Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


class Complaints:
    """What went wrong in a page without the test having asked."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.texts: list[str] = []
        self.expected_statuses: set[int] = set()

    def expect_status(self, status: int) -> None:
        """Take answers of this status for what they are: the test provokes them."""
        self.expected_statuses.add(status)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.texts.append(f"script error: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports a refused style or script, and an answer of 400 and more, as a console error.
        if message.type != "error":
            return
        if any(f"status of {status}" in message.text for status in self.expected_statuses):
            return
        where = message.location.get("url", "") if message.location else ""
        self.texts.append(f"console: {message.text} ({where})")

    def guard(self, route: Route, request: Request) -> None:
        """Let the page speak with its own server and nobody else."""
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" == self.origin:
            wait = random.choice(WAITS)
            if wait:
                # Holds back this request, while the test and the other requests go on.
                request.frame.wait_for_timeout(wait)
            route.continue_()
            return
        self.texts.append(f"asked another host: {request.url}")
        route.abort()


@pytest.fixture
def complaints(live_server: LiveServer) -> Complaints:
    return Complaints(live_server.url)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, complaints: Complaints) -> Iterator[OpenPage]:
    """
    Open a page: `open_page(size=NARROW, scheme="dark", javascript=False)`; several may be open at once.

    Paths are relative to the live server: `page.goto("/w/acme/")`.
    """
    contexts: list[BrowserContext] = []

    def opened(*, size: tuple[int, int] = WIDE, scheme: str = "light", javascript: bool = True) -> Page:
        width, height = size
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            java_script_enabled=javascript,
            accept_downloads=True,
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE)
        context.route("**/*", complaints.guard)
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield opened

    for context in contexts:
        # What a page still asks for at the end is nobody's complaint.
        context.unroute_all(behavior="ignoreErrors")
        context.close()
    assert complaints.texts == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A wide page in the light scheme, of nobody yet: `sign_in(page, owner)`."""
    return open_page()


@pytest.fixture(scope="session")
def _kept_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept.sqlite3"


@pytest.fixture
def demo(transactional_db: None, _kept_demo: Path) -> None:
    """The demo in the database: loaded for the first test that asks, and copied for the others."""
    connection.ensure_connection()
    if _kept_demo.exists():
        with closing(sqlite3.connect(_kept_demo)) as kept:
            kept.backup(connection.connection)
        return
    call_command("demo", stdout=StringIO())
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_kept_demo)) as kept:
            connection.connection.backup(kept)


@pytest.fixture
def sign_in(live_server: LiveServer) -> Callable[[Page, User], None]:
    """Make the page's browser this person's, without walking through the form."""

    def signed_in(page: Page, user: User) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": live_server.url}]
        )

    return signed_in


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Let axe-core look at the page as it is, and at its colours in the dark: WCAG 2.2 AA, nothing found."""

    def accessible(page: Page) -> None:
        found = []
        page.wait_for_load_state()
        # Evaluated, not put into the page: the content security policy need not know of it.
        page.evaluate(AXE)
        for scheme, only in (
            ("light", {"type": "tag", "values": WCAG}),
            ("dark", {"type": "rule", "values": OF_COLOUR}),
        ):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            result = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
            for violation in result["violations"]:
                for node in violation["nodes"]:
                    found.append(f"{scheme}: {violation['id']}: {violation['help']}: {node['html'][:200]}")
        page.emulate_media(color_scheme="light")

        assert found == []

    return accessible


@pytest.fixture
def assert_no_sideways_scroll() -> Callable[[Page], None]:
    """The page is as wide as its window: what is wider scrolls in a box of its own."""

    def fits(page: Page) -> None:
        page.wait_for_load_state()
        width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

        assert width <= window

    return fits
