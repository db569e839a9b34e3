"""The numbers of a flow: calls, latency, waits, availability."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.random_architectures import plain_architectures
from tests.engine.small import (
    architecture,
    call,
    channel,
    edge_of,
    flow,
    flow_of,
    reviewed,
    service,
    step,
    together,
)


def request(*edges, steps, entry="a", services=(), channels=(), **facts):
    """Give the review of the one flow of an architecture."""
    return flow_of(
        reviewed(
            architecture(*edges, services=services, channels=channels, flows=[flow(entry, *steps, **facts)]),
        )
    )


# Sequential calls -----------------------------------------------------------------------------


def test_calls_in_order_and_calls_nested_add_up():
    """a -> b -> c, then a -> d."""
    result = request(call("a", "b"), call("b", "c"), call("a", "d"), steps=[step("a-b", "b-c"), "a-d"])
    assert result["calls"] == ["a-b", "b-c", "a-d"]
    assert (result["sync_calls"], result["within_rule"], result["first_over"]) == (3, False, "a-d")


def test_of_calls_side_by_side_the_longest_branch_counts():
    """a -> b beside a -> c -> d."""
    result = request(call("a", "b"), call("a", "c"), call("c", "d"), steps=[together("a-b", step("a-c", "c-d"))])
    assert (result["calls"], result["within_rule"]) == (["a-c", "c-d"], True)


def test_of_equal_branches_the_first_written_is_shown():
    result = request(call("a", "b"), call("a", "c"), steps=[together("a-c", "a-b")])
    assert result["calls"] == ["a-c"]


def test_a_hand_off_counts_and_what_it_sets_off_does_not():
    """a ~webhook~> b -> c."""
    result = request(call("a", "b", style="webhook"), call("b", "c"), steps=[step("a-b", "b-c")])
    assert result["calls"] == ["a-b"]


def test_a_message_counts_for_nothing_and_neither_does_what_it_sets_off():
    result = request(call("a", "b", style="queue"), call("b", "c"), steps=[step("a-b", "b-c")])
    assert (result["sync_calls"], result["sync_calls_at_most"]) == (0, 0)


def test_in_process_steps_count_nothing_and_pass_on():
    """a = b (one process) -> c."""
    result = request(call("a", "b", style="in_process"), call("b", "c"), steps=[step("a-b", "b-c")])
    assert result["calls"] == ["b-c"]


def test_a_reply_that_is_waited_for_is_a_call():
    reply = {"style": "request_reply"}
    for waits, calls, at_most in ((True, 2, 2), (False, 0, 0), (None, 0, 2)):
        known = {} if waits is None else {"waits_for_reply": waits}
        result = request(call("a", "b", **reply, **known), call("b", "c"), steps=[step("a-b", "b-c")])
        assert (result["sync_calls"], result["sync_calls_at_most"]) == (calls, at_most)


def test_a_call_to_a_datastore_is_no_call():
    db = [service("db", kind="datastore")]
    result = request(call("a", "db"), call("a", "b"), services=db, steps=["a-db", "a-b", "a-db"])
    assert result["calls"] == ["a-b"]


def test_an_unknown_family_leaves_the_rule_open_only_where_it_could_break_it():
    edges = [call("a", "b"), call("b", "c", style=None), call("c", "d")]
    assert request(*edges, steps=[step("a-b", "b-c")])["within_rule"] is True
    assert request(*edges, steps=[step("a-b", step("b-c", "c-d"))])["within_rule"] is None


def test_a_background_flow_is_within_the_rule_however_long():
    result = request(call("a", "b"), steps=["a-b"] * 4, user_facing=False)
    assert (result["sync_calls"], result["within_rule"], result["first_over"]) == (4, True, None)


def test_the_limit_is_a_setting():
    plain = architecture(call("a", "b"), flows=[flow("a", "a-b", "a-b", "a-b")])
    assert flow_of(reviewed(plain, hop_limit=3))["within_rule"] is True
    assert flow_of(reviewed(plain, hop_limit=1))["within_rule"] is False


# Positions ------------------------------------------------------------------------------------


def test_a_position_counts_what_came_before_and_what_stands_above():
    """a -> b -> c, then beside each other a -> d and a -> e, then a -> f."""
    edges = [call("a", "b"), call("b", "c"), call("a", "d"), call("a", "e"), call("a", "f")]
    plain = architecture(*edges, flows=[flow("a", step("a-b", "b-c"), together("a-d", "a-e"), "a-f")])
    result = reviewed(plain)
    positions = {edge["id"]: edge["hop"]["position"] for edge in result["edges"]}
    assert positions == {"a-b": 1, "b-c": 2, "a-d": 3, "a-e": 3, "a-f": 4}
    assert edge_of(result, "a-d")["hop"]["over"] is True


def test_of_several_flows_the_largest_position_counts_and_the_first_flow_that_has_it():
    edges = [call("a", "b"), call("a", "c")]
    flows = [
        flow("a", "a-c", flow_id="f1"),
        flow("a", "a-b", "a-c", flow_id="f3"),
        flow("a", "a-b", "a-c", flow_id="f2"),
    ]
    hop = edge_of(reviewed(architecture(*edges, flows=flows)), "a-c")["hop"]
    assert hop == {"position": 2, "over": False, "basis": "flow", "flow": "f2"}


def test_background_flows_and_background_steps_give_no_position():
    """a ~stream~> b -> c in a request; the graph says that c is called first by whoever b is."""
    edges = [call("a", "b", style="stream"), call("b", "c")]
    flows = [flow("a", step("a-b", "b-c")), flow("b", "b-c", "b-c", flow_id="nightly", user_facing=False)]
    result = reviewed(architecture(*edges, services=[service("b", entry_point=True)], flows=flows))
    assert edge_of(result, "b-c")["hop"] == {"position": 1, "over": False, "basis": "graph", "flow": None}
    assert edge_of(result, "a-b")["hop"] is None


# Latency --------------------------------------------------------------------------------------


def test_latency_adds_the_entry_the_steps_and_what_is_nested():
    """a (10) -> b (20) -> c (30), then a ~webhook~> d (hand-over 5), then a ~queue~> e (publish 2)."""
    result = request(
        call("a", "b", latency_p99_ms=20, latency_basis="peak"),
        call("b", "c"),
        call("a", "d", style="webhook", handover_p99_ms=5, latency_p99_ms=900),
        call("a", "e", style="queue", publish_p99_ms=2),
        services=[service("a", latency_p99_ms=10), service("c", latency_p99_ms=30)],
        steps=[step("a-b", "b-c"), "a-d", "a-e"],
        latency_budget_ms=67,
    )
    assert (result["latency_p99_ms"], result["latency_complete"], result["over_budget"]) == (67, True, False)


def test_of_steps_side_by_side_the_slowest_counts():
    result = request(
        call("a", "b", latency_p99_ms=20),
        call("a", "c", latency_p99_ms=30),
        services=[service("a", latency_p99_ms=1)],
        steps=[together("a-b", "a-c")],
    )
    assert result["latency_p99_ms"] == 31


def test_what_is_unknown_counts_nothing_is_listed_and_leaves_the_budget_open():
    result = request(
        call("a", "b", latency_p99_ms=20),
        call("a", "c"),
        call("a", "d", style="polling"),
        services=[service("a", latency_p99_ms=1)],
        steps=["a-b", "a-c", "a-d"],
        latency_budget_ms=1000,
    )
    assert (result["latency_p99_ms"], result["latency_complete"], result["over_budget"]) == (21, False, None)
    assert result["unknown_latency_edges"] == ["a-c", "a-d"]


def test_the_known_part_alone_can_be_over_the_budget():
    result = request(call("a", "b", latency_p99_ms=20), call("a", "c"), steps=["a-b", "a-c"], latency_budget_ms=19)
    assert result["over_budget"] is True


def test_without_a_budget_nobody_is_over_it():
    result = request(call("a", "b", latency_p99_ms=20), services=[service("a", latency_p99_ms=1)], steps=["a-b"])
    assert (result["latency_complete"], result["over_budget"]) == (True, None)


def test_an_unknown_time_to_publish_is_no_gap():
    result = request(call("a", "b", style="queue"), services=[service("a", latency_p99_ms=1)], steps=["a-b"])
    assert (result["latency_p99_ms"], result["latency_complete"]) == (1, True)


def test_an_edge_of_unknown_family_makes_the_latency_incomplete():
    result = request(
        call("a", "b", style=None, latency_p99_ms=5), services=[service("a", latency_p99_ms=1)], steps=["a-b"]
    )
    assert (result["latency_p99_ms"], result["latency_complete"]) == (1, False)
    assert result["unknown_latency_edges"] == ["a-b"]


def test_numbers_that_are_not_from_the_peak_are_used_and_listed():
    result = request(
        call("a", "b", latency_p99_ms=20, latency_basis="idle"),
        call("a", "c", latency_p99_ms=20, latency_basis="peak"),
        call("a", "d", latency_p99_ms=20),
        steps=["a-b", "a-c", "a-d"],
    )
    assert (result["latency_p99_ms"], result["not_at_peak_edges"]) == (60, ["a-b", "a-d"])


def test_the_tail_counts_calls_and_hand_offs_in_the_foreground_to_datastores_too():
    result = request(
        call("a", "b"),
        call("b", "db"),
        call("a", "c", style="webhook"),
        call("a", "d", style="queue"),
        services=[service("db", kind="datastore")],
        steps=[step("a-b", "b-db"), together("a-c", "a-d")],
    )
    assert result["tail_share"] == pytest.approx(1 - 0.99**3)


# Waiting --------------------------------------------------------------------------------------


def test_waits_in_order_add_up_and_side_by_side_the_longest_counts():
    result = request(
        call("a", "b", timeout_ms=100),
        call("a", "c", timeout_ms=200, retries=1),
        call("a", "d", style="webhook", timeout_ms=300),
        steps=["a-b", together("a-c", "a-d")],
    )
    assert (result["worst_wait_ms"], result["waits_for_ever"]) == (500, False)


def test_what_waits_inside_a_timeout_does_not_count():
    """a -> b within 100 ms; that b waits for c for ever does not hold the user up."""
    result = request(call("a", "b", timeout_ms=100), call("b", "c", timeout_ms="none"), steps=[step("a-b", "b-c")])
    assert (result["worst_wait_ms"], result["waits_for_ever"]) == (100, False)


def test_an_in_process_step_waits_for_what_it_calls():
    result = request(
        call("a", "b", style="in_process"), call("b", "c", timeout_ms=70, retries=2), steps=[step("a-b", "b-c")]
    )
    assert result["worst_wait_ms"] == 210


def test_an_unknown_timeout_leaves_the_wait_open_and_counts_nothing_in_what_it_is_at_least():
    result = request(call("a", "b", timeout_ms=100), call("a", "c"), steps=["a-b", "a-c"])
    assert (result["worst_wait_ms"], result["worst_wait_at_least_ms"]) == (None, 100)
    assert result["waits_for_ever"] is None


@pytest.mark.parametrize("none", ["none", 0])
def test_one_place_that_waits_for_ever_decides_whatever_beside_it_is_unknown(none):
    edges = [call("a", "b", timeout_ms=none), call("a", "c"), call("a", "d", style=None)]
    for steps in (["a-b", "a-c", "a-d"], [together("a-c", "a-b", "a-d")]):
        result = request(*edges, steps=steps)
        assert (result["waits_for_ever"], result["worst_wait_ms"]) == (True, None)


def test_a_message_is_not_waited_for():
    result = request(call("a", "b", style="queue", timeout_ms="none"), steps=["a-b"])
    assert (result["worst_wait_ms"], result["waits_for_ever"]) == (0, False)


def test_attempts_multiply_down_a_chain_and_pass_in_process_steps():
    """a -> b (4 tries) = c -> d (3 tries), and beside it a -> e (5 tries)."""
    result = request(
        call("a", "b", retries=3),
        call("b", "c", style="in_process", retries=9),
        call("c", "d", retries=2),
        call("a", "e", retries=4),
        steps=[step("a-b", step("b-c", "c-d")), "a-e"],
    )
    assert result["attempts"] == 12


def test_without_retries_there_is_one_attempt():
    assert request(call("a", "b"), steps=["a-b"])["attempts"] == 1


# Availability ---------------------------------------------------------------------------------

FOUR = [service(name, availability=promise) for name, promise in zip("abcd", (99.9, 99, 98, 97), strict=True)]


def test_availability_is_the_product_of_all_that_is_needed():
    result = request(
        call("a", "b", fallback=False),
        call("b", "c", fallback=False),
        services=FOUR[:3],
        steps=[step("a-b", "b-c")],
    )
    assert result["needs"] == ["a", "b", "c"]
    assert result["availability"] == pytest.approx(99.9 * 0.99 * 0.98)
    assert result["below_target"] is True


def test_neither_a_callee_with_a_fallback_nor_what_is_below_it_is_needed():
    result = request(
        call("a", "b", fallback=True), call("b", "c"), call("a", "d"), services=FOUR, steps=[step("a-b", "b-c"), "a-d"]
    )
    assert result["needs"] == ["a", "d"]


def test_a_service_that_is_called_twice_counts_once():
    result = request(call("a", "b"), services=FOUR[:2], steps=["a-b", "a-b"])
    assert result["availability"] == pytest.approx(99.9 * 0.99)


def test_services_of_one_deployable_fail_together():
    app = [service("b", availability=99, deployable="app"), service("c", availability=98, deployable="app")]
    result = request(call("a", "b"), call("a", "c"), services=[FOUR[0], *app], steps=["a-b", "a-c"])
    assert result["availability"] == pytest.approx(99.9 * 0.98)


def test_services_joined_by_an_in_process_step_fail_together():
    result = request(call("a", "b"), call("b", "c", style="in_process"), services=FOUR[:3], steps=[step("a-b", "b-c")])
    assert result["availability"] == pytest.approx(99.9 * 0.98)


def test_an_unknown_availability_is_assumed_and_listed():
    result = request(call("a", "b"), services=[FOUR[0]], steps=["a-b"])
    assert result["availability"] == pytest.approx(99.9 * 0.999)
    assert result["assumed_availability"] == ["b"]


def test_a_message_needs_its_channel_and_not_its_consumer():
    edges = [call("a", to, style="stream", channel="topic") for to in "bc"]
    result = request(*edges, services=FOUR[:3], channels=[channel("topic", availability=99.5)], steps=["a-b", "a-c"])
    assert result["needs"] == ["a"]
    assert result["availability"] == pytest.approx(99.9 * 0.995)


def test_with_an_outbox_the_channel_may_be_down():
    edge = call("a", "b", style="stream", channel="topic", outbox=True)
    result = request(edge, services=FOUR[:1], channels=[channel("topic", availability=50)], steps=["a-b"])
    assert result["availability"] == pytest.approx(99.9)


def promise(*, own=99.9, other=99.9, target=None, **facts):
    """Give below_target of a -> b with these promises and these facts of the edge."""
    services = [service("a"), service("b")]
    for one, availability in zip(services, (own, other), strict=True):
        if availability is not None:
            one["availability"] = availability
    given_target = {} if target is None else {"availability_target": target}
    return request(call("a", "b", **facts), services=services, steps=["a-b"], **given_target)["below_target"]


def test_a_dependency_that_promises_less_breaks_the_promise():
    assert promise(own=99.95, other=99.9, fallback=False) is True
    assert promise(own=99.9, other=99.95, fallback=False) is False


def test_a_dependency_that_promises_the_same_keeps_it():
    for availability in (99.5, 99.9, 99.95, 99.99):
        assert promise(own=availability, other=availability, fallback=False) is False


def test_the_target_is_held_against_the_whole_product():
    assert promise(own=99.9, other=99.95, target=99.9, fallback=False) is True
    assert promise(own=99.9, other=99.95, target=99.8, fallback=False) is False


def test_a_target_that_is_just_met_is_met():
    assert promise(own=99.9, other=99.9, target=99.9, fallback=True) is False


@pytest.mark.parametrize(
    "facts",
    [{}, {"fallback": False, "own": None}, {"fallback": False, "other": None}, {"fallback": False, "style": None}],
)
def test_an_unknown_fallback_availability_or_family_leaves_it_open(facts):
    assert promise(**facts) is None


def test_with_a_fallback_the_callee_is_no_matter():
    assert promise(own=99.9, other=50, fallback=True) is False
    assert promise(own=99.9, other=50, fallback=True, style=None) is False


# Coupling -------------------------------------------------------------------------------------


def test_services_whose_result_nobody_needs_are_counted_by_caller_and_sequence():
    """a calls b, c and d in order for side effects, and e beside f; b calls g."""
    side_effect = {"purpose": "analytics"}
    result = request(
        *[call("a", to, **side_effect) for to in "bcdef"],
        call("b", "g", **side_effect),
        steps=[step("a-b", "b-g"), "a-c", "a-d", "a-b", together("a-e", "a-f")],
    )
    assert result["unneeded_in_sequence"] == 3


def test_edges_that_stand_more_than_once_in_a_sequence_are_listed():
    result = request(call("a", "b"), call("a", "c"), steps=["a-b", "a-c", "a-b"])
    assert result["repeated_calls"] == ["a-b"]


def test_an_edge_that_stands_in_two_sequences_is_not_repeated():
    result = request(call("a", "b"), call("a", "c"), call("b", "d"), steps=[step("a-b", "b-d"), step("a-c")])
    assert result["repeated_calls"] == []


def test_what_is_written_is_counted_by_deployable_in_the_background_too():
    """a writes b and c (one deployable), and over a message d, which pays e."""
    write = {"purpose": "write"}
    result = request(
        call("a", "b", **write),
        call("a", "c", **write),
        call("a", "d", style="queue", **write),
        call("d", "e", purpose="payment"),
        call("a", "f", purpose="read"),
        services=[service("b", deployable="app"), service("c", deployable="app")],
        steps=["a-b", "a-c", step("a-d", "d-e"), "a-f"],
    )
    assert result["written_services"] == ["app", "d", "e"]


# Properties -----------------------------------------------------------------------------------


@given(plain_architectures())
def test_the_bounds_are_in_order(plain):
    for result in reviewed(plain)["flows"]:
        assert len(result["calls"]) == result["sync_calls"] <= result["sync_calls_at_most"]
        assert 0 <= result["availability"] <= 100
        assert 0 <= result["tail_share"] < 1
        if result["worst_wait_ms"] is not None:
            assert result["worst_wait_at_least_ms"] == result["worst_wait_ms"]


@given(plain_architectures(), st.randoms())
def test_a_review_does_not_depend_on_the_order_in_which_things_are_written(plain, rng):
    shuffled = copy.deepcopy(plain)
    for kind in ("services", "channels", "edges", "flows"):
        rng.shuffle(shuffled[kind])
    ours, theirs = reviewed(plain), reviewed(shuffled)
    for kind in ("edges", "flows", "entries", "services", "channels", "cycles"):
        assert ours[kind] == theirs[kind]


@given(plain_architectures(), st.randoms())
def test_one_more_fallback_never_adds_a_need(plain, rng):
    before = reviewed(plain)
    if plain["edges"]:
        safer = copy.deepcopy(plain)
        rng.choice(safer["edges"])["fallback"] = True
        for old, new in zip(before["flows"], reviewed(safer)["flows"], strict=True):
            assert set(new["needs"]) <= set(old["needs"])


def test_a_limit_that_is_just_met_is_met_whatever_the_rounding():
    result = request(
        call("a", "b", latency_p99_ms=1.1, fallback=False),
        services=[service("a", latency_p99_ms=0.1, availability=99.99), service("b", availability=99.99)],
        steps=["a-b"],
        latency_budget_ms=1.2,
        availability_target=99.980001,
    )
    assert (result["over_budget"], result["below_target"]) == (False, False)
