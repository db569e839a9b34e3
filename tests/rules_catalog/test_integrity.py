"""The built-in catalog holds together, rule by rule."""

import re

import pytest

from archreview.engine.catalog import SCOPES
from archreview.engine.language import in_words
from archreview.engine.model import FAMILY_OF_STYLE, IN_PROCESS
from archreview.engine.results import SEVERITIES
from archreview.engine.tree import OUTCOMES
from tests.rules_catalog.catalog import PATH, built_in

RULES = built_in().rules
OBLIGATIONS = built_in().obligations
# The rules that the design names, by family: how many there are.
FAMILIES = {
    "HOP": 4,
    "CPL": 10,
    "LAT": 4,
    "AVL": 2,
    "RES": 9,
    "MSG": 21,
    "OBS": 4,
    "TEC": 3,
    "CON": 3,
    "EVD": 4,
    "DEC": 3,
}
CATEGORY_OF_FAMILY = {
    "HOP": "coupling",
    "CPL": "coupling",
    "LAT": "latency",
    "AVL": "latency",
    "RES": "resilience",
    "MSG": "messaging",
    "OBS": "observability",
    "TEC": "technology",
    "CON": "consistency",
    "EVD": "evidence",
    "DEC": "decisions",
}


def each_rule():
    return pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_every_family_is_numbered_without_a_gap():
    expected = [f"{family}-{number:03}" for family, count in FAMILIES.items() for number in range(1, count + 1)]

    assert sorted(rule.code for rule in RULES) == sorted(expected)


@each_rule()
def test_a_rule_stands_in_the_category_of_its_family(rule):
    assert rule.category == CATEGORY_OF_FAMILY[rule.code[:3]]
    assert rule.scope in SCOPES


@each_rule()
def test_a_rule_says_what_it_found_why_it_matters_and_what_to_do(rule):
    assert 10 < len(rule.title) < 80
    assert not rule.title.endswith(".")
    assert rule.title[0].isupper()
    assert len(rule.why) > 80
    assert rule.remedy.startswith("- ")
    assert all(text.rstrip().endswith(".") for text in (rule.message, rule.why))
    # Wrapped lines are joined to the item or sentence that they belong to.
    assert all(item.rstrip().endswith((".", "?")) for item in re.split(r"\n(?=- )", rule.remedy))


@each_rule()
def test_a_rule_names_where_it_comes_from(rule):
    assert rule.references
    assert re.fullmatch(r"([A-E]( [A-E])*)?", rule.source)
    assert rule.source or rule.code == "EVD-004"
    assert not any("http" in reference for reference in rule.references)


@each_rule()
def test_a_parameter_is_used(rule):
    texts = " ".join((rule.condition, rule.severity, rule.message))

    assert all(f"params.{name}" in texts for name in rule.params)


@each_rule()
def test_a_condition_can_be_read_aloud(rule):
    words = in_words(rule.condition, rule.scope, rule.params)

    assert words
    assert not re.search(r"[&|_=]|==", words)


@each_rule()
def test_a_severity_is_one_of_five(rule):
    words = set(re.findall(r'"(\w+)"', rule.severity)) & set(SEVERITIES)

    assert rule.severity in SEVERITIES or words


@each_rule()
def test_a_rule_is_tried_on_what_must_and_what_must_not_match(rule):
    if "decisions" not in rule.needs:
        assert {"match", "no_match"} <= {example.expect for example in rule.examples}


def test_titles_and_messages_are_each_rules_own():
    assert len({rule.title for rule in RULES}) == len(RULES)
    assert len({rule.message for rule in RULES}) == len(RULES)


def test_a_catalog_says_what_the_two_hop_rule_allows():
    assert (built_in().hop_limit, built_in().default_availability) == (2, 99.9)


def test_every_style_that_leaves_a_process_has_obligations():
    served = {style for obligation in OBLIGATIONS for style in obligation.styles}

    assert served >= {style for style, family in FAMILY_OF_STYLE.items() if family != IN_PROCESS}


def test_every_outcome_of_the_tree_has_obligations():
    assert {outcome for obligation in OBLIGATIONS for outcome in obligation.outcomes} == set(OUTCOMES)


def test_a_duty_is_shown_once_for_a_style_or_an_outcome():
    for kind in ("styles", "outcomes"):
        shown = [(value, o.duty) for o in OBLIGATIONS for value in getattr(o, kind)]

        assert len(shown) == len(set(shown))


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda obligation: obligation.duty)
def test_an_obligation_says_what_it_asks_for(obligation):
    assert obligation.text.endswith(".")
    assert obligation.text[0].isupper()
    assert in_words(obligation.condition, "edge")


@pytest.mark.parametrize(
    ("style", "duties"),
    [
        ("request_response", "timeout breaker fallback tracing compensation"),
        (
            "queue",
            "idempotent dead_letter_queue dead_letter_procedure lag_monitored correlation_id compensation "
            "published queued picked_up processed",
        ),
        (
            "stream",
            "idempotent lag_monitored partition_key retention consumer_group compensation "
            "published queued picked_up processed",
        ),
        ("pubsub", "contract callee_isolated compensation published queued picked_up processed"),
        (
            "webhook",
            "callback_auth callback_retry callback_expiry callback_state_kept status_visible compensation",
        ),
        ("request_reply", "correlation_id reply_timeout compensation published queued picked_up processed"),
    ],
)
def test_a_style_brings_the_duties_that_the_design_names(style, duties):
    assert [o.duty for o in OBLIGATIONS if style in o.styles] == duties.split()


def test_the_file_is_written_for_reading():
    lines = PATH.read_text().splitlines()

    assert not [line for line in lines if line != line.rstrip()]
