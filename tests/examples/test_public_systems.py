"""Two public systems come out as people who read their sources say."""

import json
from pathlib import Path

import pytest

from tests.examples.reviewed import architecture, example, flow, subjects

TRUTH = Path(__file__).resolve().parents[3] / "shared" / "data" / "ground-truth"
needs_truth = pytest.mark.skipif(not TRUTH.is_dir(), reason="the files of public systems are not here")


@needs_truth
@pytest.mark.parametrize("name", ["online-boutique", "bookinfo"])
def test_the_services_and_edges_are_those_of_the_ground_truth(name):
    truth = json.loads((TRUTH / f"{name}.json").read_text())
    stated = architecture(name)
    assert sorted(service.id for service in stated.services) == sorted(truth["services"])
    assert sorted((edge.source, edge.target) for edge in stated.edges) == sorted(
        (edge["source"], edge["target"]) for edge in truth["edges"]
    )


@needs_truth
@pytest.mark.parametrize("name", ["online-boutique", "bookinfo"])
def test_the_known_facts_are_those_of_the_ground_truth(name):
    truth = {
        (edge["source"], edge["target"]): edge for edge in json.loads((TRUTH / f"{name}.json").read_text())["edges"]
    }
    for edge in architecture(name).edges:
        known = truth[edge.source, edge.target]
        if "timeout_ms" in known:
            assert edge.timeout_ms == known["timeout_ms"]
        if "retries" in known:
            assert edge.retries == known["retries"]
        if known.get("fallback") or known.get("failure_tolerated"):
            assert edge.fallback is True


@pytest.mark.parametrize("name", ["online-boutique", "bookinfo"])
def test_every_edge_says_where_it_was_found(name):
    assert all(edge.evidence for edge in architecture(name).edges)
    assert all(piece.source for edge in architecture(name).edges for piece in edge.evidence)


def test_online_boutique_has_a_deadline_on_one_call_only():
    without = subjects(example("online-boutique"), "RES-002")
    assert "frontend-adservice" not in without
    assert len(without) == 13


def test_online_boutique_waits_for_a_mail_whose_failure_it_tolerates():
    assert subjects(example("online-boutique"), "CPL-003") == {"checkoutservice-emailservice"}


def test_online_boutique_has_no_circuit_breaker():
    assert "checkoutservice-paymentservice" in subjects(example("online-boutique"), "RES-001")


def test_online_boutique_makes_seven_calls_to_check_out():
    found = flow(example("online-boutique"), "checkout")
    assert found.sync_calls == 7
    assert found.within_rule is False


def test_bookinfo_waits_longer_inside_than_outside():
    assert subjects(example("bookinfo"), "RES-003") == {"reviews-ratings"}


def test_bookinfo_makes_three_calls_for_a_page():
    assert flow(example("bookinfo")).calls == ("productpage-details", "productpage-reviews", "reviews-ratings")
