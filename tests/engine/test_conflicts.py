"""Which rules do not go together: what is found is so, and peace is left in peace."""

import random
from pathlib import Path

import pytest

from archreview.engine.catalog import Rule
from archreview.engine.conflicts import CONTRADICT, MAX_CASES, SAME, Comparable, comparable, conflicts, conflicts_of
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems

CATALOG_FILE = Path(__file__).resolve().parents[2] / "fixtures" / "catalog.yaml"


def rule(condition, *, code="OWN-001", scope="edge", **more):
    return Rule(code, "T", "coupling", scope, condition, "low", "So.", "Because.", "Do.", **more)


def found(one, other, *, scope="edge", params=()):
    """Give what does not go together about two conditions, as (kind, fact)."""
    pair = comparable(
        [rule(one, scope=scope, params=dict(params)), rule(other, code="OWN-002", scope=scope, params=dict(params))]
    )
    assert len(pair) == 2
    return [(each.kind, each.fact) for each in conflicts(pair)]


@pytest.mark.parametrize(
    ("one", "other", "fact"),
    [
        ("edge.is_synchronous && !edge.fallback", "edge.is_synchronous && edge.fallback", "edge.fallback"),
        # One of the two speaks of fewer subjects; to these nothing is right.
        ("edge.is_call && edge.tracing == false", "edge.is_call && edge.in_request && edge.tracing", "edge.tracing"),
        ('edge.style == "queue" && edge.max_deliveries < 5', 'edge.style == "queue" && edge.max_deliveries > 3', None),
        ("edge.is_call && edge.has_timeout_ms", "edge.is_call && !edge.has_timeout_ms", "edge.has_timeout_ms"),
        (
            'edge.is_call && edge.retry_backoff in ["none", "fixed"]',
            'edge.is_call && edge.retry_backoff == "exponential"',
            "edge.retry_backoff",
        ),
        ('channel.ordering == "global" && !channel.contract', 'channel.ordering == "global" && channel.contract', None),
    ],
)
def test_two_rules_of_which_one_always_matches_contradict_each_other(one, other, fact):
    told = found(one, other, scope="channel" if one.startswith("channel") else "edge")
    assert [kind for kind, _ in told] == [CONTRADICT]
    assert fact is None or told[0][1] == fact
    # Which of them is written first is beside the point.
    assert told == found(other, one, scope="channel" if one.startswith("channel") else "edge")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # They divide their subjects between them.
        ("edge.in_request && !edge.fallback", "!edge.in_request && !edge.fallback"),
        ('edge.style == "queue" && !edge.idempotent', 'edge.style != "queue" && !edge.idempotent'),
        # Each has situations of its own.
        ("edge.is_synchronous && !edge.fallback", "edge.is_hand_off && edge.fallback"),
        ("source.tier == 1 && !edge.tracing", "target.tier == 1 && edge.tracing"),
        # A value in between is right for both.
        ("edge.is_call && edge.retries > 5", "edge.is_call && edge.retries < 1"),
        # The answer that both rest on can be thought over.
        ("edge.answers.exactly_once && !edge.idempotent", "edge.answers.exactly_once && edge.idempotent"),
        # What a communication is for, no rule can demand.
        ('edge.is_call && edge.purpose == "read"', 'edge.is_call && edge.purpose != "read"'),
        ("edge.is_call && !edge.fallback", "edge.is_call && !edge.circuit_breaker"),
    ],
)
def test_rules_that_somebody_can_satisfy_both_are_at_peace(one, other):
    assert found(one, other) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("edge.is_call && edge.fallback == false", "!(edge.fallback || !edge.is_call)"),
        ("edge.retries >= 1 && edge.spiky", "edge.spiky && edge.retries > 0.5 && edge.retries >= 1"),
        ("edge.retries > params.most", "edge.retries > 3"),
        # Too much for cases, and written alike all the same.
        ("size(edge.contradictions) > 1", "size(edge.contradictions)  >  1"),
    ],
)
def test_two_rules_that_always_match_together_say_the_same(one, other):
    assert found(one, other, params={"most": 3}) == [(SAME, "")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("edge.retries > 3", "edge.retries >= 3"),
        ("edge.is_call && edge.fallback", "edge.is_call || edge.fallback"),
        ("size(edge.contradictions) > 1", "size(edge.contradictions) > 2"),
    ],
)
def test_rules_that_differ_in_one_case_do_not_say_the_same(one, other):
    assert found(one, other) == []


def test_rules_about_different_things_are_not_compared():
    pair = comparable([rule("edge.is_call"), rule("channel.contract", code="OWN-002", scope="channel")])
    assert list(conflicts(pair)) == []


def test_a_rule_that_is_off_or_cannot_be_read_takes_no_part():
    pair = comparable([rule("edge.is_call", enabled=False), rule("edge.nope", code="OWN-002"), rule("edge.fallback")])
    assert [each.rule.condition for each in pair] == ["edge.fallback"]


def test_where_there_are_too_many_cases_some_are_drawn_and_it_says_so():
    facts = ("tracing", "spiky", "idempotent", "fallback", "bulkhead", "outbox", "lag_monitored", "retry_jitter")
    guard = " && ".join(f"edge.{fact}" for fact in facts)
    guard += ' && edge.style == "queue" && edge.retries > 3 && edge.max_deliveries > 7 && edge.purpose == "read"'
    pair = comparable([rule(f"{guard} && edge.compensation"), rule(f"{guard} && !edge.compensation", code="OWN-002")])
    (told,) = conflicts_of(*pair)
    assert (told.kind, told.fact, told.complete) == (CONTRADICT, "edge.compensation", False)
    assert 0 < told.cases <= MAX_CASES
    assert told == next(conflicts_of(*pair))


def test_what_is_said_of_a_case_is_so():
    """Every case that is given with a contradiction is tried again by itself."""
    draw = random.Random(7)
    facts = ("edge.is_call", "edge.in_request", "edge.fallback", "edge.tracing", "edge.circuit_breaker")
    told = 0
    for _ in range(400):
        one, other = (
            Comparable(rule(" && ".join(draw.choice(("", "!")) + fact for fact in draw.sample(facts, 3)), code=code))
            for code in ("OWN-001", "OWN-002")
        )
        for each in conflicts_of(one, other):
            if not each.case:  # written alike, and so not tried
                continue
            cases = [{**dict(each.case), **({each.fact: value} if each.fact else {})} for value in (True, False)]
            outcomes = [(one.cases.is_true(case), other.cases.is_true(case)) for case in cases]
            told += 1
            assert all(any(pair) for pair in outcomes)
            assert each.kind == SAME or not any(all(pair) for pair in outcomes)
    assert told


def test_the_shipped_rules_go_together():
    catalog = read_catalog(CATALOG_FILE.read_bytes(), file=CATALOG_FILE.name, problems=Problems(), with_examples=False)
    assert catalog is not None
    assert list(conflicts(comparable(catalog.rules))) == []
