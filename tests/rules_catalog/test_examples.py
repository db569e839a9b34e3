"""Every rule does on its examples what they say, with the whole engine."""

import dataclasses
from datetime import date

import pytest

from archreview.engine.review import Settings, review
from tests.rules_catalog.catalog import built_in

AS_OF = Settings(as_of=date(2026, 11, 20))
CASES = [(rule, example) for rule in built_in().rules for example in rule.examples]
# Rules whose every fact is always known, or where unknown facts count as something by the rule's own words.
NEVER_ASK = {"HOP-002", "HOP-003", "HOP-004", "CPL-004", "CPL-008", "CPL-009", "RES-007"}


def alone(rule):
    return dataclasses.replace(built_in(), rules=(rule,), obligations=())


@pytest.mark.parametrize(("rule", "example"), CASES, ids=[f"{r.code} {e.expect}: {e.title}" for r, e in CASES])
def test_an_example_comes_out_as_it_says(rule, example):
    result = review(example.architecture, alone(rule), AS_OF)
    found = [f for f in result.findings if (f.subject.kind, f.subject.id) == (rule.scope, example.subject)]
    asked = [question for question in result.questions if rule.code in question.waiting]

    assert not result.not_evaluated
    if example.expect == "match":
        assert [finding.rule for finding in found] == [rule.code]
        assert "{" not in found[0].message
        assert found[0].facts
    elif example.expect == "no_match":
        assert (found, asked) == ([], [])
    else:
        assert not found
        assert asked


@pytest.mark.parametrize("rule", built_in().rules, ids=lambda rule: rule.code)
def test_a_rule_whose_facts_can_be_missing_is_tried_on_missing_facts(rule):
    asks = any(example.expect == "ask" for example in rule.examples)

    assert asks or "decisions" in rule.needs or rule.code in NEVER_ASK


def test_rules_that_need_decisions_or_a_date_are_listed_and_not_passed():
    example = built_in().rules[0].examples[0]

    without = {entry.rule for entry in review(example.architecture, built_in()).not_evaluated}
    with_date = {entry.rule for entry in review(example.architecture, built_in(), AS_OF).not_evaluated}

    assert without == {"DEC-001", "DEC-002", "DEC-003", "EVD-004"}
    assert with_date == {"DEC-001", "DEC-002", "DEC-003"}


def test_the_result_does_not_depend_on_the_order_of_the_rules():
    backwards = dataclasses.replace(built_in(), rules=built_in().rules[::-1])
    for _, example in CASES[::7]:
        one, other = (review(example.architecture, catalog, AS_OF) for catalog in (built_in(), backwards))

        assert one.findings == other.findings
        assert one.questions == other.questions
