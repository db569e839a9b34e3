"""A session in three browsers: a lead and two members of the demo vote, disagree, settle, and end with minutes."""

import io
import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from archreview.decisions.models import Decision
from archreview.reviews.analyses import current_analysis
from archreview.reviews.models import Action, ReviewSession, Vote
from archreview.workspaces.models import Workspace
from tests.browser.conftest import NARROW

EDGE = "Cart → Inventory"
WHY = "The warehouse sheet knows it by noon, so nobody waits"


@pytest.fixture
def session(transactional_db):
    """The session that the demo plans."""
    call_command("demo", stdout=io.StringIO())
    return ReviewSession.objects.get(workspace__slug="examples")


@pytest.fixture
def people(open_page, sign_in, session):
    """The lead, and two members: one with a phone, one in the dark."""

    def person(name, **looks):
        page = open_page(**looks)
        sign_in(page, User.objects.get(username=name))
        return page

    return person


def first_question(page):
    return page.locator("#room-questions .ballot").first


def count(page):
    return first_question(page).locator(".ballot-count")


def test_a_meeting_from_joining_to_minutes(
    people, session, assert_accessible, assert_no_sideways_scroll, complaints, outsider
):
    url = session.get_absolute_url()
    lia, ada, remy = people("lia"), people("ada", scheme="dark"), people("remy", size=NARROW)

    # Join: everybody sees who is there.
    lia.goto(url)
    lia.click("text=Start the session")
    for page in (ada, remy):
        page.goto(url)
        page.click("#join")
    lia.wait_for_selector("#room-people li:has-text('Remy Reviewer')")
    assert lia.locator("#room-people li").count() == 3

    # The lead moves on with a key, and all are at the same item.
    lia.keyboard.press("ArrowRight")
    for page in (lia, ada, remy):
        page.wait_for_selector(f".room-title:has-text('{EDGE}')")
    assert_no_sideways_scroll(remy)
    assert_accessible(remy)

    # Blind votes: by key, by click; what is hidden is in nobody else's page.
    question = first_question(lia).locator(".ballot-text").inner_text()
    first_question(remy).locator("input[name=note]").fill(WHY)
    first_question(remy).locator("label:has(input[data-key=n])").click()
    remy.wait_for_selector("text=Your vote is in")
    count(lia).filter(has_text="1 of 3").wait_for()
    lia.keyboard.press("y")
    first_question(lia).locator("text=Your vote is in").wait_for()
    count(ada).filter(has_text="2 of 3").wait_for()
    for page in (lia, ada):
        assert WHY not in page.content()
        assert "Votes differ" not in page.content()

    # The last vote reveals them, the outlier first.
    first_question(ada).locator("label:has(input[data-key=y])").click()
    for page in (lia, ada, remy):
        first_question(page).locator(".votes").wait_for()
        assert "Remy Reviewer" in first_question(page).locator(".vote").first.inner_text()
        assert "Votes differ" in first_question(page).inner_text()
    assert_accessible(lia)

    # The lead settles; the verdict recomputes for everybody, and the dissent is kept by name.
    score_before = ada.inner_text(".room-verdict")
    first_question(lia).locator(".segments label:has(input[value=false])").click()
    first_question(lia).locator("input[name=note]").fill("Noon is early enough")
    first_question(lia).locator("button:text-is('Record')").click()
    for page in (lia, ada, remy):
        page.wait_for_selector("#room-settled >> text=The group: no")
        assert "Dissent: Ada Administrator, Lia Lead" in page.inner_text("#room-settled").replace(
            "Lia Lead, Ada Administrator", "Ada Administrator, Lia Lead"
        )
    assert ada.inner_text(".room-verdict") != score_before

    # A typed text stays where it is although the lead does something.
    first_question(remy).locator("input[name=note]").fill("half a thought")
    lia.click("label:has-text('Change it')")
    lia.select_option("#id_style", "queue")
    lia.select_option("#id_owner", label="Remy Reviewer")
    lia.fill("#id_due", "2027-02-01")
    lia.fill("#id_why", "Nobody waits for the stock")
    lia.click("#record-outcome")
    ada.wait_for_selector("#room-item >> text=Change to queue")
    remy.wait_for_selector("#room-news:visible")
    assert first_question(remy).locator("input[name=note]").input_value() == "half a thought"
    remy.reload()
    assert first_question(remy).locator("input[name=note]").input_value() == "half a thought"

    # One click to a decision with everything filled in.
    lia.wait_for_selector("#write-decision")
    lia.click("#write-decision")
    lia.wait_for_selector("#id_body")
    body = lia.input_value("#id_body")
    assert "Nobody waits for the stock" in body
    assert "## Dissent" in body
    assert question.split("?")[0] in body
    assert lia.input_value("#id_decision_makers") == "Lia Lead, Ada Administrator, Remy Reviewer"
    assert Decision.objects.filter(subject_id__endswith="cart-inventory").count() == 1

    # Closing: everybody is led to the minutes.
    lia.goto(url)
    lia.click("text=Close the session")
    for page in (lia, ada, remy):
        page.wait_for_selector("h2:text('The agenda')")
        text = page.inner_text("main")
        assert WHY in text
        assert "Change to queue, Remy Reviewer, until 1 Feb 2027" in text
        assert "Dissent" in text
        assert "Before and after" in text
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
    remy.wait_for_selector("text=Done.")
    assert Action.objects.get().is_done

    # Whoever is not meant to take part does not.
    complaints.expect_status(404)
    stranger = people("otto")
    assert stranger.goto(url).status == 404
    workspace = Workspace.objects.get(slug="examples")
    assert current_analysis(workspace).edges["retailflow-before.cart-inventory"].answers.count(None) < 13


def test_a_viewer_looks_on_and_cannot_vote(people, session):
    lia, vera = people("lia"), people("vera")
    lia.goto(session.get_absolute_url())
    lia.click("text=Start the session")
    vera.goto(session.get_absolute_url())
    vera.click("#join")
    lia.wait_for_selector("#room-people li:has-text('looks on')")

    assert vera.locator(".ballot-form").count() == 0
    assert vera.locator("#room-next").count() == 0
    item = session.items.first()
    token = re.search(r'X-CSRFToken": "([^"]+)"', vera.content())[1]
    refused = vera.request.post(
        f"{session.get_absolute_url()}items/{item.pk}/vote/",
        headers={"X-CSRFToken": token, "Referer": vera.url},
        form={"kind": "edge", "id": item.edge, "fact": "answers.can_poll", "answer": "true"},
    )
    assert refused.status == 403
    assert not Vote.objects.exists()


def test_a_lost_connection_shows_and_comes_back_to_the_present(people, session, complaints):
    lia, ada = people("lia"), people("ada")
    lia.goto(session.get_absolute_url())
    lia.click("text=Start the session")
    ada.goto(session.get_absolute_url())
    ada.context.set_offline(True)
    ada.wait_for_selector("#room-lost:visible")
    lia.keyboard.press("ArrowRight")
    lia.wait_for_selector("text=Item 2 of")
    assert ada.locator("#alerts .toast").count() == 0

    ada.context.set_offline(False)

    ada.wait_for_selector("text=Item 2 of", timeout=20_000)
    assert not ada.is_visible("#room-lost")
    complaints.texts[:] = [text for text in complaints.texts if "ERR_INTERNET_DISCONNECTED" not in text]


def test_without_javascript_a_vote_is_a_form_and_the_page_a_reload(people, session, open_page, sign_in):
    from archreview.reviews.actions.running import open_session

    lia = User.objects.get(username="lia")
    open_session(session, by=lia)
    page = open_page(javascript=False)
    sign_in(page, lia)
    page.goto(session.get_absolute_url())
    page.click("#join")
    page.click("#room-next")
    page.wait_for_selector("text=Item 2 of")
    first_question(page).locator("label:has(input[data-key=y])").click()
    first_question(page).locator("button:text-is('Vote')").click()

    assert Vote.objects.get().value is True
    assert first_question(page).locator(".votes").is_visible()
    page.click("text=Reload")
    assert page.is_visible("text=Item 2 of")
