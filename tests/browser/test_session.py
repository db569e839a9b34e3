"""
A session in three browsers: a lead and two members of the demo vote, disagree, settle, and end with minutes.

Served as the product is, by two processes on one database: the database of a test in memory is one connection, and so
knows nothing of what happens at once.
"""

import os
import re
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import override_settings
from playwright.sync_api import expect

from archreview.workspaces.demo import ACCOUNTS
from tests.browser.conftest import NARROW

ROOT = Path(__file__).resolve().parent.parent.parent
EDGE = "Cart → Inventory"
WHY = "The warehouse sheet knows it by noon, so nobody waits"
LIST = "/w/examples/sessions/"
PASSWORDS = {account.username: account.password for account in ACCOUNTS} | {"otto": "otto is a stranger"}


class Served:
    """What the fixtures of a page ask of a live server."""

    # pytest-django switches these on for a server of its own.
    _live_server_modified_settings = override_settings()

    def __init__(self, url):
        self.url = url


@pytest.fixture
def live_server(demo, tmp_path):
    """The demo, served by gunicorn as the product starts it."""
    User.objects.create_user("otto", password=PASSWORDS["otto"])
    if connection.vendor == "sqlite":
        path = tmp_path / "demo.sqlite3"
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        url = f"sqlite:///{path}"
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    # The server gets a socket that listens already: nobody can take its port, and who comes early waits.
    with socket.create_server(("127.0.0.1", 0)) as door, (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-m", "gunicorn", "archreview.wsgi", "--bind", f"fd://{door.fileno()}"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, pass_fds=[door.fileno()])
        yield Served(f"http://127.0.0.1:{door.getsockname()[1]}")
        server.terminate()
        server.wait()


@pytest.fixture
def people(open_page):
    """A page of somebody who has signed in: `people("remy", size=NARROW)`."""

    def person(name, **looks):
        page = open_page(**looks)
        page.goto("/accounts/sign-in/")
        page.fill("input[name=username]", name)
        page.fill("input[type=password]", PASSWORDS[name])
        page.click("main button[type=submit]")
        expect(page.locator(".person summary")).to_be_visible()
        return page

    return person


def open_session(page):
    """Go to the planned session as the lead, and start it; gives its address."""
    page.goto(LIST)
    page.click("table th a")
    page.click("text=Start the session")
    at_item(page, 1)
    # The keys work as soon as the scripts do.
    page.wait_for_load_state()
    return urlsplit(page.url).path


def join(page, url):
    """Come to the session of this address, and be in it."""
    page.goto(url)
    page.click("#join")
    expect(page.locator("#room-people button:text-is('Leave')")).to_be_visible()
    page.wait_for_load_state()


def at_item(page, place):
    expect(page.locator("#room-head")).to_contain_text(f"Item {place} of")


def first_question(page):
    return page.locator("#room-questions .ballot").first


def count(page):
    return first_question(page).locator(".ballot-count")


def test_a_meeting_from_joining_to_minutes(people, assert_accessible, assert_no_sideways_scroll, complaints):
    lia, ada, remy = people("lia"), people("ada", scheme="dark"), people("remy", size=NARROW)

    # Join: everybody sees who is there.
    url = open_session(lia)
    join(ada, url)
    join(remy, url)
    expect(lia.locator("#room-people li:has-text('Remy Reviewer')")).to_be_visible()
    expect(lia.locator("#room-people li")).to_have_count(3)

    # The lead moves on and back with a key, and all are at the same item.
    for key, place in (("ArrowRight", 2), ("ArrowLeft", 1)):
        lia.keyboard.press(key)
        for page in (lia, ada, remy):
            at_item(page, place)
    for page in (lia, ada, remy):
        expect(page.locator(f".room-title:has-text('{EDGE}')")).to_be_visible()
    assert_no_sideways_scroll(remy)
    assert_accessible(remy)

    # Blind votes: by key, by click; what is hidden is in nobody else's page.
    question = first_question(lia).locator(".ballot-text").inner_text()
    first_question(remy).locator("input[name=note]").fill(WHY)
    first_question(remy).locator("label:has(input[data-key=n])").click()
    expect(first_question(remy)).to_contain_text("Your vote is in")
    expect(count(lia)).to_contain_text("1 of 3")
    lia.keyboard.press("y")
    expect(first_question(lia)).to_contain_text("Your vote is in")
    expect(count(ada)).to_contain_text("2 of 3")
    for page in (lia, ada):
        assert WHY not in page.content()
        assert "Votes differ" not in page.content()

    # The last vote reveals them, the outlier first.
    first_question(ada).locator("label:has(input[data-key=y])").click()
    for page in (lia, ada, remy):
        expect(first_question(page).locator(".vote").first).to_contain_text("Remy Reviewer")
        expect(first_question(page)).to_contain_text("Votes differ")
    assert_accessible(lia)

    # The lead settles; the verdict recomputes for everybody, and the dissent is kept by name.
    verdict_before = ada.locator(".room-verdict").text_content()
    first_question(lia).locator(".segments label:has(input[value=false])").click()
    first_question(lia).locator("input[name=note]").fill("Noon is early enough")
    first_question(lia).locator("button:text-is('Record')").click()
    for page in (lia, ada, remy):
        expect(page.locator("#room-settled")).to_contain_text("The group: no")
        expect(page.locator("#room-settled")).to_contain_text(
            re.compile("Dissent: (Ada Administrator, Lia Lead|Lia Lead, Ada Administrator)")
        )
    expect(ada.locator(".room-verdict")).not_to_have_text(verdict_before)

    # A typed text stays where it is although the lead does something.
    first_question(remy).locator("input[name=note]").fill("half a thought")
    lia.click("label:has-text('Change it')")
    lia.select_option("#id_style", "queue")
    lia.select_option("#id_owner", label="Remy Reviewer")
    lia.fill("#id_due", "2027-02-01")
    lia.fill("#id_why", "Nobody waits for the stock")
    lia.click("#record-outcome")
    expect(ada.locator("#room-item >> text=Change to queue")).to_be_visible()
    expect(remy.locator("#room-news")).to_be_visible()
    expect(first_question(remy).locator("input[name=note]")).to_have_value("half a thought")
    remy.reload()
    expect(first_question(remy).locator("input[name=note]")).to_have_value("half a thought")

    # One click to a decision with everything filled in.
    lia.click("#write-decision")
    body = lia.locator("#id_body")
    for text in ("Nobody waits for the stock", "## Dissent", question.split("?")[0]):
        expect(body).to_have_value(re.compile(re.escape(text)))
    deciding = lia.locator("input[name=decision_makers_members]:checked")
    expect(deciding).to_have_count(3)
    assert [box.input_value() for box in deciding.all()] == ["Ada Administrator", "Lia Lead", "Remy Reviewer"]

    # Closing: everybody is led to the minutes.
    lia.goto(url)
    lia.click("text=Close the session")
    lia.click("#close-session")
    for page in (lia, ada, remy):
        expect(page.locator("h2:text('The agenda')")).to_be_visible()
        for text in (WHY, "Change to queue, Remy Reviewer, until 1 Feb 2027", "Dissent", "Before and after"):
            expect(page.locator("main")).to_contain_text(text)
    assert_accessible(lia)
    assert_no_sideways_scroll(remy)
    with lia.expect_download() as download:
        lia.click("text=Markdown")
    assert WHY in download.value.path().read_text()
    with lia.expect_download() as download:
        lia.click("text=PDF")
    assert download.value.path().read_bytes().startswith(b"%PDF")
    remy.goto("/w/examples/actions/?mine=1")
    remy.click("button:has-text('Done')")
    expect(remy.locator("text=Nothing is open")).to_be_visible()

    # Whoever is not meant to take part does not.
    complaints.expect_status(404)
    stranger = people("otto")
    assert stranger.goto(url).status == 404


def test_a_viewer_looks_on_and_cannot_vote(people):
    lia, vera = people("lia"), people("vera")
    url = open_session(lia)
    join(vera, url)
    expect(lia.locator("#room-people li:has-text('looks on')")).to_be_visible()

    expect(vera.locator("#room-questions")).to_be_visible()
    expect(vera.locator(".ballot-form")).to_have_count(0)
    expect(vera.locator("#room-next")).to_have_count(0)
    address = lia.locator(".ballot-form").first.get_attribute("action")
    refused = vera.request.post(
        address,
        headers={"X-CSRFToken": vera.locator("input[name=csrfmiddlewaretoken]").first.input_value()},
        form={"kind": "edge", "id": "retailflow-before.cart-inventory", "fact": "answers.can_poll", "answer": "true"},
    )
    assert refused.status == 403
    assert "reviewer" in refused.text()


def test_a_lost_connection_shows_and_comes_back_to_the_present(people, complaints):
    lia, ada = people("lia"), people("ada")
    url = open_session(lia)
    ada.goto(url)
    ada.context.set_offline(True)
    expect(ada.locator("#room-lost")).to_be_visible()
    lia.keyboard.press("ArrowRight")
    at_item(lia, 2)
    # The page says so by itself, once, and warns of nothing that was not saved.
    expect(ada.locator("#alerts .toast")).to_have_count(0)

    ada.context.set_offline(False)

    at_item(ada, 2)
    expect(ada.locator("#room-lost")).to_be_hidden()
    unreachable = ("ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError")
    complaints.texts[:] = [text for text in complaints.texts if not any(words in text for words in unreachable)]


def test_without_javascript_a_vote_is_a_form_and_the_page_a_reload(open_page, people):
    url = open_session(people("lia"))
    page = people("ada", javascript=False)
    join(page, url)
    page.click("#room-next")
    at_item(page, 2)
    first_question(page).locator("label:has(input[data-key=y])").click()
    first_question(page).locator("button:text-is('Vote')").click()

    expect(first_question(page)).to_contain_text("Your vote is in")
    expect(count(page)).to_contain_text("1 of 2")
    with page.expect_navigation():
        page.click("text=Reload")
    at_item(page, 2)


def test_a_session_is_held_by_keys_alone(people):
    lia, ada = people("lia"), people("ada")
    url = open_session(lia)
    join(ada, url)
    lia.keyboard.press("ArrowRight")
    at_item(lia, 2)
    at_item(ada, 2)
    lia.keyboard.press("d")
    expect(first_question(lia)).to_contain_text("Your vote is in")

    lia.keyboard.press("r")

    expect(first_question(lia).locator(".vote")).to_contain_text("don’t know")
    lia.evaluate("document.activeElement.blur()")
    lia.keyboard.press("?")
    expect(lia.locator("#room-help[open]")).to_be_visible()
    # The keys rest while the list of them is open.
    lia.keyboard.press("ArrowRight")
    lia.keyboard.press("Escape")
    lia.keyboard.press("ArrowLeft")
    at_item(lia, 1)
    # Whoever does not lead moves nobody.
    at_item(ada, 1)
    expect(ada.locator("#room-help")).to_have_count(1)


WAITS = """
const wait = window.setTimeout;
window.setTimeout = (then, after, ...more) => {
  document.documentElement.dataset.waits += ` ${after}`;
  return wait(then, after, ...more);
};
"""


def test_a_page_asks_for_news_when_it_is_told_to(people):
    lia = people("lia")
    lia.add_init_script(WAITS)
    lia.route("**/live/**", lambda route: route.fulfill(status=204, headers={"Session-Pace": "1234"}))

    open_session(lia)
    expect(lia.locator("html[data-waits~='1234']")).to_have_count(1)

    # When nothing has happened for five minutes, it asks less often.
    lia.evaluate("(now => { Date.now = () => now() + 301000 })(Date.now)")
    expect(lia.locator("html[data-waits~='4000']")).to_have_count(1)
