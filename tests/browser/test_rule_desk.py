"""The desk in a browser: an administrator writes the rule that the catalog lacks, is sure of it, and takes it back."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from archreview.registry.actions import import_architecture
from archreview.rules.models import CatalogChange, Rule
from archreview.rules.queries import current_catalog
from archreview.workspaces.models import Workspace
from tests.browser.conftest import NARROW
from tests.registry.conftest import architecture_of

DESK = "/admin/catalog/"
PAYMENTS = """\
archreview: 1
system: {id: kiosk, name: Kiosk}
services:
  - {id: kiosk-shop, name: Kiosk shop, entry_point: true}
  - {id: kiosk-bank, name: Kiosk bank, kind: external}
edges:
  - {id: kiosk-pays, from: kiosk-shop, to: kiosk-bank, name: Pay, style: webhook, purpose: payment,
     callback_auth: false, callback_retry: true}
  - {id: kiosk-refunds, from: kiosk-shop, to: kiosk-bank, name: Refund, style: webhook, purpose: payment}
"""
EDGE = "/w/examples/edges/kiosk-pays/"
CONDITION = (
    'edge.style == "webhok" && edge.purpose == "payment" && '
    "(edge.callback_authentication == false || edge.callback_rety == false)"
)
EXAMPLES = """\
- title: Anybody can say that it was paid
  expect: match
  subject: shop-bank
  architecture:
    services: [{id: shop, name: Shop}, {id: bank, name: Bank, kind: external}]
    edges:
      - {id: shop-bank, from: shop, to: bank, style: webhook, purpose: payment,
         callback_auth: AUTH, callback_retry: true}
- title: Signed, and tried again
  expect: no_match
  subject: shop-bank
  architecture:
    services: [{id: shop, name: Shop}, {id: bank, name: Bank, kind: external}]
    edges:
      - {id: shop-bank, from: shop, to: bank, style: webhook, purpose: payment,
         callback_auth: true, callback_retry: true}
"""


@pytest.fixture
def examples(demo):
    """The demo's workspaces, with a payment in one of them that travels by webhook."""
    examples = Workspace.objects.get(slug="examples")
    lia = User.objects.get(username="lia")
    import_architecture(workspace=examples, architecture=architecture_of(PAYMENTS), by=lia, source="kiosk.yaml")
    return examples


@pytest.fixture
def desk(page, sign_in, examples):
    """The page of the demo's administrator."""
    sign_in(page, User.objects.get(username="ada"))
    return page


def mend(page, wrong, right):
    """Take the suggestion for what is wrong, and wait until it is no longer told."""
    page.click(f"#problems-condition [data-put='{right}']")
    expect(page.locator("#problems-condition")).not_to_contain_text(wrong)


def test_an_administrator_writes_tries_introduces_and_takes_back_the_rule_that_was_lacking(
    desk, assert_accessible, assert_no_sideways_scroll
):
    page = desk
    version = int(current_catalog().version)
    page.goto("/w/examples/rules/")
    page.click("text=Write rules")
    page.click("text=New rule")
    expect(page.locator("#id_key")).to_be_visible()
    # What is typed is looked at as soon as the scripts are there.
    page.wait_for_load_state()
    page.fill("#id_key", "PAY-001")
    page.fill("#id_title", "Payment by an unprotected webhook")
    page.select_option("#id_category", "messaging")

    # Led to the right names by errors, at their places, while it is written.
    page.fill("#id_condition", CONDITION)
    expect(page.locator("#problems-condition [data-put='webhook']")).to_be_visible()
    expect(page.locator("#problems-condition")).to_contain_text("edge.callback_authentication")
    carets = page.locator("#problems-condition pre").first.inner_text().split("\n")
    assert carets[0][carets[1].index("^") :].startswith('"webhok"')
    mend(page, "webhok", "webhook")
    mend(page, "callback_authentication", "edge.callback_auth")
    mend(page, "callback_rety", "edge.callback_retry")
    assert page.input_value("#id_condition") == (
        'edge.style == "webhook" && edge.purpose == "payment" && '
        "(edge.callback_auth == false || edge.callback_retry == false)"
    )

    # Names are found as one types, and put in by a click.
    page.fill("#id_severity", "")
    page.locator("#id_severity").press_sequentially('edge.callback_auth == false ? "critical" : "high"')
    page.fill("#id_message", "")
    page.locator("#id_message").press_sequentially("callba")
    assert page.input_value("[data-filter]") == "callba"
    page.fill("#id_message", " believes whoever says that it was paid.")
    page.locator("#id_message").press("Home")
    page.fill("[data-filter]", "source name")
    page.click("[data-name='source.name'] [data-insert='source.name']")
    assert page.input_value("#id_message").startswith("{source.name} believes")
    page.fill("#id_why", "Anybody can say that it was paid.")
    page.fill("#id_remedy", "Sign the callback, and try it again until it is taken.")

    # Two examples: the first is wrong at first, and the page says what came out instead.
    page.click("[data-begin] button:text-is('must match'):visible")
    assert "expect: match" in page.input_value("#id_examples")
    page.fill("#id_examples", EXAMPLES.replace("AUTH", "true"))
    expect(page.locator("#drawn :text('Fails: ')").first).to_be_visible()
    expect(page.locator("#drawn")).to_contain_text("it does not match")
    page.fill("#id_examples", EXAMPLES.replace("AUTH", "false"))
    expect(page.locator("#check :text('Nothing is wrong with it.')")).to_be_visible()
    expect(page.locator("#drawn svg").nth(1)).to_be_visible()
    reading = page.locator("#check")
    expect(reading).to_contain_text("the edge's style is webhook, and the edge's purpose is payment")
    expect(reading).to_contain_text("Shop believes whoever says that it was paid.")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    assert not Rule.objects.filter(code="PAY-001").exists()

    # The dry run: what it would find in the demo, with links; nothing is stored by it.
    page.click("button:text-is('Dry run')")
    dry_run = page.locator("#dry-run")
    expect(dry_run.locator("h2").first).to_be_visible()
    expect(dry_run).to_contain_text("Worked examples")
    expect(dry_run).to_contain_text("Kiosk shop → Kiosk bank")
    expect(dry_run.locator(f"a[href='{EDGE}']")).to_have_count(1)
    said = dry_run.inner_text()
    assert "Questions that are asked" not in said or "callback" in said.lower()
    assert_accessible(page)
    assert current_catalog().version == str(version)

    # Introduced as a campaign.
    page.fill("#id_until", "2999-01-01")
    page.fill("#id_note", "Payments first")
    page.fill("#id_reason", "Two chargebacks in October")
    page.click("button:text-is('Publish')")
    expect(page.locator(f"text=In force now: PAY-001, version {version + 1} of the catalog.")).to_be_visible()
    expect(page.locator(".desk-life :text('published')").first).to_be_visible()
    change = CatalogChange.objects.get(key="PAY-001")
    assert (change.by_name, change.why) == ("Ada Administrator", "Two chargebacks in October")

    # On the edge's page it is upcoming, and counts in no score.
    page.goto(EDGE)
    expect(page.locator(".upcoming")).to_contain_text("Kiosk shop believes whoever says that it was paid.")
    expect(page.locator(".upcoming")).to_contain_text("Payments first")
    page.click(".upcoming a:text('PAY-001')")
    expect(page.locator("h1:text('Payment by an unprotected webhook')")).to_be_visible()
    assert_accessible(page)

    # Taken back: it finds nothing any more, and stays to be read.
    page.click("text=Edit at the desk")
    page.fill("#id_reason", "We wait for the bank")
    page.click("button:text-is('Retire')")
    expect(page.locator(f"text=Retired: PAY-001, version {version + 2} of the catalog.")).to_be_visible()
    page.goto(EDGE)
    expect(page.locator(".upcoming")).to_have_count(0)
    page.goto(f"{DESK}rules/PAY-001/")
    expect(page.locator("#history")).to_contain_text("Ada Administrator")
    expect(page.locator("#history")).to_contain_text("We wait for the bank")


def test_the_desk_is_there_for_staff_with_the_right_only(page, sign_in, examples, complaints):
    complaints.expect_status(404)
    sign_in(page, User.objects.get(username="lia"))
    page.goto("/w/examples/rules/")
    expect(page.locator("text=Write rules")).to_have_count(0)
    assert page.goto(DESK).status == 404
    assert page.goto(f"{DESK}rules/RES-001/").status == 404


def test_it_works_without_scripts_and_on_a_narrow_screen(open_page, sign_in, examples, assert_no_sideways_scroll):
    page = open_page(size=NARROW, javascript=False)
    sign_in(page, User.objects.get(username="ada"))
    page.goto(f"{DESK}rules/RES-001/")
    page.fill("#id_condition", "edge.is_synchronous && edge.circut_breaker == false")
    page.click("button:text-is('Check')")
    expect(page.locator("#problems-condition")).to_contain_text("edge.circuit_breaker")
    page.fill("#id_condition", "edge.is_synchronous && edge.circuit_breaker == false")
    page.fill("#id_severity", "low")
    page.click("button:text-is('Dry run')")
    expect(page.locator("#dry-run")).to_contain_text("Findings that weigh otherwise")
    expect(page.locator("#id_severity")).to_have_value("low")
    page.click(".desk-actions button:text-is('Save draft')")
    expect(page.locator("text=Kept as a draft: RES-001")).to_be_visible()
    expect(page.locator("#drafted")).to_be_visible()


PAGES = (
    "",
    "health/",
    "rules-file/",
    "versions/",
    "versions/1/?try=1",
    "settings/",
    "obligations/timeout/",
    "rules/HOP-001/",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_desk_is_accessible_and_fits(desk, path, assert_accessible, assert_no_sideways_scroll):
    desk.goto(f"{DESK}{path}")
    assert_accessible(desk)
    desk.set_viewport_size({"width": 390, "height": 844})
    assert_no_sideways_scroll(desk)
