"""What is wrong with an entry is told at the place that it is at, and quickly, whatever somebody writes."""

import pytest

from archreview.rules.checking import check_obligation, check_rule, check_settings
from archreview.rules.models import Obligation
from tests.rules.conftest import webhook_rule
from tests.work import within


def told(**changes):
    rule = webhook_rule(**changes)
    return check_rule(rule.code, rule.content())


def test_a_sound_rule_has_no_problems():
    assert told() == {}


def test_a_wrong_name_is_pointed_at_and_the_nearest_one_named():
    (said,) = told(condition="edge.is_synchronous && edge.circut_breaker == false")["condition"]
    message, line, caret = said.split("\n")
    assert message == 'at 24: there is no edge.circut_breaker; did you mean "edge.circuit_breaker"?'
    assert line == "edge.is_synchronous && edge.circut_breaker == false"
    assert caret == " " * 23 + "^" * len("edge.circut_breaker")


def test_every_problem_of_a_text_is_told():
    assert len(told(condition='edge.circut_breaker == false && edge.style == "strem"')["condition"]) == 2


def test_only_what_is_around_the_place_of_a_long_text_is_shown():
    (said,) = told(condition=f"{'edge.is_synchronous && ' * 20}edge.circut_breaker")["condition"]
    _, line, caret = said.split("\n")
    assert line.startswith("...")
    assert line[caret.index("^") :] == "edge.circut_breaker"
    assert len(line) < 100


def test_the_caret_stands_under_the_place_behind_wide_letters():
    (said,) = told(condition='edge.name == "注文サービス" && edge.nope')["condition"]
    _, line, caret = said.split("\n")
    wide = len("注文サービス")
    assert caret.index("^") == line.index("edge.nope") + wide


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "own-1", "capital letters"),
        ("title", "", "required"),
        ("title", "x" * 201, "too long"),
        ("title", "Look\u202e\x07", "not seen"),
        ("title", "two\nlines", "not seen"),
        ("category", "luck", "none of coupling"),
        ("scope", "team", "none of edge"),
        ("severity", "hihg", 'did you mean "high"'),
        ("message", "{edge.nam}", 'did you mean "edge.name"'),
        ("why", " ", "required"),
        ("remedy", "x" * 4001, "too long"),
        ("needs", ["money"], "none of decisions"),
        ("references", ["a\nb"], "not seen"),
        ("references", ["x"] * 21, "too many"),
        ("params", {"At": 1}, "no name of a parameter"),
        ("params", {"at": [1]}, "a number, a text, true or false"),
        ("params", {"at": float("inf")}, "no number"),
        ("params", {"at": 1e300}, "no number"),
        ("examples", "- title: x\n  expct: match\n", "did you mean 'expect'"),
        ("examples", "- [", "Line"),
        ("examples", "x" * 100_001, "too long"),
    ],
)
def test_a_field_that_will_not_do_is_named(field, value, words):
    assert words in " ".join(told(**{field: value})[field])


def test_a_failing_example_is_named_with_what_came_out():
    assert told(condition='edge.style == "webhook"')["examples"] == [
        "“A signed webhook” must not match, and it matches: bank believes whoever calls back.",
        "“Nobody has said” must ask, and it matches: bank believes whoever calls back.",
    ]


def test_an_example_that_should_not_ask_says_what_it_asked_for():
    examples = webhook_rule().examples.replace("expect: ask", "expect: no_match")
    assert told(examples=examples)["examples"] == [
        "“Nobody has said” must not match, and it asks: callback_auth of edge shop-bank."
    ]


def test_what_a_rule_says_of_others_in_an_example_is_beside_the_point():
    examples = webhook_rule().examples.replace(
        "style: webhook, callback_auth: true}]",
        "style: webhook, callback_auth: true}, {id: other, from: bank, to: shop, style: webhook}]",
    )
    assert told(examples=examples) == {}


def test_a_retired_rule_may_have_failing_examples():
    assert told(condition='edge.style == "webhook"', state="retired") == {}


HOSTILE = [
    "(" * 5_000,
    "!" * 3_000,
    "[" * 60_000,
    '"' * 2_999,
    "edge.a" + ".a" * 900,
    "a" * 200_000,
    " && ".join(["edge.is_synchronous"] * 400),
    "1 / 0 == 1e999",
    "9" * 999 + " == 1",
    "edge.name == '\u202eevil'",
    'edge.name.contains("' + "\\" * 501 + '")',
    "\x00",
    "\ud800",
    "ｅｄｇｅ.name",
    "edge.__class__.__mro__ == 1",
    "import os",
    "edge.tree_possible.exists(a, edge.tree_possible.exists(b, a == b))",
    "edge.tree_possible.all(x, x.all(y, y))" * 9,
    "true ? true : true",
    "🙈" * 500,
]


@pytest.mark.parametrize("condition", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_condition_gets_a_short_clear_answer_at_once(condition):
    problems = within(3, lambda: told(condition=condition)["condition"])
    assert problems
    assert all(len(problem) < 600 for problem in problems)
    assert len(problems) <= 50


def test_an_obligation_needs_something_that_brings_it():
    duty = Obligation(duty="named", text="A name.", condition="known(edge.technology)")
    assert "choose one at least" in check_obligation(duty.duty, duty.content())["styles"][0]
    duty.styles = ["queue"]
    assert check_obligation(duty.duty, duty.content()) == {}
    duty.when, duty.outcomes, duty.position = "edge.nope", ["luck"], -1
    assert set(check_obligation("No Duty", duty.content())) == {"duty", "when", "outcomes", "position"}


@pytest.mark.parametrize(("limit", "availability"), [(-1, 99.9), (2.5, 99.9), (True, 99.9), (2, 0), (2, 100.5)])
def test_settings_that_make_no_sense_are_refused(limit, availability):
    assert check_settings({"hop_limit": limit, "default_availability": availability})
