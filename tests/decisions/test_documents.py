"""Decisions as documents: what a reader gets, and what a hostile text does not get."""

import re
from dataclasses import replace

import pytest

from archreview.decisions.actions import Text, create_draft, write_decision
from archreview.decisions.export import as_markdown, as_pdf, pictures
from archreview.decisions.generator import draft_for_edge
from archreview.decisions.log_document import log_pdf
from archreview.engine.results import Subject
from archreview.engine.review import review
from tests.decisions.test_generator import TODAY, draft, renamed
from tests.examples.reviewed import architecture, catalog
from tests.rendering.canary import SECRET, Canary, inflated
from tests.rendering.payloads import SCRIPTS, fetch_payloads
from tests.rendering.reading import poppler

pytestmark = pytest.mark.any_database


@pytest.fixture
def canary():
    canary = Canary()
    yield canary
    canary.close()


def words_of(pdf):
    return re.sub(r"\s+", " ", poppler("pdftotext", pdf, "-layout").replace("\u00a0", " "))


def test_a_generated_decision_is_a_document_with_its_numbers_and_pictures(workspace, member):
    generated = draft("retailflow-before", "cart-inventory")
    decision = create_draft(workspace=workspace, draft=generated, subject=Subject("edge", "cart-inventory"), by=member)

    words = words_of(as_pdf(decision))

    assert "Put “Reserve stock” on a queue for Inventory" in words
    assert "400 ms (100 + 100 + 100 + 100)" in words
    assert "Acme · Decision 0001" in words
    assert re.search(r"1 ?/ ?\d", words)
    assert [caption for caption, _ in pictures(decision)] == ["Before", "With this decision"]
    for caption in ("Before", "With this decision"):
        assert caption in words
    assert "Pricing" in words


def test_the_same_decision_twice_is_the_same_document(workspace, member):
    generated = draft("streamflow-after", "playback-history")
    decision = create_draft(
        workspace=workspace, draft=generated, subject=Subject("edge", "playback-history"), by=member
    )

    assert as_pdf(decision) == as_pdf(decision)
    assert as_markdown(decision) == as_markdown(decision)


def test_a_long_table_goes_over_pages_with_its_head_on_each(workspace, member):
    rows = "\n".join(f"| Row number {number} | some words about it |" for number in range(120))
    body = f"## Context\n\n| Measured | Remark |\n| --- | --- |\n{rows}\n"
    decision = write_decision(workspace=workspace, text=Text(title="Long", body=body), by=member)

    words = words_of(as_pdf(decision))

    assert words.count("Measured Remark") >= 3
    assert "Row number 119" in words


def test_a_word_without_an_end_stays_on_the_page(workspace, member):
    body = f"## {'x' * 400}\n\n{'y' * 3000}\n\n* {'z' * 900}\n"
    decision = write_decision(workspace=workspace, text=Text(title="w" * 200, body=body), by=member)

    boxes = poppler("pdftotext", as_pdf(decision), "-bbox")

    assert max(float(right) for right in re.findall(r'xMax="([\d.]+)"', boxes)) <= 595.3


LONG_NAMES = [
    "A very long name that goes on and on " * 5,
    "x" * 200,
    "<script>alert('x')</script> | **bold** `code` " * 4,
]


@pytest.mark.parametrize("name", LONG_NAMES)
def test_long_names_are_laid_out_in_time_and_stay_on_the_page(workspace, member, name):
    model = renamed(architecture("link-shortener-before"), name[:200])
    generated = draft_for_edge(model, review(model, catalog()), catalog(), "link-webhooks", today=TODAY)
    decision = create_draft(workspace=workspace, draft=generated, subject=Subject("edge", "link-webhooks"), by=member)

    # What takes more than its few seconds of the processor is refused.
    pdf = as_pdf(decision)

    boxes = poppler("pdftotext", pdf, "-bbox")
    assert max(float(right) for right in re.findall(r'xMax="([\d.]+)"', boxes)) <= 595.3


def test_nothing_is_fetched_for_any_text_of_a_decision(workspace, member, canary):
    pieces = fetch_payloads(canary.address + "/x")
    hostile = " ".join(pieces.values())
    name = next(iter(pieces.values()))
    model = renamed(architecture("retailflow-before"), name)
    generated = draft_for_edge(model, review(model, catalog()), catalog(), "cart-inventory", today=TODAY)
    sections = {
        **generated.sections,
        "more": f"{generated.sections['more']}\n\n{hostile}\n\n![x]({canary.address}/y.png)\n",
    }
    generated = replace(generated, sections=sections)
    workspace.name = name[:100]
    workspace.save()
    decision = create_draft(workspace=workspace, draft=generated, subject=Subject("edge", "cart-inventory"), by=member)
    decision.decision_makers = decision.consulted = decision.informed = hostile[:1000]

    pdf = as_pdf(decision)

    assert canary.hits == []
    assert SECRET not in inflated(pdf)


def test_nothing_is_fetched_for_any_text_of_the_whole_log(workspace, member, canary):
    pieces = fetch_payloads(canary.address + "/x")
    hostile = " ".join(pieces.values())
    workspace.name = next(iter(pieces.values()))[:100]
    workspace.save()
    for piece in pieces.values():
        people = hostile[:1000]
        text = Text(
            title=piece[:200],
            body=f"{hostile}\n\n![x]({canary.address}/y.png)\n\n[other](0002-{canary.address}.md)",
            decision_makers=people,
            consulted=people,
            informed=people,
            tags=people,
        )
        write_decision(workspace=workspace, text=text, by=member)

    pdf = log_pdf(workspace)

    assert canary.hits == []
    assert SECRET not in inflated(pdf)


def test_scripts_are_words_in_a_document(workspace, member):
    text = Text(title=SCRIPTS[0], body="\n\n".join(SCRIPTS), decision_makers=SCRIPTS[3])
    decision = write_decision(workspace=workspace, text=text, by=member)
    pdf = as_pdf(decision)

    assert "<script>alert(1)</script>" in words_of(pdf)
    assert b"/JavaScript" not in inflated(pdf)
    assert b"javascript:" not in b"".join(re.findall(rb"/URI ?\((.*?)\)", inflated(pdf)))


def test_the_markdown_begins_as_madr_does(workspace, member):
    generated = draft("retailflow-before", "cart-inventory")
    decision = create_draft(workspace=workspace, draft=generated, subject=Subject("edge", "cart-inventory"), by=member)

    lines = as_markdown(decision).splitlines()

    assert lines[0] == "---"
    assert lines[1] == "status: proposed"
    assert lines[2] == f"date: {decision.date:%Y-%m-%d}"
    assert "# Put “Reserve stock” on a queue for Inventory" in lines
    assert decision.file_name == "0001-put-reserve-stock-on-a-queue-for-inventory.md"
