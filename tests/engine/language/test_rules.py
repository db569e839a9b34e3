"""What a compiled rule gives: severity, message, known facts, what is missing, and its failure."""

import dataclasses
import math
from random import Random

import pytest

from archreview.engine.catalog import Rule
from archreview.engine.language import (
    ConditionError,
    compile_condition,
    compile_message,
    compile_rules,
    compile_severity,
)
from tests.engine.language.judged import judged
from tests.engine.language.random_conditions import facts_of

EDGE = facts_of("edge", Random(7))
NOTHING_MISSING: tuple[tuple[str, str, str], ...] = ()


def edge(**facts):
    """Give facts of an edge `e` from `a` to `b`, with the registered and the computed ones as given."""
    computed = {name: value for name, value in facts.items() if hasattr(EDGE, name) and name != "channel"}
    registered = {name: value for name, value in facts.items() if name not in computed and name != "channel"}
    model = dataclasses.replace(EDGE.model, **{"id": "e", "name": "", **registered})
    source = dataclasses.replace(EDGE.source, id="a", name="Cart")
    target = dataclasses.replace(EDGE.target, id="b", name="")
    return dataclasses.replace(
        EDGE, **{"model": model, "source": source, "target": target, "channel": facts.get("channel"), **computed}
    )


def rule(code="T-001", condition="edge.in_request", severity="high", message="It holds.", scope="edge", **more):
    return Rule(code, "A rule", "test", scope, condition, severity, message, "", "", **more)


def missing(condition, facts):
    compiled = compile_condition(condition, "edge")
    assert compiled.value(facts) is None
    return compiled.missing(facts)


def test_a_question_goes_to_the_one_who_owns_the_fact():
    facts = edge(timeout_ms=None, style=None)

    assert missing("edge.timeout_ms > 5", facts) == (("edge", "e", "timeout_ms"),)
    assert missing("edge.has_timeout_ms == false", facts) == (("edge", "e", "timeout_ms"),)
    unknown_target = dataclasses.replace(facts, target=dataclasses.replace(facts.target, availability=None))
    assert missing("target.availability < 5", unknown_target) == (("service", "b", "availability"),)


def test_an_answer_is_asked_for_by_its_key():
    facts = edge()
    facts = dataclasses.replace(facts, answers=facts.answers._replace(can_poll=None))

    assert missing("edge.answers.can_poll", facts) == (("edge", "e", "answers.can_poll"),)


def test_an_edge_without_a_channel_is_asked_for_its_channel():
    assert missing('channel.ordering == "none"', edge(channel=None)) == (("edge", "e", "channel"),)
    assert missing("channel.name_is_past", edge(channel=None)) == (("edge", "e", "channel"),)


def test_a_fact_of_the_channel_is_asked_of_the_channel():
    channel = facts_of("channel", Random(3))
    channel = dataclasses.replace(channel, model=dataclasses.replace(channel.model, id="c", ordering=None))

    assert missing('channel.ordering == "none"', edge(channel=channel)) == (("channel", "c", "ordering"),)


def test_a_computed_name_asks_for_what_it_rests_on():
    facts = edge(fit=None)

    assert missing('edge.fit == "misfit"', facts) == facts.asks("fit")


def test_only_operands_that_are_unknown_are_asked_for():
    facts = edge(timeout_ms=None, retries=3, tracing=None, spiky=True)

    assert missing("edge.timeout_ms > 5 && edge.retries > 2 && edge.spiky", facts) == (("edge", "e", "timeout_ms"),)
    assert missing("(edge.timeout_ms > 5 && edge.retries > 5) || edge.tracing", facts) == (("edge", "e", "tracing"),)


def test_a_choice_asks_for_its_condition_first_and_then_for_the_branch():
    unknown, known = edge(tracing=None, timeout_ms=None), edge(tracing=True, timeout_ms=None)
    condition = "edge.tracing ? edge.timeout_ms > 5 : edge.retries > 5"

    assert missing(condition, unknown) == (("edge", "e", "tracing"),)
    assert missing(condition, known) == (("edge", "e", "timeout_ms"),)


def test_a_fact_that_stands_twice_is_asked_for_once():
    facts = edge(timeout_ms=None)

    assert missing("edge.timeout_ms > 5 && edge.timeout_ms < 9", facts) == (("edge", "e", "timeout_ms"),)


def test_nobody_is_asked_for_a_budget_that_was_never_set():
    flow = facts_of("flow", Random(1))
    flow = dataclasses.replace(flow, model=dataclasses.replace(flow.model, latency_budget_ms=None))
    compiled = compile_condition("flow.latency_budget_ms > 5", "flow")

    assert compiled.value(flow) is None
    assert compiled.missing(flow) == NOTHING_MISSING


def test_none_counts_as_infinite_and_reads_as_none():
    facts = edge(timeout_ms=math.inf)
    compiled = compile_condition("edge.timeout_ms >= 5 && !edge.has_timeout_ms", "edge")

    assert compiled.value(facts) is True
    assert compiled.known_facts(facts) == {"edge.has_timeout_ms": False, "edge.timeout_ms": "none"}


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("edge.retries + 2 - 4 == -1", True),
        ("6 * 2 / 4 == edge.retries * 3", True),
        ("edge.timeout_ms + 1 == edge.timeout_ms", True),
        ("edge.spiky ? 1 / edge.throughput_per_s > 0 : false", None),
        ("edge.retries / 0 == edge.retries", None),
        ("edge.timeout_ms - edge.timeout_ms == edge.retries", None),
        ("edge.timeout_ms / edge.timeout_ms == edge.retries", None),
        ("0 * edge.timeout_ms == edge.retries", None),
        ("edge.latency_p99_ms * 0 == edge.retries", None),
        ("-edge.retries < 0", True),
        ("-edge.latency_p99_ms < 0", None),
    ],
)
def test_arithmetic_gives_a_number_or_unknown_and_never_fails(condition, value):
    facts = edge(retries=1, timeout_ms=math.inf, throughput_per_s=0, latency_p99_ms=None, spiky=True)

    assert compile_condition(condition, "edge").value(facts) is value


def test_known_facts_are_those_that_are_known_with_lists_as_lists():
    facts = edge(timeout_ms=None, tree_possible=("sync", "callback"))
    condition = 'edge.tree_possible.exists(o, o == "sync") && params.limit > edge.timeout_ms'

    assert compile_condition(condition, "edge", {"limit": 2}).known_facts(facts) == {
        "edge.tree_possible": ["sync", "callback"],
        "params.limit": 2,
    }


def test_a_severity_that_hangs_on_an_unknown_is_the_lowest_still_possible_and_asks():
    severity = compile_severity('edge.duplicate_impact == "critical" ? "critical" : "high"', "edge").value

    assert severity(edge(duplicate_impact="critical")) == ("critical", ())
    assert severity(edge(duplicate_impact="annoying")) == ("high", ())
    assert severity(edge(duplicate_impact=None)) == ("high", (("edge", "e", "duplicate_impact"),))


def test_a_severity_asks_for_nothing_where_all_ways_lead_to_it():
    severity = compile_severity('edge.tracing ? (edge.spiky ? "low" : "low") : "low"', "edge").value

    assert severity(edge(tracing=None, spiky=None)) == ("low", ())


def test_a_plain_severity_asks_for_nothing():
    assert compile_severity("info", "edge").value(edge()) == ("info", ())


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{source.name} waits for {target.name}.", "Cart waits for b."),
        ("timeout {edge.timeout_ms}", "timeout none"),
        ("retries {edge.retries}", "retries unknown"),
        ("traced: {edge.tracing}", "traced: yes"),
        ("group {edge.consumer_group}", "group none"),
        ("leads to {edge.tree_possible}", "leads to sync, callback and pubsub"),
        ("own {edge.latency_p99_ms} ms", "own 98.9055 ms"),
        ("at most {params.limit}", "at most 2"),
    ],
)
def test_a_message_shows_values_as_people_write_them(template, text):
    facts = edge(
        timeout_ms=math.inf,
        retries=None,
        tracing=True,
        consumer_group="",
        latency_p99_ms=98.905528,
        tree_possible=("sync", "callback", "pubsub"),
    )

    assert compile_message(template, "edge", {"limit": 2}).value(facts) == text


def test_a_long_list_is_cut():
    flow = dataclasses.replace(facts_of("flow", Random(1)), calls=tuple(f"e{n}" for n in range(40)))
    text = compile_message("{flow.calls}", "flow").value(flow)

    assert text.startswith("e0, e1, e2, ")
    assert text.endswith("e10 and 29 more")


def test_rules_of_other_scopes_are_left_out():
    rules = [rule("T-001"), rule("T-002", scope="flow", condition="flow.within_rule == false"), rule("T-003")]

    assert [compiled.rule.code for compiled in compile_rules(rules, "edge").rules] == ["T-001", "T-003"]
    assert judged(compile_rules(rules, "system"), facts_of("system", Random(1))) == ([], set(), {})


def test_a_rule_that_cannot_be_compiled_is_named():
    with pytest.raises(ConditionError, match="T-002: at 1: there is no edge.nothing"):
        compile_rules([rule("T-001"), rule("T-002", condition="edge.nothing == 3")], "edge")


def test_a_rule_that_fails_is_told_of_and_the_others_go_on():
    # A text where the schema has a number: what only a mistake in the engine could bring about.
    facts = edge(timeout_ms="long", in_request=True, tracing=None)
    rules = [rule("T-001"), rule("T-002", condition="edge.timeout_ms > 5"), rule("T-003", condition="edge.tracing")]

    true, asked, failed = judged(compile_rules(rules, "edge"), facts)

    assert true == [0]
    assert asked == {(2, "edge", "e", "tracing")}
    assert list(failed) == [1]
    assert failed[1].startswith("TypeError")


def test_a_text_of_a_rule_can_do_nothing_but_be_compared():
    facts = edge()
    hostile = '__import__(\\"os\\").system(\\"true\\")'

    assert compile_condition(f'edge.name == "{hostile}"', "edge").value(facts) is False


def test_a_message_names_facts_in_words():
    message = compile_message("Doubtful: {edge.contradictions}.", "edge")
    names = ("fast_at_peak", "latency_p99_ms", "answers.can_poll")

    assert message.value(edge(contradictions=names)) == "Doubtful: fast at peak, latency P99 and can poll."
