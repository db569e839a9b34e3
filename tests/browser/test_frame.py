"""The frame around every page, and every shared piece, as a person meets them."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE

SETTINGS = "/w/acme/settings/"


@pytest.fixture
def styleguide(open_page, sign_in, owner, transactional_db):
    """The style guide, at a size, for a member of the staff."""
    User.objects.filter(pk=owner.pk).update(is_staff=True)

    def opened(size):
        page = open_page(size=size)
        sign_in(page, owner)
        page.goto("/styleguide/")
        return page

    return opened


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_shared_piece_is_accessible_and_fits(styleguide, assert_accessible, assert_no_sideways_scroll, size):
    page = styleguide(size)

    assert_no_sideways_scroll(page)
    assert_accessible(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("address", ["/", "/workspaces/new/", SETTINGS, "/w/acme/members/", "/w/acme/settings/delete/"])
def test_the_pages_of_a_workspace_are_accessible_and_fit(
    open_page, sign_in, owner, workspace, assert_accessible, assert_no_sideways_scroll, address, size
):
    page = open_page(size=size)
    sign_in(page, owner)
    page.goto(address)

    assert_no_sideways_scroll(page)
    assert_accessible(page)


def test_a_chosen_appearance_stays_and_is_there_before_anything_is_drawn(page, sign_in, owner, workspace):
    sign_in(page, owner)
    page.goto(SETTINGS)
    page.click(".person summary")
    page.click(".theme-switch label:has-text('Dark')")
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first) window.first = "
        "document.documentElement.dataset.theme; }).observe(document, {childList: true, subtree: true})"
    )
    page.reload()

    assert page.evaluate("window.first") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark == "rgb(15, 18, 22)"
    page.click(".person summary")
    page.click(".theme-switch label:has-text('As the system')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") is None


def test_the_keys_reach_the_search_and_close_menus(page, sign_in, owner, workspace):
    sign_in(page, owner)
    page.goto(SETTINGS)
    page.click("h1")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("a/b")
    assert page.input_value("#search") == "a/b"
    page.click(".person summary")
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_keys_y_n_d_answer_the_question_that_has_the_focus(styleguide):
    page = styleguide(WIDE)
    page.focus("#next-no")
    for key, answer in (("y", "true"), ("n", "false"), ("d", "unknown"), ("Y", "true")):
        page.keyboard.press(key)
        assert page.evaluate("document.querySelector('#next-yes').form.elements.answer.value") == answer
    page.focus("#id_name")
    page.keyboard.type("nyd")
    assert "nyd" in page.input_value("#id_name")
    assert page.evaluate("document.querySelector('#next-yes').form.elements.answer.value") == "true"


def test_the_first_tab_leads_past_the_navigation(page, sign_in, owner, workspace):
    sign_in(page, owner)
    page.goto(SETTINGS)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main :focus")).to_have_count(1)


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_narrow_screen_the_navigation_is_a_menu_with_and_without_a_script(
    open_page, sign_in, owner, workspace, javascript
):
    page = open_page(size=NARROW, javascript=javascript)
    sign_in(page, owner)
    page.goto(SETTINGS)
    expect(page.locator("#navigation")).to_be_hidden()
    page.click("text=Menu")
    expect(page.locator("#navigation >> text=Settings")).to_be_visible()
    page.click(".side-close")
    expect(page.locator("#navigation")).to_be_hidden()


def test_a_failed_request_of_htmx_says_so(page, sign_in, owner, workspace, complaints):
    sign_in(page, owner)
    page.goto(SETTINGS)
    page.evaluate("document.body.removeAttribute('hx-headers')")
    page.evaluate("htmx.ajax('POST', location.pathname, {swap: 'none'}).catch(() => 0)")
    expect(page.locator("#alerts .toast")).to_contain_text("Reload it and try again.")
    # The refusal is what the test provokes; the browser and htmx each report it.
    assert len(complaints.texts) == 2
    complaints.texts.clear()


def test_it_signs_in_and_out_by_keyboard(page, live_server, transactional_db):
    User.objects.create_user("ana", password="a long enough password")
    page.goto("/")
    # The browser gives the focus with its first frame.
    expect(page.locator("input[name=username]")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough password")
    page.keyboard.press("Enter")
    expect(page.locator("text=You are in no workspace yet")).to_be_visible()
    page.click(".person summary")
    page.click("text=Sign out")
    expect(page.locator("input[name=username]")).to_be_visible()
