"""The main job in a browser: from an empty workspace to a decision on paper, as a review group does it."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from archreview.registry.actions import import_architecture
from archreview.registry.models import Edge, Service
from archreview.reviews.analyses import current_analysis
from tests.browser.conftest import NARROW
from tests.registry.conftest import SHOP, architecture_of

EDGE = "/w/acme/edges/cart-inventory/"
WRONG = SHOP.replace("style: request_response", "style: telepathy", 1).replace("to: inventory\n", "to: nowhere\n")


@pytest.fixture
def shop(workspace, owner, transactional_db):
    import_architecture(workspace=workspace, architecture=architecture_of(SHOP), by=owner, source="architecture.yaml")
    return workspace


@pytest.fixture
def reviewer(page, sign_in, member):
    """The page of a reviewer who is signed in."""
    sign_in(page, member)
    return page


def score(page):
    return int(page.inner_text(".edge-score strong"))


def verdict(page, label):
    return page.locator(f".edge-head .verdict div:has(dt:text-is('{label}')) dd")


def chosen(*filters):
    """What the address of a list looks like in which these filters are on, in any order."""
    return re.compile("".join(rf"(?=.*[?&]{part}(&|$))" for part in filters))


def test_whoever_signs_in_to_an_empty_workspace_has_an_example_in_one_click(
    page, workspace, member, transactional_db, assert_accessible
):
    User.objects.get(pk=member.pk).set_password("")
    member.set_password("a long enough password")
    member.save()
    page.goto("/w/acme/")
    page.fill("input[name=username]", "milo")
    page.fill("input[type=password]", "a long enough password")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:text('Look at an example')")
    assert_accessible(page)

    page.click("text=Load the example")

    expect(page.locator("text=is here: 4 services")).to_be_visible()
    expect(page.locator(".tile").nth(3)).to_be_visible()
    expect(page.locator("h2:text('Over the limit')")).to_be_visible()
    page.click("section:has(h2:text('Over the limit')) .plain-list a")
    expect(page.locator("h2:text('The calls, in order')")).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text("over the limit")


def test_a_wrong_file_tells_every_error_with_its_line_and_a_right_one_comes_in_and_out_the_same(
    reviewer, workspace, complaints, tmp_path
):
    complaints.expect_status(422)
    page = reviewer
    page.goto("/w/acme/import/")
    page.fill("#id_text", WRONG)
    page.click("button:text-is('Preview')")
    problems = page.locator(".problems")
    expect(problems).to_contain_text("telepathy")
    expect(problems).to_contain_text("nowhere")
    expect(problems).to_contain_text(re.compile(r"Line \d+.*Line \d+", re.DOTALL))
    assert not Service.objects.filter(workspace=workspace).exists()

    page.fill("#id_text", SHOP)
    page.click("button:text-is('Preview')")
    page.click("button:text-is('Import')")
    expect(page.locator("text=Imported: ")).to_be_visible()
    assert Edge.objects.filter(workspace=workspace).count() == 3

    exports = []
    for number in (1, 2):
        page.goto("/w/acme/import/")
        with page.expect_download() as download:
            page.click("text=Export architecture.yaml")
        file = tmp_path / f"{number}.yaml"
        download.value.save_as(file)
        exports.append(file.read_bytes())
        page.fill("#id_text", exports[0].decode())
        page.click("button:text-is('Preview')")
        expect(page.locator("text=Everything in the file is here already")).to_be_visible()
    assert exports[0] == exports[1]


def test_a_service_a_channel_and_an_edge_are_registered_by_forms(reviewer, workspace):
    page = reviewer
    for name in ("Cart", "Mailer"):
        page.goto("/w/acme/services/new/")
        page.fill("#id_name", name)
        page.click("button:text-is('Register service')")
        expect(page.locator("h1")).to_have_text(name)
    page.goto("/w/acme/channels/new/")
    page.fill("#id_name", "OrderPlaced")
    page.select_option("#id_technology", "kafka")
    page.click("button:text-is('Register channel')")
    expect(page.locator("h1")).to_contain_text("OrderPlaced")
    page.goto("/w/acme/edges/new/?source=cart")
    page.select_option("#id_target", "mailer")
    page.select_option("#id_style", "stream")
    page.select_option("#id_channel", "orderplaced")
    page.click("button:text-is('Register edge')")

    expect(page.locator("h1")).to_have_text("Cart → Mailer")
    expect(page.locator(".lede")).to_contain_text("OrderPlaced")
    expect(page.locator("h2:text-is('Technology')")).to_be_visible()


def test_answers_by_keyboard_change_verdict_score_and_pitfalls_in_place(
    reviewer, shop, assert_accessible, assert_no_sideways_scroll
):
    page = reviewer
    page.goto(EDGE)
    page.evaluate("window.same = true")
    expect(verdict(page, "Tree")).to_contain_text("undetermined")
    page.focus("#next-answers-needs-result-yes")
    page.keyboard.press("y")
    expect(page.locator("#question-answers-needs-result input[value=true]")).to_be_checked()
    expect(page.locator("#question-answers-needs-result .question-said")).to_contain_text("milo")
    # Whoever answers the next question is led on to the one after it.
    expect(page.locator(".question-next:focus-within")).to_have_count(1)

    before = score(page)
    page.focus("#question-fallback-yes")
    page.keyboard.press("n")
    expect(page.locator("#pitfalls >> text=RES-008")).to_be_visible()
    assert score(page) < before
    # On to the next: the fact is known now, so it is no longer asked for; the verdict is still in sight.
    expect(page.locator("#question-fallback")).to_have_count(0)
    assert page.evaluate("document.querySelector('.edge-head').getBoundingClientRect().top") >= 0

    page.focus("#question-answers-eventual-consistency-ok-no")
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    page.keyboard.press("d")
    expect(page.locator("#question-answers-eventual-consistency-ok .question-said")).to_contain_text("don’t know: milo")
    expect(page.locator("#question-answers-eventual-consistency-ok-unknown")).to_be_focused()
    assert abs(page.evaluate("document.activeElement.getBoundingClientRect().top") - top) < 3
    expect(page.locator("#announcements")).not_to_be_empty()
    assert page.evaluate("window.same") is True
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_note_waits_for_its_answer_and_a_number_is_filled_in_beside_its_question(reviewer, shop, complaints):
    complaints.expect_status(422)
    page = reviewer
    page.goto(EDGE)
    question = page.locator("#question-answers-strong-consistency")
    question.locator("summary").click()
    question.locator("input[name=note]").fill("the stock is counted once a day")
    page.keyboard.press("Tab")
    question.locator("label:has-text('No')").first.click()
    said = page.locator("#question-answers-strong-consistency .question-said")
    expect(said).to_contain_text("the stock is counted once a day")

    latency = page.locator("#question-latency-p99-ms")
    latency.locator("input[name=value]").fill("fast")
    latency.locator("button:text-is('Save')").click()
    expect(latency.locator("[role=alert]")).to_be_visible()
    expect(latency.locator("input[name=value]")).to_have_value("fast")
    latency.locator("input[name=value]").fill("1460")
    latency.locator("button:text-is('Save')").click()
    expect(latency).to_have_count(0)
    assert Edge.objects.get(workspace=shop, slug="cart-inventory").latency_p99_ms == 1460


def test_two_people_who_answer_at_once_lose_nothing(open_page, sign_in, shop, member, owner):
    one, other = open_page(), open_page()
    sign_in(one, member)
    sign_in(other, owner)
    one.goto(EDGE)
    other.goto(EDGE)
    one.locator("#question-answers-strong-consistency input[value=true]").click(force=True)
    # The click checks the answer by itself; the name beside it is the server's word.
    expect(one.locator("#question-answers-strong-consistency .question-said")).to_contain_text("milo")
    other.locator("#question-answers-benefits-from-decoupling input[value=false]").click(force=True)
    expect(other.locator("#question-answers-benefits-from-decoupling .question-said")).to_contain_text("olivia")

    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")
    assert (edge.answer_strong_consistency, edge.answer_benefits_from_decoupling) == (True, False)
    expect(other.locator("#question-answers-strong-consistency .question-said")).to_contain_text("milo")


def test_without_javascript_a_form_post_does_the_same(open_page, sign_in, shop, member, complaints):
    complaints.expect_status(422)
    page = open_page(size=NARROW, javascript=False)
    sign_in(page, member)
    page.goto(EDGE)
    question = page.locator("#question-answers-needs-result")
    question.locator("input[value=true]").check(force=True)
    question.locator("button:text-is('Save the answer')").click()
    expect(page).to_have_url(re.compile("#question-answers-needs-result$"))
    expect(page.locator("#question-answers-needs-result .question-said")).to_contain_text("milo")

    page.goto("/w/acme/questions/?waiting=rules")
    first = page.locator(".question-item:has(input[type=radio])").first
    first.locator("input[value=false]").check(force=True)
    first.locator("button:text-is('Save the answer')").click()
    expect(page.locator("text=Saved:")).to_be_visible()
    expect(page).to_have_url(re.compile("waiting=rules"))


def test_questions_are_answered_in_their_list_by_keyboard(reviewer, shop):
    page = reviewer
    page.goto("/w/acme/questions/?q=fallback")
    row = page.locator(".question-item").first
    row.locator("input[type=radio]").first.focus()
    focused = page.evaluate("document.activeElement.id").removesuffix("-yes")
    page.keyboard.press("y")
    expect(page.locator(".question-effect")).to_be_visible()
    expect(page.locator(f"#{focused}-yes")).to_be_focused()
    expect(row).to_contain_text("milo")
    shop.refresh_from_db()
    assert current_analysis(shop).edges[focused.removeprefix("question-edge-").removesuffix("-fallback")].fallback


def test_the_steps_of_a_flow_are_edited_and_its_numbers_follow(reviewer, shop):
    page = reviewer
    page.goto("/w/acme/flows/checkout/")
    expect(page.locator(".verdict")).to_contain_text("1 sequential call")
    page.click("text=Edit steps")
    page.select_option("#call-last", "cart-inventory")
    page.click("text=Add step")
    expect(page.locator("#steps .step").nth(4)).to_be_visible()
    page.click("text=Done")
    expect(page.locator(".verdict")).to_contain_text("2 sequential calls")
    expect(page.locator(".verdict")).to_contain_text("within")


def test_the_map_shows_cards_and_focuses(reviewer, shop, assert_accessible):
    page = reviewer
    page.goto("/w/acme/map/")
    page.locator(".picture-map a[href$='/services/inventory/card/']").first.click()
    expect(page.locator("#map-card h2")).to_contain_text("Inventory")
    assert_accessible(page)
    page.locator(".picture-map a[href$='/edges/cart-inventory/card/']").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#map-card h2")).to_contain_text("Cart → Inventory")
    page.select_option("select[name=service]", "mailer")
    expect(page).to_have_url(re.compile("service=mailer"))
    expect(page.locator(".picture-map")).not_to_contain_text("Stock")
    expect(page.locator("text=2 services, 1 edge")).to_be_visible()


def test_on_a_narrow_page_verdict_pitfalls_and_questions_are_one_tap_away(reviewer, shop, assert_accessible):
    reviewer.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    reviewer.goto(EDGE)
    assert_accessible(reviewer)
    for link, place in (("Pitfalls", "#pitfalls"), ("Questions", "#questions"), ("Verdict", "#verdict")):
        reviewer.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
        reviewer.click(f".edge-jumps >> text={link}")
        # The browser scrolls to a fragment with its next frame.
        reviewer.wait_for_function(
            """place => {
                const top = (selector) => document.querySelector(selector).getBoundingClientRect().top;
                const bar = document.querySelector(".edge-score").getBoundingClientRect().bottom;
                return bar <= top(place) && top(place) < innerHeight / 2;
            }""",
            arg=place,
        )


def test_findings_are_filtered_in_the_url_and_chips_keep_the_rest(reviewer, shop):
    page = reviewer
    page.goto("/w/acme/findings/?system=retailflow&q=inventory")
    page.click(".chip:has-text('high')")
    expect(page).to_have_url(chosen("system=retailflow", "q=inventory", "severity=high"))
    page.fill("#finding-q", "cart")
    page.click("button:text-is('Show')")
    expect(page).to_have_url(chosen("system=retailflow", "q=cart", "severity=high"))
    page.click(".chip:has-text('RetailFlow')")
    expect(page).not_to_have_url(chosen("system=retailflow"))
    expect(page).to_have_url(chosen("q=cart", "severity=high"))
    page.click("table a:has-text('Cart → Inventory') >> nth=0")
    expect(page.locator("h1")).to_have_text("Cart → Inventory")


def test_a_decision_is_drafted_from_the_edge_edited_and_exported(reviewer, shop, tmp_path: Path, assert_accessible):
    page = reviewer
    page.goto(EDGE)
    page.click("button:text-is('Write a decision')")
    expect(page.locator("#id_body")).to_have_value(re.compile("## Context and Problem Statement"))
    page.wait_for_load_state()
    body = page.input_value("#id_body")
    page.fill("#id_body", f"{body}\n\n## More Information\n\nTold to the **warehouse** first.\n")
    expect(page.locator("#preview strong:text-is('warehouse')")).to_be_visible()
    assert_accessible(page)
    page.click("button:text-is('Save')")
    expect(page.locator(".decision-text strong:text-is('warehouse')")).to_be_visible()
    for link, start in (("Markdown", b"---"), ("PDF", b"%PDF-")):
        with page.expect_download() as download:
            page.click(f".page-head a:has-text('{link}')")
        file = tmp_path / link
        download.value.save_as(file)
        assert file.read_bytes().startswith(start), link
    page.goto(EDGE)
    expect(page.locator("#decisions li")).to_have_count(1)


def test_a_viewer_sees_everything_and_changes_nothing_and_an_outsider_finds_nothing(
    open_page, sign_in, shop, viewer, outsider, complaints
):
    complaints.expect_status(404)
    page = open_page(size=NARROW)
    sign_in(page, viewer)
    page.goto(EDGE)
    expect(page.locator("#pitfalls")).to_be_visible()
    expect(page.locator("main button:visible, #question-fallback input[type=radio]:enabled")).to_have_count(0)
    stranger = open_page()
    sign_in(stranger, outsider)
    assert stranger.goto(EDGE).status == 404
