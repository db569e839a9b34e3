"""What a reader without the model can check in a text: counts, sums, names, and that no number stands alone."""

import json
import re
from dataclasses import replace
from math import isclose

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.decisions.drafting import draft_for
from archreview.decisions.matter import About, Matter
from archreview.decisions.prose import NUMBER_WORDS
from archreview.engine.model import Channel, Step, Team
from archreview.engine.review import review
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from tests.decisions.test_drafting import CASES, IDS, check, draft
from tests.decisions.test_generator import TODAY, answered, steady_catalog, steady_review
from tests.engine.random_architectures import random_architecture
from tests.examples.reviewed import catalog

EACH = pytest.mark.parametrize(("name", "what", "matter"), CASES, ids=IDS)
EMPTY_WORDS = [
    r"[Pp]itfall",
    r"says so\.",
    r"\bof 100 points",
    r"weighs? less",
    r"\| (?:Below target|Over budget) \|",
    r"[Tt]hese facts stated",
    r"begins to depend on it that does not",
    r"the limit comes nearer",
    r"or is the risk accepted\?",
]


def counted(word):
    """`three` or `14` as a number."""
    return NUMBER_WORDS.index(word) if word in NUMBER_WORDS else int(word.replace(",", ""))


@EACH
def test_as_many_steps_are_announced_as_there_are_boxes(name, what, matter):
    found = draft(name, matter)
    announced = re.findall(r"it takes (\S+) further steps?", found.sections["consequences"])

    assert "further step" not in found.sections["comparison"]
    for count in announced:
        assert counted(count) == found.sections["consequences"].count("* [ ] ")


@EACH
def test_no_list_hides_a_single_item(name, what, matter):
    assert not re.search(r"\b(?:and|or) (?:1|one) more\b|[Oo]ne more place", draft(name, matter).markdown)


@EACH
@pytest.mark.parametrize("words", EMPTY_WORDS)
def test_no_sentence_says_nothing(words, name, what, matter):
    assert not re.search(words, draft(name, matter).markdown)


@EACH
def test_every_term_of_a_sum_is_a_row_of_the_table(name, what, matter):
    text = draft(name, matter).sections["context"]
    rows = re.findall(r"^\|[^\n]*\| ([\d,.]+) ms \|$", text, re.MULTILINE)
    for total, terms in re.findall(
        r"takes (?:an estimated )?([\d,.]+) ms(?: at least)? \(([\d,.]+(?: \+ [\d,.]+)+)\)", text
    ):
        numbers = [float(term.replace(",", "")) for term in terms.split(" + ")]
        assert isclose(sum(numbers), float(total.replace(",", "")))
        assert sorted(terms.split(" + ")) == sorted(row for row in rows if row != "0")


@EACH
def test_a_product_has_as_many_factors_as_names(name, what, matter):
    text = draft(name, matter).sections["context"]
    for names, factors in re.findall(r"It needs ([^:]*) to be up at the same time: ((?:[\d.]+ % × )+[\d.]+ %) =", text):
        assert len(re.split(r", | and ", names)) == factors.count("×") + 1


@EACH
def test_the_findings_that_go_away_add_up(name, what, matter):
    found = draft(name, matter)
    lines = re.findall(
        r"^\* Good, because (\S+)(?: more)? findings go away(?: with it)?: (.*)$", found.markdown, re.MULTILINE
    )
    for total, parts in lines:
        words = re.findall(r"(?:^|, | and )(\w+) (?:on|of|elsewhere)\b", parts)
        assert sum(map(counted, words)) == counted(total), parts


@EACH
def test_each_option_that_is_not_taken_says_why_not(name, what, matter):
    found = draft(name, matter)
    options = [option.removeprefix("* ") for option in found.sections["options"].splitlines()]
    outcome = found.sections["outcome"]

    for option in options[1:]:
        assert f"\n* {option}: " in outcome


@EACH
def test_calls_of_the_same_name_are_told_apart(name, what, matter):
    edges = answered(name).edges
    shared = {
        edge.name for edge in edges if sum(edge.name == other.name for other in edges) > 1 and edge.name != edge.id
    }
    shared -= {channel.name for channel in answered(name).channels}
    found = draft(name, matter)
    for word in shared:
        for section, text in found.sections.items():
            lines = [line for line in text.splitlines() if not line.startswith(("| ", "* **"))]
            assert not re.search(rf"“{re.escape(word)}”(?! \()", "\n".join(lines)), section


@EACH
def test_what_is_asked_of_a_flow_stands_beside_its_number(name, what, matter):
    if matter.about != About.FLOW:
        return
    flow = next(flow for flow in answered(name).flows if flow.id == matter.id)
    today = next(flow for flow in steady_review(name).flows if flow.id == matter.id)
    found = draft(name, matter)

    drivers = found.sections["drivers"]
    assert "A user request makes at most two sequential synchronous calls; " in drivers
    if flow.latency_budget_ms is not None and today.latency_p99_ms:
        assert re.search(r"has a latency budget of [\d,.]+ ms; it takes [\d,.]+ ms", drivers)
    if flow.availability_target is not None:
        assert re.search(r"must be available for [\d.]+ % of the time; it reaches [\d.]+ %", drivers)
        assert "(target " in found.sections["consequences"]


def test_a_plan_that_lets_somebody_else_call_says_so_as_a_cost_and_as_the_first_thing_to_build():
    case = next(case for case in CASES if case[:2] == ("retailflow-before", "findings.AVL-001"))
    found = draft(case[0], case[2])

    assert "| Sequential synchronous calls of “Check out” (at most 2) | 3 | 1 |" in found.sections["consequences"]
    assert "| What Cart waits for is up (it promises 99.9 %) | 99.75 % | 99.95 % |" in found.sections["consequences"]
    cost = (
        "* Bad, because “Charge the card” is called by Cart instead of Pricing, so that the user still learns at once"
    )
    assert cost in found.sections["consequences"]
    to_build = found.sections["consequences"].partition("To be done before the change goes live:")[2]
    boxes = [line for line in to_build.splitlines() if line.startswith("* [ ] ")]
    assert boxes[0].startswith("* [ ] “Charge the card” is called by Cart instead of Pricing")
    asked = "* [ ] Can Cart make “Charge the card” without what comes out of “Reserve stock” or “Fix the price”?"
    assert asked in found.sections["consequences"]
    assert found.after is not None
    assert {edge.id: edge.source for edge in found.after.edges}["pricing-payment-gateway"] == "cart"
    assert [row.edge for row in found.waterfalls[1].rows if not row.background] == [
        "cart-inventory",
        "pricing-payment-gateway",
    ]


def test_a_call_that_somebody_else_makes_stands_in_both_pictures_of_an_edge():
    case = next(case for case in CASES if case[:2] == ("retailflow-before", "findings.cart-inventory"))
    found = draft(case[0], case[2])
    before, after = ({edge.id: edge.source for edge in picture.edges} for picture in (found.before, found.after))

    assert before.keys() == after.keys()
    assert (before["pricing-payment-gateway"], after["pricing-payment-gateway"]) == ("pricing", "cart")


def test_numbers_that_leave_out_a_call_that_the_user_waits_for_are_said_to_be_too_good():
    """Another flow uses the call where it stands, so that nobody else can make it."""
    model = answered("retailflow-before")
    steps = (Step("pricing-payment-gateway"),)
    refund = replace(model.flows[0], id="refund", name="Refund", entry="pricing", steps=steps)
    shared = replace(model, flows=(*model.flows, refund))
    matter = Matter(About.FLOW, "checkout")

    found = draft_for(shared, review(shared, steady_catalog()), steady_catalog(), matter, today=TODAY)

    assert "the user needs to know at once how “Charge the card” went, and would not" in found.sections["consequences"]
    assert "These numbers are too good by “Charge the card”" in found.sections["consequences"]
    assert "These numbers are too good" not in draft("retailflow-before", matter).markdown


def test_a_service_that_a_team_owns_says_whom_to_ask():
    name, _, matter = next(case for case in CASES if case[:2] == ("online-boutique", "flow.browse"))
    model = answered(name)
    owned = replace(
        model,
        teams=(Team("shop", "Shop front"),),
        services=tuple(replace(one, team="shop") if one.id == "frontend" else one for one in model.services),
    )
    found = draft_for(owned, steady_review(name), steady_catalog(), matter, today=TODAY)

    assert "Who to ask: for Frontend, team Shop front." in found.sections["consequences"]
    assert "ask team Shop front, who own Frontend, whether it can answer" in found.sections["consequences"]


def test_a_broker_that_is_there_is_named():
    name, _, matter = next(case for case in CASES if case[:2] == ("retailflow-before", "flow.checkout"))
    model = answered(name)
    with_a_broker = replace(model, channels=(Channel("orders", technology="kafka"),))

    found = draft_for(with_a_broker, steady_review(name), steady_catalog(), matter, today=TODAY)

    assert "* Neutral, because Kafka is in use for other messages of this model" in found.sections["consequences"]
    assert "no queue or topic yet" not in found.markdown
    assert "no queue or topic yet" in draft(name, matter).sections["consequences"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0, max_value=100_000))
def test_every_flow_and_finding_of_any_architecture_gets_a_whole_text(seed):
    model = read_architecture([("a.yaml", json.dumps(random_architecture(seed)))], problems=Problems())
    assert model is not None
    found = review(model, catalog())
    matters = [Matter(About.FLOW, flow.id) for flow in found.flows if flow.within_rule is False][:2]
    for subject in list(dict.fromkeys(finding.subject for finding in found.findings))[:3]:
        chosen = tuple(finding.fingerprint for finding in found.findings if finding.subject == subject)
        matters.append(Matter(About.FINDINGS, findings=chosen))
    for matter in matters:
        check(draft_for(model, found, catalog(), matter, today=TODAY))
