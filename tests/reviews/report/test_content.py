"""What a report says, of all and of a part."""

import re
from html import unescape

import pytest

from archreview.decisions.actions import Text, decide, write_decision
from archreview.decisions.models import Status
from archreview.jobs.kinds import JobFailed
from archreview.registry.actions import answer_question, import_architecture
from archreview.registry.models import Edge
from archreview.reviews.report import chapters, sheets
from archreview.reviews.report.options import NAMES, Options
from archreview.reviews.report.scope import Scope
from archreview.reviews.report.summary import summarise
from tests.registry.conftest import architecture_of

pytestmark = pytest.mark.django_db


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def titles_of(html):
    return [text_of(found) for found in re.findall(r'<h2 [^>]*class="chapter-title">(.*?)</h2>', html)]


SECOND_SYSTEM = """\
archreview: 1
system: {id: billing, name: Billing}
services:
  - {id: bill, name: Bill, entry_point: true}
  - {id: ledger, name: Ledger}
edges:
  - {id: bill-ledger, from: bill, to: ledger, style: request_response}
"""


@pytest.fixture
def two_systems(shop, owner):
    import_architecture(workspace=shop, architecture=architecture_of(SECOND_SYSTEM), by=owner, source="billing.yaml")
    return shop


def test_it_has_the_chapters_in_their_order(shop, owner, report_of):
    write_decision(workspace=shop, text=Text(title="Queue the mail", body="## Outcome\n\nA queue."), by=owner)
    _, body = report_of(shop)

    assert titles_of(body) == [
        *("Summary", "Flows", "Findings", "Open questions", "Decisions", "Map", "Edges"),
        "How to read this report",
    ]


@pytest.mark.parametrize("left_out", NAMES)
def test_a_chapter_that_is_not_asked_for_is_not_there(shop, owner, report_of, left_out):
    write_decision(workspace=shop, text=Text(title="Queue the mail", body="A queue."), by=owner)
    _, whole = report_of(shop)
    _, body = report_of(shop, chapters=tuple(name for name in NAMES if name != left_out))

    assert f'id="{left_out}"' in whole
    assert f'id="{left_out}"' not in body
    assert f'href="#{left_out}"' not in body


def test_every_link_leads_to_something_that_is_there(two_systems, owner, report_of):
    write_decision(workspace=two_systems, text=Text(title="Queue the mail", body="A queue."), by=owner)
    _, body = report_of(two_systems)
    anchors = re.findall(r' id="([^"]+)"', body)
    links = re.findall(r'href="#([^"]+)"', body)

    assert sorted(set(anchors)) == sorted(anchors)
    assert set(links) - set(anchors) == set()
    assert len(links) > 10


def test_an_empty_workspace_gives_a_short_report_that_makes_sense(workspace, report_of):
    _, body = report_of(workspace)

    assert titles_of(body) == ["Summary", "How to read this report"]
    assert "Nothing is registered yet, so there is nothing to judge." in text_of(body)
    assert "None" not in text_of(body)


def test_one_system_leaves_the_others_out(two_systems, report_of):
    _, body = report_of(two_systems, system="billing")
    words = text_of(body)

    assert "Ledger" in words
    assert "Inventory" not in words
    assert "Two services, one edge between them and no flow" in words
    assert "No request of a user is registered as a flow" in words

    _, both = report_of(two_systems)
    assert "Inventory" in text_of(both)


def test_a_system_that_is_gone_is_refused_in_words(shop, report_of):
    with pytest.raises(JobFailed, match="no longer in the workspace"):
        report_of(shop, system="gone")


def test_a_sheet_says_who_said_what_and_why(shop, owner, report_of):
    edge = Edge.objects.get(slug="cart-inventory")
    answer_question(edge=edge, key="needs_result", value=True, note="the price is in it", by=owner)
    _, body = report_of(shop)
    sheet = text_of(body[body.index('<h3 id="edge-cart-inventory">') :])

    assert "ana (architecture.yaml), 2026-11-02: measured in the spring sale" in sheet
    assert "Does the caller need the result" in sheet
    assert "olivia, " in sheet
    assert "the price is in it" in sheet
    assert "compose.yaml, line 14 (configured)" in sheet
    assert "Timeout none architecture.yaml" in sheet
    # What nobody has said is a question, not a no.
    assert "Nobody has answered: " in sheet


def test_the_numbers_of_the_summary_are_those_of_the_pages(shop, owner_client, report_of):
    report, body = report_of(shop)
    review = report.analysis.review
    words = text_of(body)

    assert f"{len(review.findings)} Findings" in words
    assert f"{len(review.questions)} Open questions" in words
    within = sum(flow.within_rule is True for flow in review.flows)
    assert f"{within} of 1 Flows within the two-hop rule" in words
    assert f"{len(review.findings)}" in text_of(owner_client.get("/w/acme/findings/").content.decode())


def test_every_finding_stands_in_it_with_what_to_do(shop, report_of):
    report, body = report_of(shop)
    words = text_of(body)
    findings = report.analysis.review.findings

    assert findings
    for finding in findings:
        assert " ".join(finding.message.split()) in words
        assert " ".join(report.analysis.rules[finding.rule].why.split()) in words


def test_the_flow_shows_its_arithmetic(shop, report_of):
    _, body = report_of(shop)
    flow = text_of(body[body.index('<h3 id="flow-checkout">') : body.index('id="findings"')])

    assert "Availability: 99.9 % × 99.9 % = 99.8001 %" in flow or "= 99." in flow
    assert "budget" in flow
    assert "At worst, when what it calls hangs, the user waits: for ever" in flow


def test_decisions_stand_in_it_with_status_and_text(shop, owner, report_of):
    first = write_decision(workspace=shop, text=Text(title="Queue the mail", body="## Why\n\nIt is slow."), by=owner)
    write_decision(workspace=shop, text=Text(title="Keep the stock", body="No text that matters."), by=owner)
    rejected = write_decision(workspace=shop, text=Text(title="Rewrite it all", body="Everything anew."), by=owner)
    decide(first, to=Status.ACCEPTED, version=1, by=owner)
    decide(rejected, to=Status.REJECTED, version=1, by=owner)
    _, body = report_of(shop)
    words = text_of(body)

    assert "0001 Queue the mail accepted" in words
    assert "Three decisions are on record: 1 proposed, 1 accepted and 1 rejected." in words
    assert "It is slow." in words
    # A rejected one is listed; its text is not what holds.
    assert "Rewrite it all" in words
    assert "Everything anew." not in words
    # The headings of a text lie below those of the report.
    assert re.search(r"<h4>Why</h4>", body)


def test_a_report_of_edges_with_findings_leaves_the_others_out_and_says_so(shop, report_of):
    report, body = report_of(shop, findings_only=True)
    without = [edge for edge in report.scope.edges if not report.analysis.findings_about("edge", edge.id)]

    for edge in report.scope.edges:
        assert (f'<h3 id="edge-{edge.id}">' in body) == (edge not in without)
    if without:
        assert "left out." in text_of(body)


def test_of_too_many_the_heaviest_stay_and_the_report_says_what_is_missing(shop, report_of, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_SHEETS", 1)
    monkeypatch.setattr(chapters, "MOST_HITS", 1)
    report, body = report_of(shop)
    heaviest = max(report.scope.edges, key=lambda edge: report.scope.weight_of("edge", edge.id))

    assert body.count('class="sheet"') == 1
    assert f'<h3 id="edge-{heaviest.id}">' in body
    assert "more, with lighter findings or none, are in the application." in text_of(body)


def test_like_questions_stand_in_one_row(two_systems, report_of):
    report, _ = report_of(two_systems)
    alike = report.scope.alike_questions

    assert sum(map(len, alike)) == len(report.analysis.review.questions)
    assert all(len({(q.subject.kind, q.fact) for q in questions}) == 1 for questions in alike)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({}, Options()),
        ({"chapters": ["edges", "flows", "gone"], "form": "html"}, Options(chapters=("flows", "edges"), form="html")),
        ({"chapters": "x", "form": "exe", "findings_only": "yes", "more": 1}, Options()),
    ],
)
def test_options_are_read_back_as_far_as_they_are_known(stored, expected):
    assert Options.from_json(stored) == expected


def test_options_survive_being_stored():
    chosen = Options(system="a", chapters=("map",), findings_only=True, form="html")

    assert Options.from_json(chosen.as_json()) == chosen


def test_the_summary_counts_in_sentences(two_systems, report_of):
    report, _ = report_of(two_systems)
    told = dict(summarise(Scope(report.analysis), {"accepted": 2, "proposed": 1}).paragraphs)

    assert told["What was looked at"].startswith("Six services, four edges between them and one flow in two systems.")
    assert told["The two-hop rule"].startswith("The one user-facing flow makes at most two synchronous calls")
    assert told["Decisions"] == "Three decisions are on record: 1 proposed and 2 accepted."


def test_making_it_takes_as_many_queries_for_many_edges_as_for_few(shop, owner, report_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        report_of(shop)
    lines = "".join(f"  - {{id: e{n}, from: bill, to: ledger, style: request_response}}\n" for n in range(30))
    import_architecture(
        workspace=shop, architecture=architecture_of(SECOND_SYSTEM + lines), by=owner, source="billing.yaml"
    )
    with CaptureQueriesContext(connection) as many:
        report_of(shop)

    assert len(many) == len(few)
