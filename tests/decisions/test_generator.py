"""What a generated decision says, compared with files, and the laws that hold for all of them."""

import json
import os
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.decisions.draft import People
from archreview.decisions.generator import draft_for_edge
from archreview.decisions.prose import plain
from archreview.decisions.situation import Situation
from archreview.engine.catalog import Catalog
from archreview.engine.model import Architecture, Said
from archreview.engine.results import Review
from archreview.engine.review import Settings, review
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.rendering.markup import to_html
from tests.decisions.test_prose import HOSTILE
from tests.engine.random_architectures import random_architecture
from tests.examples.reviewed import NAMES, architecture, catalog

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 11, 20)
CASES = [
    ("retailflow-before", "cart-inventory"),
    ("retailflow-before", "pricing-payment-gateway"),
    ("link-shortener-before", "link-webhooks"),
    ("link-shortener-qr-in-the-response", "link-qr-code"),
    ("tail-latency-before", "shop-prices"),
    ("mail-over-kafka-before", "accounts-mailer"),
    ("streamflow-after", "playback-history"),
    ("balance-inquiry-before", "online-banking-accounts"),
    ("balance-inquiry-on-a-queue", "online-banking-accounts"),
    ("food-delivery-before", "gateway-menu"),
    ("insightcorp-before", "sales-loader"),
    ("notify-followers-before", "post-notification"),
    ("shipfast-before", "order-payment"),
    ("online-boutique", "checkoutservice-paymentservice"),
    ("datafind-after", "search-index"),
    ("fintech-after", "payment-bank"),
    ("insightcorp-after", "transformation-loader"),
    ("link-shortener-after", "link-qr-code"),
    ("mail-over-kafka-after", "accounts-mailer"),
    ("notify-followers-after", "post-newsfeed"),
    ("profile-update-before", "web-profile"),
    ("retailflow-after", "cart-payment-gateway"),
    ("shipfast-after", "order-payment"),
    ("user-changes-after", "users-billing"),
]
STATEMENTS = {
    "answers.needs_result": Said("Ana Lima", "2026-11-02", "asked the product owner"),
    "answers.immediate_feedback": Said("Ben Ito", "2026-11-03T10:00:00Z"),
}
HEADINGS = [
    "## Context and Problem Statement",
    "## Decision Drivers",
    "## Considered Options",
    "## Decision Outcome",
    "### Consequences",
    "#### Next Steps",
    "### Confirmation",
    "## Pros and Cons of the Options",
    "## More Information",
    "### When to Look Again",
    "### Terms",
]
# The rules that the files were written with: a further rule, or another wording of one, leaves them as they are.
FAMILIES = {"HOP": 4, "CPL": 10, "LAT": 4, "AVL": 2, "RES": 9, "MSG": 21, "OBS": 4, "TEC": 3, "CON": 3, "EVD": 4}
RULES = {f"{family}-{number:03}" for family, most in FAMILIES.items() for number in range(1, most + 1)}


@cache
def steady_catalog() -> Catalog:
    """The catalog as the files know it: its rules by their titles."""
    rules = tuple(replace(rule, message=f"{rule.title}.") for rule in catalog().rules if rule.code in RULES)
    return replace(catalog(), version="1", rules=rules)


@cache
def answered(name: str) -> Architecture:
    """The example, some of whose questions were answered by people."""
    model = architecture(name)
    return replace(model, edges=tuple(replace(edge, said={**edge.said, **STATEMENTS}) for edge in model.edges))


@cache
def steady_review(name: str) -> Review:
    return review(answered(name), steady_catalog())


# What a template leaves behind when it is filled in carelessly.
WRONG = (r"\bNone\b", r"\bnan\b", r"\binf\b", r"\{", r"  ", r"\.\.", r" [,.;]", r"because\s*[,.]", r"\n\n\n", r"\(\)")


def draft(name, edge, **more):
    model, rules = answered(name), steady_catalog()
    return draft_for_edge(model, steady_review(name), rules, edge, statements=STATEMENTS, today=TODAY, **more)


@pytest.mark.parametrize(("name", "edge"), CASES)
def test_the_decision_about_a_worked_example_reads_as_written(name, edge):
    """UPDATE_GOLDEN=1 writes the files anew; read the difference before you commit it."""
    found = draft(name, edge, people=People(decision_makers=("Ana Lima",)))
    text = f"# {found.title}\n\n{found.markdown}"
    path = GOLDEN / f"{name}.{edge}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")

    assert text == path.read_text(encoding="utf-8")


def test_every_worked_example_has_a_decision_that_reads_as_written():
    assert {path.name.partition(".")[0] for path in GOLDEN.glob("*.md")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_section_says_something(name):
    for edge in architecture(name).edges[:4]:
        check_form(draft(name, edge.id).markdown)


def check_form(markdown):
    """The laws of every generated text."""
    headings = [line for line in markdown.splitlines() if line.startswith("#")]
    assert [line for line in headings if line in HEADINGS] == [line for line in HEADINGS if line in headings]
    assert {"## Context and Problem Statement", "## Considered Options", "## Decision Outcome"} <= set(headings)
    options = re.findall(r"## Considered Options\n\n(.*?)\n\n##", markdown, re.DOTALL)[0].splitlines()
    assert len(options) >= 2
    titles = [option.removeprefix("* ") for option in options]
    assert [f"### {title}" for title in titles] == [line for line in headings if line not in HEADINGS]
    assert re.findall(r'Chosen option: "(.*?)", because \w', markdown)[0] in titles
    for heading, text in re.findall(r"^(#+ .*)\n\n(.*?)(?=\n\n#|\Z)", markdown, re.DOTALL | re.MULTILINE):
        assert len(text.strip()) > 10, heading
    for wrong in WRONG:
        assert not re.search(wrong, markdown), (wrong, re.search(f".*{wrong}.*", markdown))
    assert not re.search(r"\b(one|1) (calls|findings|things|services|facts|questions|pitfalls|promises)\b", markdown)
    assert not re.search(r"\b(two|three|four|\d\d) (call|finding|thing|service|fact|question|pitfall)\b", markdown)
    assert markdown.endswith(".\n")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0, max_value=100_000))
def test_every_edge_of_any_architecture_gets_a_whole_text(seed):
    problems = Problems()
    model = read_architecture([("a.yaml", json.dumps(random_architecture(seed)))], problems=problems)
    assert model is not None
    reviewed = review(model, catalog())
    for edge in model.edges[:2]:
        found = draft_for_edge(model, reviewed, catalog(), edge.id, today=TODAY)
        check_form(found.markdown)
        assert 0 < len(found.title) <= 200


def test_the_same_input_gives_the_same_text():
    first, second = (draft("retailflow-before", "cart-inventory") for _ in range(2))

    assert first == second


@pytest.mark.parametrize(("name", "edge"), CASES)
def test_it_gives_and_costs_something(name, edge):
    weighed = draft(name, edge).sections["consequences"]

    assert "* Good, because " in weighed
    assert "* Bad, because " in weighed
    steps = weighed.partition("### Next Steps")[2]
    assert ("an effort that nobody has estimated yet" in weighed) == ("To be done" in steps or "To be checked" in steps)


@pytest.mark.parametrize(("name", "edge"), CASES)
def test_it_says_of_each_option_that_is_not_open_any_more_why_it_lost(name, edge):
    found = draft(name, edge)
    options = [line.removeprefix("* ") for line in found.sections["options"].splitlines()]
    outcome = found.sections["outcome"]
    chosen = re.findall(r'Chosen option: "(.*?)"', outcome)[0]
    lost = re.findall(r"^\* (.*?)(?: \(today's way\))?: \w.*\.$", outcome, re.MULTILINE)

    assert chosen not in lost
    for option in set(options) - {chosen, *lost}:
        assert f"| {option[0].lower()}{option[1:]}" in outcome, option
        assert "**This is provisional.**" in outcome


def test_it_explains_the_terms_and_rules_that_it_uses_and_no_others():
    found = draft("retailflow-before", "cart-inventory").sections
    terms = found["more"].partition("### Terms")[2]
    told = "".join(text for section, text in found.items() if section != "more")

    codes = set(re.findall(r"[A-Z]{3}-\d{3}", told))
    assert codes == set(re.findall(r"\*\*([A-Z]{3}-\d{3})\*\*: \w", terms))
    assert "**Tier**" in terms
    assert "**Tier**" not in draft("balance-inquiry-before", "online-banking-accounts").markdown


def test_what_no_step_closes_is_to_be_decided_besides():
    found = draft("retailflow-before", "pricing-payment-gateway").sections["consequences"]

    assert "four findings on it are gone once the next steps are done: RES-001, RES-002, RES-003 and OBS-003" in found
    assert "three findings are still there even then, and to be decided besides: CPL-005, HOP-004 and" in found
    besides = found.partition("To be decided besides:")[2]
    assert "“Fix the price” taken out of the request" in besides
    assert "The risk of CPL-005 and RES-008, which stays because no other answer will do" in besides


def test_an_unknown_edge_is_a_key_error():
    with pytest.raises(KeyError):
        draft("retailflow-before", "nowhere")


def test_the_numbers_before_and_after_are_those_of_the_review():
    found = draft("retailflow-before", "cart-inventory").markdown

    assert "| Sequential synchronous calls of “Check out” | 3 | 1 |" in found
    assert "| Latency of “Check out” (P99, estimate) | 400 ms | 200 ms |" in found
    assert "| Availability of “Check out” | 99.65 % | 99.85 % |" in found
    assert "400 ms (100 + 100 + 100 + 100), within its budget of 500 ms" in found
    assert "99.9 % × 99.9 % × 99.95 % × 99.9 % = 99.65 %" in found


def test_a_call_that_the_user_waits_for_is_made_by_somebody_else_before_it_goes_to_the_background():
    found = draft("retailflow-before", "cart-inventory").markdown

    assert "“Charge the card” is called by Cart instead of Pricing, so that the user still learns" in found
    assert "* [ ] “Charge the card” is called by Cart instead of Pricing" in found


def test_it_names_who_answered_and_whoever_did_was_consulted():
    found = draft("retailflow-before", "cart-inventory", people=People(decision_makers=("Ana Lima",)))

    assert "| Ana Lima, 2 November 2026: “asked the product owner” |" in found.markdown
    assert found.people == People(("Ana Lima",), ("Ben Ito",), ())


def test_a_file_that_states_an_answer_was_not_consulted():
    said = {"answers.needs_result": Said("retailflow.yaml")}
    model = architecture("retailflow-before")

    found = draft_for_edge(model, review(model, catalog()), catalog(), "cart-inventory", statements=said, today=TODAY)

    assert "| retailflow.yaml |" in found.markdown
    assert found.people == People()


def test_it_keeps_the_facts_that_it_rests_on():
    found = draft("retailflow-before", "cart-inventory")
    facts = {fact.fact: fact for fact in found.facts if fact.kind == "edge"}

    assert facts["answers.needs_result"].value is False
    assert facts["answers.needs_result"].by == "Ana Lima"
    assert facts["answers.fan_out"].basis == "unknown"
    assert {fact.fact: fact.value for fact in found.facts if fact.kind == "flow"}["sync_calls"] == 3


def test_it_confirms_the_new_style_and_what_it_rests_on():
    found = draft("retailflow-before", "cart-inventory").confirmation

    assert found.edge == "cart-inventory"
    assert found.styles == ("queue",)
    assert "CPL-001" in found.rules
    assert found.premises == ("answers.needs_result",)


def test_it_says_what_is_missing_and_where_each_answer_leads():
    found = draft("retailflow-before", "cart-inventory").markdown

    assert "By the answers so far nobody has to wait for “Reserve stock”" in found
    assert "One answer after another decides that, three at most" in found
    assert "| Does the order of messages matter? | ordered event stream | publish and subscribe |" in found
    assert "* [ ] If several independent services must react: does the order of messages matter?" in found


def test_it_names_a_disagreement():
    model = architecture("tail-latency-before")
    edge = model.edges[0]
    speaks_for_asynchrony = {"eventual_consistency_ok": True, "benefits_from_decoupling": True, "long_running": True}
    ends_synchronous = {"needs_result": True, "fast_at_peak": True, "callee_may_be_down": False}
    answers = edge.answers._replace(immediate_feedback=False, **speaks_for_asynchrony, **ends_synchronous)
    model = replace(model, edges=(replace(edge, answers=answers), *model.edges[1:]))
    reviewed = review(model, catalog())
    assert reviewed.edges[0].agreement == "disagree"

    found = draft_for_edge(model, reviewed, catalog(), edge.id, today=TODAY).markdown

    assert "**Matrix and tree disagree.**" in found
    assert "asynchronous communication" in found


def test_a_decision_that_keeps_what_is_there_has_one_picture():
    found = draft("streamflow-after", "playback-history")

    assert found.title == "Keep publishing “VideoPlaybackStarted” on Kafka"
    assert found.before is not None
    assert found.after is None


def test_a_decision_that_changes_something_has_two_pictures():
    found = draft("retailflow-before", "cart-inventory")
    before = {edge.id: edge.family for edge in found.before.edges}
    after = {edge.id: edge.family for edge in found.after.edges}

    assert before["cart-inventory"] == "synchronous"
    assert after["cart-inventory"] == "asynchronous"
    assert {id_ for id_ in before if before[id_] != after[id_]} == {"cart-inventory"}


def test_it_works_without_any_rule():
    bare = Catalog("0", ())
    model = architecture("retailflow-before")

    check_form(draft_for_edge(model, review(model, bare), bare, "cart-inventory", today=TODAY).markdown)


def renamed(model: Architecture, name: str) -> Architecture:
    """The architecture with the name everywhere where people write one."""
    return replace(
        model,
        services=tuple(replace(service, name=name, description=name) for service in model.services),
        channels=tuple(replace(channel, name=f"{name}!", description=name) for channel in model.channels),
        edges=tuple(
            replace(edge, name=name, description=name, expectation=name, delay_cost=name) for edge in model.edges
        ),
        flows=tuple(replace(flow, name=name, description=name) for flow in model.flows),
    )


def shape(markdown):
    """The blocks of the text as HTML, without the words."""
    return re.sub(r">[^<]*<", "><", to_html(markdown))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(("example_name", "edge"), [CASES[0], CASES[6]])
def test_a_name_changes_no_block_of_the_text(example_name, edge, name):
    said = {"answers.needs_result": Said(name, name, name)}
    models = [renamed(architecture(example_name), text) for text in ("Harmless", name)]
    texts = [
        draft_for_edge(model, review(model, catalog()), catalog(), edge, statements=said, today=TODAY).markdown
        for model in models
    ]
    plain_said = {"answers.needs_result": Said("Harmless", "Harmless", "Harmless")}
    harmless = draft_for_edge(
        models[0], review(models[0], catalog()), catalog(), edge, statements=plain_said, today=TODAY
    ).markdown

    assert shape(texts[1]) == shape(harmless)
    assert plain(name)[:20] in re.sub(r"\s+", " ", _text(texts[1]))


def _text(markdown):
    html = re.sub(r"<[^>]+>", "", to_html(markdown))
    return html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("name", NAMES)
def test_a_second_review_is_told_of_the_same_decisions(name):
    """Else every finding about decisions would seem to go away with whatever is decided."""
    model = architecture(name)
    told = review(model, catalog(), Settings(as_of=TODAY, decisions=()))
    edge = model.edges[0]
    situation = Situation.of(model, told, catalog(), edge.id, statements=None, today=TODAY, decisions=())

    assert situation.reviewed_with(edge).findings == told.findings
