"""Decisions about flows, findings and accepted risks: their texts, and the laws that hold for all of them."""

import os
import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from archreview.decisions.draft import People
from archreview.decisions.drafting import draft_for, subject_of
from archreview.decisions.effects import CHOSEN
from archreview.decisions.flow_numbers import moved_behind
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.ground import Ground
from archreview.decisions.matter import About, Change, Dissent, Matter, NothingToDecide, Waiver, matter_from_json
from archreview.decisions.plan import COSTS, plans
from archreview.decisions.prose import milliseconds, percent
from archreview.engine.results import Subject
from archreview.engine.review import review
from tests.decisions.test_generator import (
    GOLDEN,
    TODAY,
    answered,
    renamed,
    shape,
    steady_catalog,
    steady_review,
)
from tests.decisions.test_prose import HOSTILE
from tests.examples.reviewed import NAMES, architecture

WAIVER = Waiver(
    "the provider is replaced in March, and this call with it",
    "Ana Lima",
    date(2027, 3, 1),
    "a second outage of the provider",
)
FLOWS = [(name, flow.id) for name in NAMES for flow in steady_review(name).flows if flow.within_rule is False]
# What findings are about: all of one rule, or all about one subject.
FINDINGS = [
    ("retailflow-before", "RES-001"),
    ("retailflow-before", "cart-inventory"),
    ("retailflow-before", "AVL-001"),
    ("shipfast-before", "CPL-001"),
    ("datafind-before", "LAT-001"),
    ("user-changes-before", "MSG-008"),
    ("welcome-mail-before", "MSG-001"),
    ("online-boutique", "RES-002"),
    ("ten-dependencies-before", "CPL-007"),
]
WAIVERS = [("retailflow-before", "pricing-payment-gateway"), ("fintech-before", "pay"), ("online-boutique", "RES-002")]
GENERAL = (r"\bNone\b", r"\bnan\b", r"\binf\b", r"\{", r"  ", r"\.\.", r" [,.;]", r"because\s*[,.]", r"\n\n\n", r"\(\)")


def matter_of(name, about):
    """The findings of the example of this rule, or about this subject."""
    found = steady_review(name).findings
    chosen = tuple(finding.fingerprint for finding in found if about in (finding.rule, finding.subject.id))
    assert chosen, about
    return Matter(About.FINDINGS, findings=chosen)


@cache
def draft(name, matter, people=People()):  # noqa: B008 - a frozen value
    return draft_for(answered(name), steady_review(name), steady_catalog(), matter, today=TODAY, people=people)


CASES = [
    *((name, f"flow.{flow}", Matter(About.FLOW, flow)) for name, flow in FLOWS),
    *((name, f"findings.{about}", matter_of(name, about)) for name, about in FINDINGS),
    *(
        (name, f"waiver.{about}", replace(matter_of(name, about), about=About.WAIVER, waiver=WAIVER))
        for name, about in WAIVERS
    ),
]
IDS = [f"{name}-{what}" for name, what, _ in CASES]


@pytest.mark.parametrize(("name", "what", "matter"), CASES, ids=IDS)
def test_the_decision_reads_as_written(name, what, matter):
    """UPDATE_GOLDEN=1 writes the files anew; read the difference before you commit it."""
    found = draft(name, matter)
    text = f"# {found.title}\n\n{found.markdown}"
    path = Path(GOLDEN) / f"{name}.{what}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")

    assert text == path.read_text(encoding="utf-8")


def check(found):
    """The laws of every generated text, whatever it is about."""
    markdown = found.markdown
    for heading, text in re.findall(r"^(#+ .*)\n\n(.*?)(?=\n\n#|\Z)", markdown, re.DOTALL | re.MULTILINE):
        assert len(text.strip()) > 10, heading
    for wrong in GENERAL:
        assert not re.search(wrong, markdown), (wrong, re.search(f".*{wrong}.*", markdown))
    options = found.sections["options"].splitlines()
    assert len(options) >= 2
    parts = re.findall(r"^### (.*?)\n\n(.*?)(?=^### |\Z)", found.sections["comparison"], re.DOTALL | re.MULTILINE)
    assert [f"* {title}" for title, _ in parts] == options
    for number, (title, text) in enumerate(parts):
        weighed = found.sections["consequences"] if number == 0 else text
        assert (CHOSEN in text) is (number == 0), title
        assert "* Good, because " in weighed, title
        assert "* Bad, because " in weighed, title
    assert re.findall(r'Chosen option: "(.*?)", because \w', found.sections["outcome"])[0] == options[0][2:]
    for name, text in found.sections.items():
        if name != "comparison":
            sentences = [line for line in text.splitlines() if len(line) > 40 and not line.startswith("|")]
            assert len(sentences) == len(set(sentences)), name
    assert 0 < len(found.title) <= 200
    assert markdown.endswith(".\n")


@pytest.mark.parametrize(("name", "what", "matter"), CASES, ids=IDS)
def test_every_section_says_something_and_every_option_is_weighed(name, what, matter):
    check(draft(name, matter))


@pytest.mark.parametrize("name", NAMES)
def test_findings_about_any_subject_can_be_decided(name):
    for subject in dict.fromkeys(finding.subject for finding in steady_review(name).findings):
        chosen = tuple(f.fingerprint for f in steady_review(name).findings if f.subject == subject)
        check(draft(name, Matter(About.FINDINGS, findings=chosen)))
        check(draft(name, Matter(About.WAIVER, findings=chosen, waiver=WAIVER)))


@pytest.mark.parametrize(("name", "flow"), FLOWS)
def test_the_numbers_of_a_flow_are_those_of_the_review(name, flow):
    found = draft(name, Matter(About.FLOW, flow))
    today = next(reviewed for reviewed in steady_review(name).flows if reviewed.id == flow)
    changed = {one.edge: one for one in found.confirmation.also}
    ground = Ground(answered(name), steady_review(name), steady_catalog(), TODAY, None)
    change = ground.rewired(
        *(
            replace(ground.edges[id_], style=one.styles[0], technology=None, channel=None, waits_for_reply=None)
            for id_, one in changed.items()
        )
    )
    later = review(ground.with_edges(change.edges, change.flows), steady_catalog())
    then = next(reviewed for reviewed in later.flows if reviewed.id == flow)
    text = found.markdown

    assert f"| {percent(today.availability)} |" in text
    if changed:
        assert f" | {today.sync_calls} | {then.sync_calls} |" in text
        if then.latency_complete and then.latency_p99_ms != today.latency_p99_ms:
            assert f" | {milliseconds(today.latency_p99_ms)} | {milliseconds(then.latency_p99_ms)} |" in text
    assert found.waterfalls[0].total_ms == today.latency_p99_ms
    assert found.waterfalls[-1].total_ms == then.latency_p99_ms


@pytest.mark.parametrize(("name", "flow"), FLOWS)
def test_the_plans_come_with_the_one_that_costs_least_first(name, flow):
    ground = Ground(answered(name), steady_review(name), steady_catalog(), TODAY, None)
    model = next(found for found in ground.architecture.flows if found.id == flow)
    situation = FlowSituation(ground, model, {})

    def cost(plan):
        moved = {*plan.edges, *moved_behind(situation.today, plan.flow)} & set(situation.today.calls)
        judged = [situation.situations[edge].judged.matrix for edge in moved]
        return sum(COSTS[matrix.verdict, matrix.strength] for matrix in judged)

    costs = [cost(plan) for plan in islice(plans(ground, model, situation.today, situation.situations), 5)]

    assert costs == sorted(costs)


def test_the_cheapest_plan_is_proposed_and_says_what_it_rests_on():
    found = draft("fintech-before", Matter(About.FLOW, "pay"))

    assert len(found.confirmation.also) == 5
    assert (
        "for all five of them the four-question matrix speaks on balance for asynchronous communication"
        in found.markdown
    )


def test_a_heavier_plan_is_proposed_where_only_that_keeps_the_budget():
    found = draft("shipfast-before", Matter(About.FLOW, "order"))

    assert len(found.confirmation.also) == 4
    assert "keeps the limit of two and the budget of 200 ms" in found.markdown
    assert "it changes less, but stays over the budget of 200 ms with 1,800 ms" in found.markdown


def test_what_nobody_has_said_is_asked_and_not_guessed():
    found = draft("bookinfo", Matter(About.FLOW, "product-page"))

    assert found.title.startswith("Find out which calls can leave")
    assert found.confirmation.also == ()
    assert found.after is None
    assert len(found.waterfalls) == 1
    assert "ask whoever builds Reviews whether it can answer the request without the result" in found.markdown


def test_a_flow_within_its_limit_has_nothing_to_decide():
    with pytest.raises(NothingToDecide, match="not known to be over its limit"):
        draft("retailflow-after", Matter(About.FLOW, "checkout"))


def test_findings_without_anything_in_common_are_no_decision():
    found = steady_review("retailflow-before").findings
    chosen = tuple(finding.fingerprint for finding in found)

    with pytest.raises(NothingToDecide, match="one decision, one matter"):
        draft("retailflow-before", Matter(About.FINDINGS, findings=chosen))


def test_findings_that_are_gone_are_said_to_be_gone():
    with pytest.raises(NothingToDecide, match="gone"):
        draft("retailflow-before", Matter(About.FINDINGS, findings=("0123456789abcdef",)))


def test_a_waiver_says_why_who_until_when_and_what_it_costs():
    found = draft("retailflow-before", WAIVERS_MATTER).markdown

    assert "“the provider is replaced in March, and this call with it”" in found
    assert (
        "Ana Lima approves it, and answers for what happens meanwhile. It ends on 1 March 2027, in 101 days." in found
    )
    assert "* A second outage of the provider." in found
    assert "of the 2,424 hours until then it fails in 8.5" in found


WAIVERS_MATTER = next(matter for _, what, matter in CASES if what == "waiver.pricing-payment-gateway")


def test_what_was_agreed_on_elsewhere_is_what_is_decided():
    matter = Matter(
        About.FLOW,
        "find",
        changes=(Change("search-logging", "queue"),),
        dissent=(Dissent("Ben Ito", "the log must be complete before the answer goes out"),),
    )
    found = draft("datafind-before", matter)

    assert [one.edge for one in found.confirmation.also] == ["search-logging"]
    assert "because that is what was agreed on" in found.markdown
    assert "* Ben Ito: “the log must be complete before the answer goes out”" in found.markdown
    check(found)


def test_what_was_agreed_on_for_an_edge_is_what_is_decided():
    matter = Matter(About.EDGE, "cart-inventory", changes=(Change("cart-inventory", "pubsub"),))

    assert draft("retailflow-before", matter).confirmation.styles == ("pubsub",)


def test_who_answered_about_a_call_that_leaves_was_consulted():
    found = draft("datafind-before", Matter(About.FLOW, "find"), People(decision_makers=("Ana Lima",)))

    assert found.people == People(("Ana Lima",), ("Ben Ito",), ())


@pytest.mark.parametrize("matter", [Matter(About.FLOW, "find"), WAIVERS_MATTER, Matter(About.EDGE, "a")])
def test_a_matter_reads_back_as_it_was_stored(matter):
    assert matter_from_json(matter.as_json()) == matter


def test_a_matter_of_its_own_kind_is_its_own_subject():
    found = steady_review("retailflow-before")

    assert subject_of(matter_of("retailflow-before", "RES-001"), found) == Subject("rule", "RES-001")
    assert subject_of(matter_of("retailflow-before", "cart-inventory"), found) == Subject("edge", "cart-inventory")
    assert subject_of(Matter(About.FLOW, "checkout"), found) == Subject("flow", "checkout")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("about", ["flow", "findings", "waiver"])
def test_a_name_changes_no_block_of_the_text(about, name):
    def written(word):
        model = renamed(architecture("retailflow-before"), word)
        found = review(model, steady_catalog())
        chosen = tuple(f.fingerprint for f in found.findings if f.subject.id == "pricing-payment-gateway")
        waiver = replace(WAIVER, reason=word, approver=word, reconsider=word)
        matter = {
            "flow": Matter(About.FLOW, "checkout", dissent=(Dissent(word, word),)),
            "findings": Matter(About.FINDINGS, findings=chosen),
            "waiver": Matter(About.WAIVER, findings=chosen, waiver=waiver),
        }[about]
        return draft_for(model, found, steady_catalog(), matter, today=TODAY).markdown

    assert shape(written(name)) == shape(written("Harmless"))
