"""Calls that the user waits for stay in the request, although the call above them leaves it."""

import json
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.decisions.flow_numbers import moved_behind
from archreview.decisions.ground import Ground, flow_in
from archreview.decisions.rewiring import NewCaller
from archreview.engine.model import Flow, Step
from archreview.engine.results import FlowReview, Review
from archreview.engine.review import review
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from tests.decisions.test_generator import TODAY, steady_catalog, steady_review
from tests.engine.random_architectures import random_architecture
from tests.examples.reviewed import architecture


def ground_of(model, reviewed: Review | None = None) -> Ground:
    return Ground(model, reviewed or review(model, steady_catalog()), steady_catalog(), TODAY, None)


def retail() -> Ground:
    return ground_of(architecture("retailflow-before"), steady_review("retailflow-before"))


def flow_of(reviewed: Review, flow: Flow) -> FlowReview:
    found = flow_in(reviewed, flow)
    assert found is not None
    return found


def queued(ground, *ids):
    return [replace(ground.edges[id_], style="queue", technology=None) for id_ in ids]


def test_a_call_that_the_user_waits_for_moves_up_to_the_caller_of_the_one_that_leaves():
    found = retail().rewired(*queued(retail(), "inventory-pricing"))

    assert found.callers == (
        NewCaller("pricing-payment-gateway", "pricing", "inventory", behind=("inventory-pricing",)),
    )
    assert found.flows[0].steps == (
        Step("cart-inventory", then=(Step("inventory-pricing"), Step("pricing-payment-gateway"))),
    )
    assert {edge.id: edge.source for edge in found.edges} == {
        "inventory-pricing": "inventory",
        "pricing-payment-gateway": "inventory",
    }


def test_it_moves_out_from_behind_all_that_leave():
    found = retail().rewired(*queued(retail(), "cart-inventory", "inventory-pricing"))

    assert found.callers == (
        NewCaller("pricing-payment-gateway", "pricing", "cart", behind=("cart-inventory", "inventory-pricing")),
    )
    assert found.flows[0].steps == (
        Step("cart-inventory", then=(Step("inventory-pricing"),)),
        Step("pricing-payment-gateway"),
    )


def test_the_numbers_are_those_of_the_model_written_by_hand():
    ground = retail()
    change = ground.rewired(*queued(ground, "inventory-pricing"))
    by_hand = replace(
        ground.architecture,
        edges=tuple(
            replace(edge, style="queue", technology=None)
            if edge.id == "inventory-pricing"
            else replace(edge, source="inventory")
            if edge.id == "pricing-payment-gateway"
            else edge
            for edge in ground.architecture.edges
        ),
        flows=tuple(
            replace(
                flow,
                steps=(Step("cart-inventory", then=(Step("inventory-pricing"), Step("pricing-payment-gateway"))),),
            )
            for flow in ground.architecture.flows
        ),
    )
    then = review(by_hand, steady_catalog())

    assert ground.reviewed_with(*change.edges, flows=change.flows).findings == then.findings
    flow = ground.architecture.flows[0]
    assert ground.flow_rewired(flow, change).sync_calls == flow_of(then, flow).sync_calls == 2
    assert ground.flow_rewired(flow, change).latency_p99_ms == flow_of(then, flow).latency_p99_ms == 300


def test_nothing_moves_where_one_of_its_uses_stays():
    model = architecture("retailflow-before")
    refund = replace(model.flows[0], id="refund", entry="pricing", steps=(Step("pricing-payment-gateway"),))
    ground = ground_of(replace(model, flows=(*model.flows, refund)))

    found = ground.rewired(*queued(ground, "inventory-pricing"))

    assert (found.flows, found.callers) == ((), ())


def test_nothing_moves_that_becomes_a_message_itself():
    ground = retail()

    assert ground.rewired(*queued(ground, "inventory-pricing", "pricing-payment-gateway")).callers == ()


def test_nothing_moves_that_nobody_waits_for():
    ground = retail()

    assert ground.rewired(*queued(ground, "pricing-payment-gateway")).flows == ()


def test_a_group_that_runs_side_by_side_is_left_without_what_moves():
    model = architecture("retailflow-before")
    group = Step("inventory-pricing", then=(Step(parallel=(Step("pricing-payment-gateway"),)),))
    flow = replace(model.flows[0], steps=(Step("cart-inventory", then=(group,)),))
    ground = ground_of(replace(model, flows=(flow,)))

    found = ground.rewired(*queued(ground, "inventory-pricing"))

    assert found.flows[0].steps[0].then == (Step("inventory-pricing"), Step("pricing-payment-gateway"))


def _fits(flow, edges):
    """Whether each step begins where the one above it ends."""

    def fits(steps, caller):
        return all(
            fits(step.parallel, caller)
            if step.edge is None
            else edges[step.edge].source == caller and fits(step.then, edges[step.edge].target)
            for step in steps
        )

    return fits(flow.steps, flow.entry)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0, max_value=100_000), st.data())
def test_whatever_leaves_every_flow_stays_whole(seed, data):
    model = read_architecture([("a.yaml", json.dumps(random_architecture(seed)))], problems=Problems())
    assert model is not None
    ids = [edge.id for edge in model.edges]
    awaited = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    edges = tuple(
        replace(edge, answers=edge.answers._replace(immediate_feedback=edge.id in awaited)) for edge in model.edges
    )
    ground = ground_of(replace(model, edges=edges))
    used = sorted({step.edge for flow in model.flows for step in flow.walk() if step.edge})
    leaving = data.draw(st.sets(st.sampled_from(used))) if used else set()

    found = ground.rewired(*queued(ground, *leaving))
    later = ground.reviewed_with(*found.edges, flows=found.flows)

    new = {**ground.edges, **{edge.id: edge for edge in found.edges}}
    flows = {flow.id: flow for flow in ground.architecture.flows}
    for flow in found.flows:
        before = flows[flow.id]
        assert Counter(s.edge for s in flow.walk() if s.edge) == Counter(s.edge for s in before.walk() if s.edge)
        assert all(step.edge or step.parallel for step in flow.walk())
        assert _fits(flow, new)
    for caller in found.callers:
        assert caller.edge in awaited
        assert caller.new not in (caller.old, new[caller.edge].target)
        for flow in ground.flows_with((caller.edge,)):
            assert caller.edge not in moved_behind(flow_of(ground.review, flow), flow_of(later, flow))
