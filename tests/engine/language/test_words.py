"""A condition in plain words."""

import pytest

from archreview.engine.language import ConditionError, in_words, severity_in_words
from archreview.engine.language.schema import NAMES_OF_SCOPE, Kind, names_of
from archreview.engine.language.words import _CLAUSES


@pytest.mark.parametrize(
    ("scope", "condition", "words"),
    [
        (
            "edge",
            "edge.is_synchronous && edge.circuit_breaker == false",
            "the edge is synchronous, and the edge has no circuit breaker",
        ),
        ("edge", "!edge.tracing || edge.spiky == true", "the edge is not traced, or the edge is spiky"),
        ("edge", "edge.has_timeout_ms == false", "the edge has no timeout (ms)"),
        ("edge", "edge.answers.can_poll != true", 'the answer to "can poll" is no'),
        ("edge", 'edge.style in ["queue", "stream"]', "the edge's style is queue or stream"),
        ("edge", "source.tier < target.tier", "the source's tier is less than the target's tier"),
        (
            "edge",
            "edge.latency_p99_ms >= params.times * edge.latency_p50_ms",
            "the edge's latency p99 (ms) is at least 10 times the edge's latency p50 (ms)",
        ),
        ("edge", "!(edge.spiky && edge.tracing)", "it is not so that (the edge is spiky, and the edge is traced)"),
        ("edge", "!known(edge.delivery)", "the edge's delivery is not known"),
        (
            "edge",
            'edge.in_request && (edge.is_call || target.kind == "external")',
            "the edge is in a user's request, and (the edge is a call, or the target's kind is external)",
        ),
        (
            "flow",
            "flow.steps.exists(s, s.is_side_effect && s.is_synchronous)",
            "for one of the flow's steps (it is a side effect, and it is synchronous)",
        ),
        (
            "flow",
            "size(flow.steps.filter(s, s.retries > 1)) > 3",
            "the number of the flow's steps where (its number of retries is more than 1) is more than 3",
        ),
        ("channel", "size(channel.consumers) > 1", "the number of the channel's consumers is more than 1"),
        ("edge", 'edge.saga == ""', "the edge's saga is none"),
        ("edge", 'edge.name.startsWith("Place")', "the edge's name starts with Place"),
        (
            "channel",
            'channel.intent == "event" ? channel.contract : channel.ordering == "none"',
            "if the channel's intent is event then the channel has a contract, else the channel's ordering is none",
        ),
    ],
)
def test_a_condition_is_read_aloud(scope, condition, words):
    assert in_words(condition, scope, {"times": 10}) == words


@pytest.mark.parametrize(
    ("severity", "words"),
    [
        ("high", "high"),
        ('"high"', "high"),
        (
            'edge.duplicate_impact == "critical" ? "critical" : "high"',
            "critical if the edge's duplicate impact is critical, else high",
        ),
    ],
)
def test_a_severity_is_read_aloud(severity, words):
    assert severity_in_words(severity, "edge") == words


def test_what_is_no_condition_cannot_be_read():
    with pytest.raises(ConditionError):
        in_words("edge.nothing", "edge")


def test_every_fact_that_is_true_or_false_reads_as_a_clause():
    """A fact whose name begins with has_, and an answer, read by themselves."""
    words = {
        entry.word
        for scope in NAMES_OF_SCOPE
        for entry in names_of(scope).values()
        if entry.type.kind is Kind.BOOLEAN and ".answers." not in entry.path
    }

    assert {word for word in words if not word.startswith("has_")} <= set(_CLAUSES)
    assert set(_CLAUSES) <= words
