"""While the server has not answered yet: nothing is lost or hidden, nor shown as if it were stored."""

import pytest
from playwright.sync_api import Route, expect

from archreview.registry.models import Edge
from tests.browser.test_main_job import EDGE, reviewer, shop

__all__ = ["reviewer", "shop"]


class Held:
    """The answers to an edge's questions that are on their way, until they are let go."""

    def __init__(self, page):
        self.page = page
        self.routes: list[Route] = []
        page.route("**/edges/cart-inventory/answer/", lambda route: self.routes.append(route))

    def wait_for(self, count):
        for _ in range(3_000):
            if len(self.routes) == count:
                return
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
        pytest.fail(f"{len(self.routes)} answers are on their way, and not {count}")

    def let_go(self, number):
        """Let one go, and wait until what came back is in the page."""
        answer = self.routes[number]
        with self.page.expect_response(answer.request.url):
            answer.fallback()


@pytest.fixture
def page(reviewer, shop):
    reviewer.goto(EDGE)
    return reviewer


@pytest.fixture
def held(page):
    return Held(page)


def question(page, name):
    return page.locator(f"#question-{name}")


def choose(page, name, value):
    question(page, name).locator(f"input[value={value}]").click(force=True)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in their order", "the later one first"])
def test_two_answers_that_cross_are_both_shown(page, shop, held, order):
    choose(page, "answers-strong-consistency", "true")
    choose(page, "answers-benefits-from-decoupling", "false")
    held.wait_for(2)

    first, second = order
    held.let_go(first)
    # The one that is on its way still looks as it was chosen.
    expect(question(page, "answers-strong-consistency").locator("input[value=true]")).to_be_checked()
    expect(question(page, "answers-benefits-from-decoupling").locator("input[value=false]")).to_be_checked()
    held.let_go(second)

    for name in ("answers-strong-consistency", "answers-benefits-from-decoupling"):
        expect(question(page, name).locator(".question-said")).to_contain_text("milo")
    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")
    assert (edge.answer_strong_consistency, edge.answer_benefits_from_decoupling) == (True, False)


def test_what_is_typed_meanwhile_is_still_there_and_typing_goes_on(page, held):
    note = question(page, "answers-benefits-from-decoupling").locator("input[name=note]")
    latency = question(page, "latency-p99-ms").locator("input[name=value]")
    choose(page, "answers-strong-consistency", "true")
    held.wait_for(1)
    latency.fill("14")
    question(page, "answers-benefits-from-decoupling").locator("summary").click()
    note.press_sequentially("they nobody")
    for _ in "nobody":
        page.keyboard.press("ArrowLeft")

    held.let_go(0)
    expect(question(page, "answers-strong-consistency").locator(".question-said")).to_contain_text("milo")
    page.keyboard.type("need ")

    expect(note).to_have_value("they need nobody")
    expect(latency).to_have_value("14")


def test_the_note_that_was_sent_is_not_typed_again(page, held):
    asked = question(page, "answers-strong-consistency")
    asked.locator("summary").click()
    asked.locator("input[name=note]").fill("counted once a day")
    choose(page, "answers-strong-consistency", "false")
    held.wait_for(1)

    held.let_go(0)

    expect(asked.locator(".question-said")).to_contain_text("counted once a day")
    expect(asked.locator("input[name=note]")).to_have_value("")


def test_a_refusal_that_crosses_an_answer_is_told_with_the_words_that_were_refused(page, held, complaints):
    complaints.expect_status(422)
    latency = question(page, "latency-p99-ms")
    choose(page, "answers-strong-consistency", "true")
    latency.locator("input[name=value]").fill("fast")
    latency.locator("button:text-is('Save')").click()
    held.wait_for(2)

    held.let_go(0)
    expect(question(page, "answers-strong-consistency").locator(".question-said")).to_contain_text("milo")
    held.let_go(1)

    expect(latency.locator("[role=alert]")).to_be_visible()
    expect(latency.locator("input[name=value]")).to_have_value("fast")


def test_an_answer_that_did_not_arrive_does_not_look_as_if_it_had(page, shop, held, complaints):
    choose(page, "answers-strong-consistency", "true")
    held.wait_for(1)
    expect(question(page, "answers-strong-consistency").locator("input[value=true]")).to_be_checked()

    held.routes[0].abort()

    expect(page.locator("#alerts")).to_contain_text("Nothing was saved.")
    expect(question(page, "answers-strong-consistency").locator("input:checked")).to_have_count(0)
    assert Edge.objects.get(workspace=shop, slug="cart-inventory").answer_strong_consistency is None
    # The browser and htmx each say that the request has failed, which is what the test provokes.
    complaints.texts[:] = [text for text in complaints.texts if "ERR_FAILED" not in text and "htmx:" not in text]


def test_what_comes_in_is_alive_at_once(page):
    """Else an answer that is given at that moment goes nowhere."""
    page.evaluate(
        """() => {
            // Called as soon as the script that changed the page is done, before anything that a person does.
            new MutationObserver((_, observer) => {
                observer.disconnect();
                document.getElementById("question-answers-benefits-from-decoupling-no").click();
            }).observe(document.getElementById("edge-analysis").parentElement, { childList: true });
        }"""
    )
    choose(page, "answers-strong-consistency", "true")

    expect(question(page, "answers-strong-consistency").locator(".question-said")).to_contain_text("milo")
    expect(question(page, "answers-benefits-from-decoupling").locator(".question-said")).to_contain_text("milo")
