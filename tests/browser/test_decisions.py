"""Decisions in a browser: what is typed is kept by itself, and the pages in every state fit and are accessible."""

import pytest
from playwright.sync_api import expect

from archreview.decisions.actions import Terms, Text, decide, edit_draft, write_comment, write_decision
from archreview.decisions.models import DecisionVersion, Status, WorkingCopy
from archreview.registry.actions import import_architecture
from tests.browser.conftest import NARROW, WIDE
from tests.registry.conftest import SHOP, architecture_of

LIST, ONE, TWO = "/w/acme/decisions/", "/w/acme/decisions/1/", "/w/acme/decisions/2/"


@pytest.fixture
def log(workspace, owner, member, transactional_db):
    """An accepted decision that is not followed, with a comment, and a draft that is to take its place."""
    import_architecture(workspace=workspace, architecture=architecture_of(SHOP), by=owner, source="architecture.yaml")
    facts = [{"kind": "edge", "id": "cart-inventory", "fact": "timeout_ms", "value": 500, "basis": "registered"}]
    terms = Terms(
        confirmation={
            "edge": "cart-inventory",
            "styles": ["queue"],
            "facts": [{"fact": "circuit_breaker", "value": False}],
            "rules": ["RES-001"],
            "premises": ["timeout_ms"],
        },
        facts=facts,
    )
    text = Text(title="Queue the reservation", body="## Context\n\nCart waits for Inventory.")
    accepted = write_decision(workspace=workspace, text=text, by=member, terms=terms)
    decide(accepted, to=Status.ACCEPTED, version=1, by=owner)
    write_comment(accepted, text="Who runs the queue?", by=member)
    newer = write_decision(workspace=workspace, text=text, by=member, terms=terms)
    edit_draft(
        newer,
        text=Text(title="Queue it all", body="## Context\n\nCart waits for nobody."),
        version=1,
        by=member,
        terms=Terms(confirmation=terms.confirmation, facts=facts, will_supersede=accepted),
    )
    return workspace


def test_what_is_typed_is_kept_and_found_again(page, sign_in, member, log):
    sign_in(page, member)
    page.goto(f"{TWO}edit/")
    page.get_by_label("Text", exact=True).fill("## Context\n\nHalf a sentence")
    expect(page.locator("#kept")).to_contain_text("Kept at")

    page.goto(LIST)
    page.goto(f"{TWO}edit/")

    expect(page.get_by_label("Text", exact=True)).to_have_value("## Context\n\nHalf a sentence")
    expect(page.locator("#preview")).to_contain_text("Half a sentence")
    assert DecisionVersion.objects.filter(decision__number=2).count() == 2
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert not WorkingCopy.objects.exists()
    assert DecisionVersion.objects.filter(decision__number=2).count() == 3


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_pages_of_the_log_fit_and_are_accessible(
    open_page, sign_in, member, log, assert_accessible, assert_no_sideways_scroll, size
):
    page = open_page(size=size)
    sign_in(page, member)
    for url in (LIST, f"{LIST}?view=board", ONE, f"{TWO}edit/", f"{TWO}versions/2/", "/w/acme/edges/cart-inventory/"):
        page.goto(url)
        assert_no_sideways_scroll(page)
        assert_accessible(page)
