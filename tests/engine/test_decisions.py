"""Accepted decisions in the analysis: what is not as decided, and what they rested on that has changed."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archreview.engine.decisions import GONE, AcceptedDecision, Premise, is_another
from archreview.engine.review import Settings, review
from tests.engine.small import answered, architecture, call, engine_architecture, service
from tests.rules_catalog.catalog import built_in

QUEUE = AcceptedDecision("0007", "Queue it", edge="a-b", styles=("queue",))


def judged(plain, *decisions):
    return review(engine_architecture(plain), built_in(), Settings(decisions=decisions))


def about(result, code):
    return [finding for finding in result.findings if finding.rule == code]


def one(**facts):
    return architecture(call("a", "b", **facts))


def premise(fact, value, kind="edge", id_="a-b"):
    return AcceptedDecision("0007", "Keep it", edge="a-b", premises=(Premise(kind, id_, fact, value),))


def test_without_decisions_the_rules_about_them_are_listed_and_not_passed():
    result = review(engine_architecture(one()), built_in())

    assert {"DEC-001", "DEC-002", "DEC-003"} <= {entry.rule for entry in result.not_evaluated}
    assert result.decisions == ()


def test_what_is_as_decided_holds():
    result = judged(one(style="queue"), QUEUE)

    assert [decision.state for decision in result.decisions] == ["holds"]
    assert not about(result, "DEC-002")
    assert not {"DEC-001", "DEC-002", "DEC-003"} & {entry.rule for entry in result.not_evaluated}


def test_what_is_not_as_decided_is_a_finding_that_says_then_and_now():
    result = judged(one(style="request_response"), QUEUE)

    (finding,) = about(result, "DEC-002")
    assert "style request response instead of queue (0007)" in finding.message
    assert (finding.severity, finding.subject) == ("high", ("edge", "a-b"))
    assert [decision.state for decision in result.decisions] == ["drifted"]


def test_where_nobody_says_the_style_it_is_asked_for():
    result = judged(one(style=None), QUEUE)

    assert not about(result, "DEC-002")
    assert "DEC-002" in next(q for q in result.questions if q.fact == "style").waiting
    assert [decision.state for decision in result.decisions] == ["open"]


def test_a_fact_that_must_hold_and_does_not_is_drift():
    decision = dataclasses.replace(QUEUE, styles=(), facts=(("circuit_breaker", True),))

    assert about(judged(one(style="request_response", circuit_breaker=False), decision), "DEC-002")
    assert not about(judged(one(style="request_response", circuit_breaker=True), decision), "DEC-002")
    open_ = judged(one(style="request_response"), decision)
    assert not about(open_, "DEC-002")
    assert any(q.fact == "circuit_breaker" and "DEC-002" in q.waiting for q in open_.questions)


def test_a_rule_that_must_find_nothing_and_finds_something_is_drift():
    decision = AcceptedDecision("0007", "Guard it", edge="a-b", rules=("RES-001",))
    unguarded = one(style="request_response", circuit_breaker=False)

    assert "RES-001 finds something" in about(judged(unguarded, decision), "DEC-002")[0].message
    assert not about(judged(one(style="request_response", circuit_breaker=True), decision), "DEC-002")


def test_a_rule_that_is_no_more_leaves_the_decision_open():
    decision = AcceptedDecision("0007", "Guard it", edge="a-b", rules=("XXX-001",))

    assert judged(one(style="queue"), decision).decisions[0].state == "open"


def test_a_premise_that_changed_is_a_finding_that_says_then_and_now():
    result = judged(one(style="request_response", latency_p99_ms=1400), premise("latency_p99_ms", 200))

    (finding,) = about(result, "DEC-003")
    assert "latency p99 from 200 ms to 1,400 ms (0007)" in finding.message
    assert finding.severity == "medium"
    assert result.decisions[0].state == "changed"


def test_a_second_consumer_is_a_changed_premise():
    plain = architecture(
        call("a", "b", style="pubsub", channel="c"),
        call("a", "d", style="pubsub", channel="c"),
        services=[service("d")],
    )

    result = judged(plain, premise("consumers", ["b"], "channel", "c"))

    assert "consumers from b to b and d" in about(result, "DEC-003")[0].message


def test_an_answer_that_turned_is_a_changed_premise_and_one_that_is_derived_the_same_is_none():
    answers = answered({"needs_result": True})
    turned = judged(one(style="queue", answers=answers), premise("answers.needs_result", False))
    derived = judged(one(style="queue", purpose="logging"), premise("answers.needs_result", False))

    assert about(turned, "DEC-003")
    assert not about(derived, "DEC-003")


def test_where_the_model_has_drifted_the_premise_is_told_by_the_decision_and_no_finding():
    both = dataclasses.replace(premise("latency_p99_ms", 200), styles=("queue",))

    result = judged(one(style="request_response", latency_p99_ms=1400), both)

    assert about(result, "DEC-002")
    assert not about(result, "DEC-003")
    assert [check.holds for check in result.decisions[0].checks] == [False, False]


def test_a_decision_about_what_is_gone_no_longer_holds():
    result = judged(one(style="queue"), dataclasses.replace(QUEUE, edge="gone"))

    assert result.decisions[0].state == "drifted"
    assert result.decisions[0].checks[0].now is None or result.decisions[0].checks[0].now == GONE


def test_a_decision_that_says_nothing_to_check_is_unbound():
    assert judged(one(style="queue"), AcceptedDecision("0001", "Words")).decisions[0].state == "unbound"


DISAGREEING = {
    "immediate_feedback": False,
    "long_running": True,
    "eventual_consistency_ok": True,
    "benefits_from_decoupling": True,
    "needs_result": True,
    "fast_at_peak": True,
    "callee_may_be_down": False,
}


def test_a_disagreement_is_a_finding_until_somebody_decides():
    plain = one(style="request_response", answers=answered(DISAGREEING))

    assert about(judged(plain), "DEC-001")
    assert not about(judged(plain, AcceptedDecision("0001", "Keep", edge="a-b")), "DEC-001")


def test_two_decisions_about_one_edge_are_both_told():
    other = dataclasses.replace(QUEUE, label="0008", styles=("stream",))

    message = about(judged(one(style="batch"), QUEUE, other), "DEC-002")[0].message

    assert "(0007)" in message
    assert "(0008)" in message


def test_decisions_change_nothing_else():
    plain = one(style="request_response", circuit_breaker=False)
    without, with_ = review(engine_architecture(plain), built_in()), judged(plain, QUEUE)

    def others(result):
        return [finding for finding in result.findings if not finding.rule.startswith("DEC-")]

    assert others(without) == others(with_)


@pytest.mark.parametrize(
    ("fact", "then", "now", "changed"),
    [
        ("latency_p99_ms", 200, 240, False),
        ("latency_p99_ms", 200, 241, True),
        ("latency_p99_ms", 200, 159, True),
        ("latency_p99_ms", 990, 1000, True),
        ("effective_latency_ms", 1000, 999, True),
        ("throughput_per_s", 99_000, 100_000, True),
        ("availability", 99.9, 99.88, False),
        ("availability", 99.9, 99.8, True),
        ("latency_p99_ms", 200, None, True),
        ("latency_p99_ms", None, 200, True),
        ("timeout_ms", 1000, 1001, True),
        ("timeout_ms", "none", 1000, True),
        ("sync_calls", 2, 3, True),
        ("answers.fan_out", True, None, True),
        ("answers.fan_out", True, True, False),
    ],
)
def test_what_is_measured_changes_materially_and_all_else_at_all(fact, then, now, changed):
    assert is_another(fact, then, now) is changed


@given(st.floats(0.001, 1e9))
def test_what_stays_the_same_has_never_changed(value):
    for fact in ("latency_p99_ms", "throughput_per_s", "timeout_ms"):
        assert not is_another(fact, value, value)


@given(st.floats(0.001, 900), st.floats(0, 0.2))
def test_a_move_of_a_fifth_or_less_below_the_threshold_is_no_change(value, share):
    assert not is_another("latency_p99_ms", value, value * (1 - share))
