"""`architecture.yaml` is read as docs/architecture-file.md says."""

import json
import math
from pathlib import Path

import pytest

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS
from archreview.engine.model import Channel, Edge, Evidence, Link, Location, Said, Service, Step, System, Team
from archreview.engine.questions import ANSWERS
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.interchange.writers.architecture import write_architecture

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "architecture-file.md"


def read(*texts):
    problems = Problems()
    files = [(f"{number}.yaml", text) for number, text in enumerate(texts)]
    architecture = read_architecture(files, problems=problems)
    assert architecture is not None, [str(problem) for problem in problems]
    return architecture


def the_edge(facts, *more):
    """The edge of a file that states these facts about it."""
    text = f"""archreview: 1
services: [{{id: a}}, {{id: b}}]
channels: [{{id: c}}]
edges:
  - {{id: e, from: a, to: b{", " if facts else ""}{facts}}}
"""
    return read(text, *more).edges[0]


def the_service(facts):
    return read(f"archreview: 1\nservices: [{{id: a, {facts}}}]\n").services[0]


# --- Values ------------------------------------------------------------------------------------


def test_what_is_not_stated_is_unknown():
    edge = the_edge("")
    assert {getattr(edge, fact.name) for fact in EDGE_FACTS} == {None}
    assert {getattr(edge.answers, key) for key in ANSWERS} == {None}


def test_the_word_unknown_is_unknown():
    facts = ", ".join(f"{fact.name}: unknown" for fact in EDGE_FACTS)
    answers = ", ".join(f"{key}: unknown" for key in ANSWERS)
    assert the_edge(f"{facts}, channel: unknown, answers: {{{answers}}}") == the_edge("")


def test_the_word_none_is_known_to_be_absent():
    edge = the_edge("timeout_ms: none, max_deliveries: none, saga: none, consumer_group: none, idempotency_key: none")
    assert (edge.timeout_ms, edge.max_deliveries) == (math.inf, math.inf)
    assert (edge.saga, edge.consumer_group, edge.idempotency_key) == ("", "", "")
    channel = read("archreview: 1\nchannels: [{id: c, partition_key: none, retention_hours: none}]\n").channels[0]
    assert (channel.partition_key, channel.retention_hours) == ("", math.inf)


def test_none_is_a_choice_where_there_is_one():
    channel = read("archreview: 1\nchannels: [{id: c, ordering: none, schema_format: none}]\n").channels[0]
    assert (channel.ordering, channel.schema_format) == ("none", "none")
    assert the_edge("retry_backoff: none").retry_backoff == "none"


@pytest.mark.parametrize("nought", ["0", "0.0", "-0", "+0", "0e0"])
def test_a_timeout_of_nought_waits_for_ever(nought):
    assert the_edge(f"timeout_ms: {nought}").timeout_ms == math.inf


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("80", 80),
        ("80.5", 80.5),
        ("1e3", 1000),
        ("010", 10),
        ("0x10", 16),
        ("0o10", 8),
        ("+7", 7),
        (".5", 0.5),
        ("5.", 5),
    ],
)
def test_numbers_are_those_of_yaml_1_2(written, number):
    assert the_edge(f"latency_p99_ms: {written}").latency_p99_ms == number


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "y", "12:30", "1_000", "2026-11-02", "Nein", "=", "0b1"])
def test_what_other_readers_take_for_something_else_stays_a_text(word):
    assert the_edge(f"name: {word}, technology: {word}").technology == word


def test_every_choice_of_every_fact_can_be_stated():
    for section, table, ends in (
        ("services", SERVICE_FACTS, ""),
        ("channels", CHANNEL_FACTS, ""),
        ("edges", EDGE_FACTS, ", from: a, to: b"),
    ):
        for fact in table:
            for choice in fact.choices:
                base = "" if section == "services" else "services: [{id: a}, {id: b}]\n"
                architecture = read(f"archreview: 1\n{base}{section}: [{{id: x{ends}, {fact.name}: {choice}}}]\n")
                assert str(getattr(getattr(architecture, section)[0], fact.name)) == choice


def test_a_tier_is_a_number():
    assert the_service("tier: 1").tier == 1


def test_a_name_is_the_id_where_it_is_not_given():
    architecture = read("archreview: 1\nsystem: {id: s}\nteams: [{id: t}]\nservices: [{id: a}]\nchannels: [{id: c}]\n")
    entities = (*architecture.systems, *architecture.teams, *architecture.services, *architecture.channels)
    assert [entity.name for entity in entities] == ["s", "t", "a", "c"]
    assert the_edge("").name == "e"


def test_defaults_are_those_of_the_model():
    assert the_service("name: A").kind == "service"
    assert the_service("kind: unknown").kind == "service"
    text = "archreview: 1\nservices: [{id: a}, {id: b}]\nedges: [{id: e, from: a, to: b}]\n"
    (flow,) = read(f"{text}flows: [{{id: f, entry: a, steps: [{{edge: e}}]}}]\n").flows
    assert (flow.user_facing, flow.origin, flow.latency_budget_ms) == (True, "declared", None)


def test_links_can_be_a_list_or_a_mapping():
    links = (Link("runbook", "https://example.org/run"),)
    assert the_service("links: [{name: runbook, url: 'https://example.org/run'}]").links == links
    assert the_service("links: {runbook: 'https://example.org/run'}").links == links


def test_every_part_knows_its_file_and_line():
    architecture = read(
        "archreview: 1\nsystem: {id: s}\nservices:\n  - id: a\n  - id: b\nedges:\n  - id: e\n    from: a\n    to: b\n"
    )
    assert architecture.services[0].location == Location("0.yaml", 4)
    assert architecture.edges[0].location == Location("0.yaml", 7)
    assert architecture.systems[0].location == Location("0.yaml", 2)


def test_parts_are_sorted_by_their_ids():
    assert [service.id for service in read("archreview: 1\nservices: [{id: b}, {id: a}]\n").services] == ["a", "b"]


def test_an_id_is_unique_for_its_kind_only():
    architecture = read("archreview: 1\nservices: [{id: a}, {id: b}]\nchannels: [{id: a}]\nteams: [{id: a}]\n")
    assert architecture.channels[0].id == "a"


# --- Who said it -------------------------------------------------------------------------------


def test_an_answer_keeps_who_gave_it_when_and_why():
    edge = the_edge("answers: {can_poll: {value: false, by: ana, at: 2026-11-02, why: 'the shop waits'}}")
    assert edge.answers.can_poll is False
    assert edge.said == {"answers.can_poll": Said("ana", "2026-11-02", "the shop waits")}


def test_any_fact_keeps_who_said_it():
    edge = the_edge(
        "timeout_ms: {value: none, by: ben}, channel: {value: c, by: ben}, delay_cost: {value: much, by: ben}"
    )
    assert (edge.timeout_ms, edge.channel, edge.delay_cost) == (math.inf, "c", "much")
    assert edge.said == {"timeout_ms": Said("ben"), "channel": Said("ben"), "delay_cost": Said("ben")}
    assert the_service("availability: {value: 99.9, why: contract}").said == {"availability": Said(why="contract")}


def test_not_knowing_is_an_answer_that_keeps_who_gave_it():
    edge = the_edge("answers: {can_poll: {value: unknown, by: ana}}")
    assert edge.answers.can_poll is None
    assert edge.said == {"answers.can_poll": Said("ana")}


def test_a_value_that_nobody_said_is_a_plain_value():
    assert the_edge("timeout_ms: {value: 5}") == the_edge("timeout_ms: 5")


@pytest.mark.parametrize("when", ["2026-11-02", "2026-11-02T10:30:00", "2026-11-02 10:30", "2026-11-02T10:30:00+01:00"])
def test_a_day_or_a_time_can_be_given(when):
    assert the_edge(f"tracing: {{value: true, at: '{when}'}}").said["tracing"].at == when


# --- References --------------------------------------------------------------------------------


def test_services_take_the_system_of_their_file():
    architecture = read("archreview: 1\nsystem: {id: s, name: S, description: text}\nservices: [{id: a}]\n")
    assert architecture.systems == (System("s", "S", "text"),)
    assert architecture.services[0].system == "s"


def test_a_service_can_name_its_own_system_or_none():
    services = "services: [{id: a}, {id: b, system: t}, {id: c, system: unknown}]"
    text = f"archreview: 1\nsystem: {{id: s}}\nsystems: [{{id: t}}]\n{services}\n"
    assert [service.system for service in read(text).services] == ["s", "t", None]


def test_teams_can_be_declared_or_merely_named():
    assert read("archreview: 1\nservices: [{id: a, team: shop}]\n").teams == (Team("shop", "shop"),)
    declared = read("archreview: 1\nteams: [{id: shop, name: Shop}]\nservices: [{id: a, team: shop}]\n")
    assert declared.teams == (Team("shop", "Shop"),)


def test_an_edge_from_a_datastore_may_be_asynchronous_or_unknown():
    text = "archreview: 1\nservices: [{id: a, kind: datastore}, {id: b}]\nedges: [{id: e, from: a, to: b%s}]\n"
    for style in ("queue", "pubsub", "stream", "batch"):
        assert read(text % f", style: {style}").edges[0].style == style
    assert read(text % "").edges[0].style is None


def test_in_process_between_deployables_stays_as_it_is_written():
    assert the_edge("style: in_process").style == "in_process"


def test_steps_keep_their_order_and_their_nesting():
    text = """archreview: 1
services: [{id: a}, {id: b}, {id: c}]
edges: [{id: ab, from: a, to: b}, {id: bc, from: b, to: c}, {id: ac, from: a, to: c}]
flows:
  - id: f
    entry: a
    steps:
      - edge: ab
        then: [{edge: bc}, {parallel: [{edge: bc}, {parallel: [{edge: bc}]}]}]
      - edge: ac
        then: []
      - parallel: [{edge: ab, then: [{edge: bc}]}, {edge: ac}]
"""
    bc = Step("bc")
    assert read(text).flows[0].steps == (
        Step("ab", then=(bc, Step(parallel=(bc, Step(parallel=(bc,)))))),
        Step("ac"),
        Step(parallel=(Step("ab", then=(bc,)), Step("ac"))),
    )


# --- Several files -----------------------------------------------------------------------------


def test_the_same_id_in_several_files_is_the_same_thing():
    edge = the_edge("timeout_ms: 100", "archreview: 1\nedges: [{id: e, from: a, to: b, retries: 2}]\n")
    assert (edge.timeout_ms, edge.retries, edge.differing) == (100, 2, ())


def test_the_first_file_wins_and_the_difference_is_kept():
    other = "archreview: 1\nedges: [{id: e, from: a, to: b, timeout_ms: 200, answers: {can_poll: true}}]\n"
    edge = the_edge("timeout_ms: 100, answers: {can_poll: false}", other)
    assert (edge.timeout_ms, edge.answers.can_poll) == (100, False)
    assert edge.differing == ("answers.can_poll", "timeout_ms")


def test_a_later_file_fills_in_what_the_first_does_not_know():
    other = "archreview: 1\nedges: [{id: e, from: a, to: b, timeout_ms: {value: 200, by: ben}}]\n"
    edge = the_edge("timeout_ms: {value: unknown, by: ana}", other)
    assert edge.timeout_ms == 200
    assert edge.said == {"timeout_ms": Said("ben")}
    assert edge.differing == ()


def test_equal_facts_do_not_differ():
    assert (
        the_edge("timeout_ms: 100", "archreview: 1\nedges: [{id: e, from: a, to: b, timeout_ms: 1e2}]\n").differing
        == ()
    )


def test_references_reach_into_other_files():
    architecture = read(
        "archreview: 1\nedges: [{id: e, from: a, to: b}]\n", "archreview: 1\nservices: [{id: a}, {id: b}]\n"
    )
    assert architecture.edges[0].source == "a"
    assert architecture.sources == (("0.yaml", "architecture"), ("1.yaml", "architecture"))


def test_evidence_of_several_files_stands_together():
    other = "archreview: 1\nedges: [{id: e, from: a, to: b, evidence: [{source: y, confidence: observed}]}]\n"
    edge = the_edge("evidence: [{source: x, line: 3, confidence: suggested}]", other)
    assert edge.evidence == (Evidence("x", "suggested", 3), Evidence("y", "observed"))
    assert edge.counted


def test_a_file_that_declares_an_edge_confirms_the_hint_of_another():
    hint = "archreview: 1\nedges: [{id: e, from: a, to: b, evidence: [{source: x, confidence: suggested}]}]\n"
    edge = the_edge("", hint)
    assert edge.counted
    assert edge.evidence == (Evidence("0.yaml", "declared", 5), Evidence("x", "suggested"))


def test_a_hint_alone_does_not_count():
    assert not the_edge("evidence: [{source: x, confidence: suggested}]").counted


def test_a_kind_that_one_file_leaves_out_is_taken_from_the_other():
    architecture = read("archreview: 1\nservices: [{id: a}]\n", "archreview: 1\nservices: [{id: a, kind: worker}]\n")
    assert architecture.services[0].kind == "worker"


def test_p50_and_p99_of_two_files_are_held_against_each_other():
    problems = Problems()
    first = "archreview: 1\nservices: [{id: a}, {id: b}]\nedges: [{id: e, from: a, to: b, latency_p50_ms: 90}]\n"
    second = "archreview: 1\nedges: [{id: e, from: a, to: b, latency_p99_ms: 80}]\n"
    assert read_architecture([("1", first), ("2", second)], problems=problems) is None
    assert "cannot be over P99" in str(problems.all()[0])


# --- JSON and the documentation ----------------------------------------------------------------


def test_json_says_the_same_as_yaml():
    as_json = {
        "archreview": 1,
        "services": [{"id": "a", "name": "Grüße 😀"}, {"id": "b", "entry_point": True}],
        "edges": [{"id": "e", "from": "a", "to": "b", "timeout_ms": "none", "latency_p99_ms": 1.5e2}],
    }
    for text in (json.dumps(as_json), json.dumps(as_json, indent="\t"), json.dumps(as_json, ensure_ascii=False)):
        architecture = read(text)
        assert architecture.services == (Service("a", "Grüße 😀"), Service("b", "b", entry_point=True))
        assert architecture.edges == (Edge("e", "a", "b", "e", timeout_ms=math.inf, latency_p99_ms=150),)


def test_a_byte_order_mark_is_passed_over():
    assert read("\ufeffarchreview: 1\n".encode()).services == ()


def test_line_breaks_of_windows_are_line_breaks():
    architecture = read(b"archreview: 1\r\nchannels:\r\n  - id: c\r\n    description: |-\r\n      one\r\n      two\r\n")
    assert architecture.channels == (Channel("c", "c", "one\ntwo"),)


def test_the_example_of_the_documentation_can_be_read():
    blocks = DOCUMENT.read_text().split("```yaml\n")[1:]
    examples = [block.split("```")[0] for block in blocks]
    assert examples
    for example in examples:
        if example.startswith("archreview: 1"):
            again = write_architecture(read(example))
            assert write_architecture(read(again)) == again


def test_the_documentation_names_every_fact_and_every_choice():
    text = DOCUMENT.read_text()
    for fact in (*SERVICE_FACTS, *CHANNEL_FACTS, *EDGE_FACTS):
        assert f"`{fact.name}`" in text, fact.name
        assert all(choice in text for choice in fact.choices), fact.name
    assert all(f"`{key}`" in text for key in ANSWERS)


def test_eighteen_calls_below_one_another_can_be_written_and_no_more():
    def nested(depth):
        services = "".join(f"  - {{id: s{number}}}\n" for number in range(depth + 1))
        edges = "".join(f"  - {{id: e{number}, from: s{number}, to: s{number + 1}}}\n" for number in range(depth))
        step = f"{{edge: e{depth - 1}}}"
        for number in reversed(range(depth - 1)):
            step = f"{{edge: e{number}, then: [{step}]}}"
        flow = f"  - {{id: f, entry: s0, steps: [{step}]}}\n"
        return f"archreview: 1\nservices:\n{services}edges:\n{edges}flows:\n{flow}"

    assert len(list(read(nested(18)).flows[0].walk())) == 18
    problems = Problems()
    assert read_architecture([("deep", nested(19))], problems=problems) is None
    assert "too deep" in str(problems.all()[0])
