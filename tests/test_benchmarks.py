"""What the benchmarks measure with is what they say it is."""

from collections import Counter

import pytest

from archreview.engine.index import Index
from archreview.engine.paths import Graph
from archreview.workspaces.models import Workspace
from benchmarks.architectures import giant_cycle, ladder, realistic
from benchmarks.pages import fill, pages_of


@pytest.fixture(scope="module")
def company():
    return realistic(services=400, edges=2_000)


def test_the_same_numbers_give_the_same_architecture(company):
    assert realistic(services=400, edges=2_000) == company
    assert realistic(services=400, edges=2_000, seed=2) != company


def test_every_reference_is_sound(company):
    services = {service.id for service in company.services}
    edges = {edge.id: edge for edge in company.edges}
    channels = {channel.id for channel in company.channels}

    assert len(services) == len(company.services) == 400
    assert len(edges) == len(company.edges) == 2_000
    for edge in company.edges:
        assert {edge.source, edge.target} <= services
        assert edge.source != edge.target
        assert edge.channel is None or edge.channel in channels
        assert edge.latency_p50_ms is None or edge.latency_p99_ms is None or edge.latency_p50_ms <= edge.latency_p99_ms
    for flow in company.flows:
        assert flow.entry in services
        assert all(edges[step.edge].source == flow.entry for step in flow.steps if step.edge)


def test_a_few_services_are_called_by_very_many(company):
    degrees = sorted(Counter(edge.target for edge in company.edges).values(), reverse=True)

    assert sum(degrees[:20]) > len(company.edges) * 0.2


def test_six_in_ten_calls_are_synchronous_and_some_close_cycles(company):
    synchronous = sum(edge.style == "request_response" for edge in company.edges)

    assert 0.55 < synchronous / len(company.edges) < 0.65
    assert Graph(Index(realistic(services=2_000, edges=10_000))).cycles()


def test_facts_are_known_at_different_rates(company):
    known = [
        sum(getattr(edge, name) is not None for edge in company.edges) for name in ("timeout_ms", "fallback", "purpose")
    ]

    assert len({round(count / len(company.edges), 1) for count in known}) > 1
    assert all(0 < count < len(company.edges) for count in known)


def test_a_ladder_doubles_its_paths_with_every_rung():
    depths = Graph(Index(ladder(rungs=12))).depths()

    assert max(depth or 0 for depth in depths.depth) == 12
    assert len(ladder(rungs=12).edges) == 2 + 11 * 4


def test_a_giant_cycle_holds_every_service():
    cycles = Graph(Index(giant_cycle(services=50, edges=200))).cycles()

    assert [len(cycle) for cycle in cycles] == [50]


def test_every_page_that_is_measured_answers_and_none_is_measured_twice(db):
    small = realistic(services=60, edges=150)
    pages = pages_of(fill(small), small)

    assert [page.ask() for page in pages] == [page.status for page in pages]
    assert len({page.name for page in pages}) == len(pages)


def test_each_measured_answer_makes_the_analysis_anew(db):
    small = realistic(services=60, edges=150)
    answer = next(page for page in pages_of(fill(small), small) if page.name.startswith("answer"))
    revisions = []
    for _ in range(3):
        answer.ask()
        revisions.append(Workspace.objects.get().revision)

    assert revisions == sorted(set(revisions))
