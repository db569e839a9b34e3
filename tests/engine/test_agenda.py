"""The order of an agenda follows what a decision would change, and never a meeting's length."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archreview.engine.agenda import LEAST_MINUTES, MOST_MINUTES, Topic, agenda, fitting
from archreview.engine.review import review
from tests.examples.reviewed import NAMES, architecture, catalog, example


def topics_of(name, **facts):
    return agenda(architecture(name), example(name), catalog(), **facts)


@pytest.mark.parametrize("name", NAMES)
def test_the_weightiest_stands_first_and_every_topic_says_why(name):
    topics = topics_of(name)

    assert [topic.weight for topic in topics] == sorted((topic.weight for topic in topics), reverse=True)
    assert all(topic.reasons for topic in topics)
    assert all(LEAST_MINUTES <= topic.minutes <= MOST_MINUTES for topic in topics)


def test_the_call_that_breaks_the_rule_is_on_the_agenda_because_of_its_flow():
    over = [flow.first_over for flow in example("retailflow-before").flows if flow.within_rule is False]
    topic = next(topic for topic in topics_of("retailflow-before") if topic.edge in over)

    assert "flow" in {reason.kind for reason in topic.reasons}


def test_an_edge_whose_decision_changes_nothing_is_no_topic():
    found = example("retailflow-after")
    settled = {
        edge.id
        for edge in found.edges
        if edge.agreement == "agree" and edge.fit == "fits" and edge.matrix.strength and edge.tree.outcome
    }
    silent = settled - {finding.subject.id for finding in found.findings} - {q.subject.id for q in found.questions}

    assert not silent & {topic.edge for topic in topics_of("retailflow-after")}


def test_only_the_edges_of_the_scope_are_topics():
    wanted = {architecture("retailflow-before").edges[0].id}

    assert {topic.edge for topic in topics_of("retailflow-before", edges=wanted)} <= wanted
    assert topics_of("retailflow-before", edges=()) == ()


def test_the_more_critical_the_tier_the_earlier_the_edge():
    before = architecture("retailflow-before")

    def weights(tier):
        services = tuple(replace(service, tier=tier) for service in before.services)
        changed = replace(before, services=services)
        return {topic.edge: topic.weight for topic in agenda(changed, review(changed, catalog()), catalog())}

    critical, harmless = weights(1), weights(4)
    assert critical.keys() == harmless.keys() != set()
    assert all(critical[edge] > harmless[edge] for edge in critical)


MINUTES = st.lists(st.integers(LEAST_MINUTES, MOST_MINUTES), max_size=30)


@given(MINUTES, st.integers(1, 240))
def test_what_fits_keeps_its_order_and_the_length(minutes, length):
    topics = [Topic(str(number), 1.0, None, (), each) for number, each in enumerate(minutes)]

    taken = fitting(topics, length)

    assert [topic for topic in topics if topic in taken] == list(taken)
    assert sum(topic.minutes for topic in taken) <= length or len(taken) == 1
    assert bool(taken) == bool(topics)
