"""The second implementation itself, on cases that were worked out by hand."""

import pytest

from tests.engine.brute_force import review
from tests.engine.small import architecture, call, channel, flow, service, step, together


def only(elements, name, key="id"):
    """Give the one element of a list of the result that has a name."""
    [element] = [element for element in elements if element[key] == name]
    return element


def edge_of(result, edge):
    return only(result["edges"], edge)


ANSWERED_ALL = {
    "immediate_feedback": False,
    "long_running": True,
    "eventual_consistency_ok": True,
    "benefits_from_decoupling": True,
}


def retailflow():
    """cart -> inventory -> pricing -> payment, nested, 100 ms each."""
    links = [("cart", "inventory"), ("inventory", "pricing"), ("pricing", "payment")]
    return architecture(
        *[call(a, b, timeout_ms="none", circuit_breaker=False, fallback=False) for a, b in links],
        services=[
            service(name, availability=99.9, latency_p99_ms=100) for name in ("cart", "inventory", "pricing", "payment")
        ],
        flows=[
            flow("cart", step("cart-inventory", step("inventory-pricing", "pricing-payment")), latency_budget_ms=300)
        ],
    )


def test_retailflow_makes_three_calls_and_the_third_is_the_first_over():
    [checkout] = review(retailflow())["flows"]
    assert checkout["sync_calls"] == checkout["sync_calls_at_most"] == 3
    assert checkout["calls"] == ["cart-inventory", "inventory-pricing", "pricing-payment"]
    assert checkout["first_over"] == "pricing-payment"
    assert checkout["within_rule"] is False


def test_retailflow_takes_four_hundred_milliseconds_and_waits_for_ever():
    [checkout] = review(retailflow())["flows"]
    assert (checkout["latency_p99_ms"], checkout["latency_complete"], checkout["over_budget"]) == (400, True, True)
    assert (checkout["waits_for_ever"], checkout["worst_wait_ms"]) == (True, None)
    assert checkout["tail_share"] == pytest.approx(1 - 0.99**3)


def test_in_retailflow_the_failure_of_inventory_takes_the_cart_down():
    result = review(retailflow())
    assert only(result["services"], "inventory")["blast_radius"] == {
        "certain": 1,
        "services": {"count": 1, "ids": ["cart"]},
        "entries": {"count": 1, "ids": ["cart"]},
        "flows": {"count": 1, "ids": ["flow"]},
    }
    assert only(result["services"], "payment")["blast_radius"]["services"]["count"] == 3


def test_retailflow_is_three_deep_from_its_only_entry():
    result = review(retailflow())
    assert result["entries"] == [
        {
            "service": "cart",
            "sync_depth": 3,
            "sync_depth_at_most": 3,
            "unbounded": False,
            "deepest": ["cart", "inventory", "pricing", "payment"],
        }
    ]
    assert edge_of(result, "pricing-payment")["hop"] == {"position": 3, "over": True, "basis": "flow", "flow": "flow"}


def test_in_retailflow_an_edge_takes_as_long_as_all_that_it_sets_off():
    result = review(retailflow())
    assert edge_of(result, "cart-inventory")["effective_latency_ms"] == 300
    assert edge_of(result, "pricing-payment")["effective_latency_ms"] == 100


def test_ten_dependencies_of_three_nines_are_less_than_the_promise_of_three_nines():
    names = [f"part-{n}" for n in range(10)]
    result = review(
        architecture(
            *[call("shop", name, fallback=False) for name in names],
            services=[service(name, availability=99.9) for name in ("shop", *names)],
            flows=[flow("shop", together(*[f"shop-{name}" for name in names]))],
        )
    )
    [shop] = result["flows"]
    assert shop["availability"] == pytest.approx(98.9055, abs=1e-4)
    assert shop["availability"] / 99.9 * 100 == pytest.approx(99.0045, abs=1e-4)
    assert (shop["below_target"], shop["within_rule"], shop["sync_calls"]) == (True, True, 1)


def test_one_dependency_with_the_same_promise_is_not_below_it():
    """Products are exact here: 99.95 % is not below 99.95 %."""
    result = review(
        architecture(
            call("a", "b", fallback=False),
            services=[service("a", availability=99.95), service("b", availability=99.95)],
            flows=[flow("a", "a-b")],
        )
    )
    assert result["flows"][0]["below_target"] is False


def test_a_payment_that_calls_seven_services_in_sequence_counts_seven():
    called = ["fraud", "bank", "receipt", "loyalty", "ledger", "notification", "analytics"]
    result = review(
        architecture(
            *[call("payment", name, purpose="loyalty" if n > 1 else "payment") for n, name in enumerate(called)],
            flows=[flow("payment", *[f"payment-{name}" for name in called])],
        )
    )
    [payment] = result["flows"]
    assert (payment["sync_calls"], payment["first_over"]) == (7, "payment-receipt")
    assert payment["unneeded_in_sequence"] == 5
    assert payment["written_services"] == ["bank", "fraud"]
    assert [edge["hop"]["position"] for edge in result["edges"]] == [7, 2, 1, 5, 4, 6, 3]


def test_side_by_side_the_seven_calls_count_one():
    called = ["fraud", "bank", "receipt", "loyalty", "ledger", "notification", "analytics"]
    result = review(
        architecture(
            *[call("payment", name) for name in called],
            flows=[flow("payment", together(*[f"payment-{name}" for name in called]))],
        )
    )
    assert result["flows"][0]["calls"] == ["payment-fraud"]


def test_what_stands_under_a_hand_off_or_a_message_is_background():
    """a -> b ~webhook~> c -> d, and b ~stream~> e -> d: two calls and no more."""
    result = review(
        architecture(
            call("a", "b"),
            call("b", "c", style="webhook"),
            call("c", "d"),
            call("b", "e", style="stream"),
            call("e", "d"),
            flows=[flow("a", step("a-b", step("b-c", "c-d"), step("b-e", "e-d")))],
        )
    )
    assert result["flows"][0]["calls"] == ["a-b", "b-c"]
    assert result["flows"][0]["needs"] == ["a", "b", "c"]


def test_an_edge_of_unknown_family_may_be_a_call():
    """a -> b -?-> c -> d: two calls at least... one known, three at most."""
    result = review(
        architecture(
            call("a", "b"),
            call("b", "c", style=None),
            call("c", "d"),
            flows=[flow("a", step("a-b", step("b-c", "c-d")))],
        )
    )
    [request] = result["flows"]
    assert (request["sync_calls"], request["sync_calls_at_most"], request["within_rule"]) == (1, 3, None)
    assert only(result["entries"], "a", "service")["sync_depth_at_most"] == 3


def test_a_call_to_a_datastore_weighs_nothing():
    result = review(
        architecture(
            call("a", "db"), services=[service("db", kind="datastore")], flows=[flow("a", "a-db", "a-db", "a-db")]
        )
    )
    [request] = result["flows"]
    assert (request["sync_calls"], request["repeated_calls"]) == (0, ["a-db"])
    assert request["tail_share"] == pytest.approx(1 - 0.99**3)
    assert edge_of(result, "a-db")["hop"] is None
    assert result["entries"][0]["deepest"] == ["a"]


def test_a_cycle_of_calls_has_no_depth_and_no_positions():
    """shop -> a <-> b."""
    result = review(architecture(call("shop", "a"), call("a", "b"), call("b", "a")))
    assert result["cycles"] == [["a", "b"]]
    assert result["entries"] == [
        {"service": "shop", "sync_depth": None, "sync_depth_at_most": None, "unbounded": True, "deepest": []}
    ]
    assert edge_of(result, "a-b")["hop"] is None


def test_services_of_one_deployable_are_in_process_and_count_once():
    """a -> b -> c, b and c in one deployable: availability of a times the lower of b and c."""
    result = review(
        architecture(
            call("a", "b", fallback=False),
            call("b", "c", fallback=False),
            services=[
                service("a", availability=99),
                service("b", availability=98, deployable="app"),
                service("c", availability=97, deployable="app"),
            ],
            flows=[flow("a", step("a-b", "b-c"))],
        )
    )
    assert edge_of(result, "b-c")["family"] == "in-process"
    assert result["flows"][0]["availability"] == pytest.approx(99 * 0.97)
    assert result["flows"][0]["sync_calls"] == 1


def test_a_hanging_callee_costs_the_timeout_once_for_each_attempt():
    """a -> b (3 tries of 500 ms), and b's own waits run inside that."""
    result = review(
        architecture(
            call("a", "b", timeout_ms=500, retries=2),
            call("b", "c", timeout_ms="none", retries=3),
            flows=[flow("a", step("a-b", "b-c"))],
        )
    )
    [request] = result["flows"]
    assert (request["worst_wait_ms"], request["worst_wait_at_least_ms"], request["waits_for_ever"]) == (
        1500,
        1500,
        False,
    )
    assert request["attempts"] == 12


def test_a_p99_of_a_hundred_times_the_p50_is_long_running():
    result = review(architecture(call("a", "b", latency_p50_ms=50, latency_p99_ms=5000, latency_basis="peak")))
    assert {"question": "long_running", "answer": True, "basis": "derived"} in result["edges"][0]["matrix"]["facts"]


def test_notify_followers_is_asynchronous_over_a_standard_queue():
    no = dict.fromkeys(("needs_result", "fan_out", "replay_needed", "order_matters", "exactly_once"), False)
    edge = review(
        architecture(call("post", "notification", style="queue", technology="sqs", answers=ANSWERED_ALL | no))
    )["edges"][0]
    assert (edge["matrix"]["verdict"], edge["matrix"]["strength"], edge["matrix"]["votes"]) == ("async", "strong", 3)
    assert edge["tree"]["outcome"] == "standard_queue"
    assert (edge["agreement"], edge["fit"]) == ("agree", "fits")
    assert edge["technology"] == {"verdict": "fits", "recommended": ["queue"]}


def test_three_consumers_of_an_event_make_a_fan_out():
    consumers = ("notification", "analytics", "newsfeed")
    result = review(
        architecture(
            *[
                call(
                    "post",
                    name,
                    style="pubsub",
                    channel="posted",
                    purpose="notification",
                    answers={"order_matters": False},
                )
                for name in consumers
            ],
            channels=[channel("posted", technology="sns")],
        )
    )
    edge = result["edges"][0]
    assert edge["tree"]["path"][1] == {"question": "fan_out", "answer": True, "basis": "derived"}
    assert edge["tree"]["outcome"] == "pubsub"
    assert edge["technology"]["recommended"] == ["pub/sub", "log"]
    assert result["channels"] == [{"id": "posted", "producers": ["post"], "consumers": sorted(consumers)}]


def test_a_balance_inquiry_stays_synchronous():
    edge = review(
        architecture(
            call(
                "bank",
                "ledger",
                latency_p99_ms=80,
                latency_p50_ms=20,
                latency_basis="peak",
                answers={
                    "immediate_feedback": True,
                    "benefits_from_decoupling": False,
                    "strong_consistency": True,
                    "callee_may_be_down": False,
                },
            ),
        )
    )["edges"][0]
    assert (edge["matrix"]["verdict"], edge["matrix"]["strength"]) == ("sync", "strong")
    assert (edge["tree"]["outcome"], edge["fit"], edge["agreement"]) == ("sync", "fits", "agree")


def test_with_nothing_known_the_matrix_asks_first_for_what_narrows_most():
    edge = review(architecture(call("a", "b")))["edges"][0]
    assert edge["matrix"]["possible"] == ["async", "sync", "hybrid"]
    assert edge["matrix"]["next_question"] == "immediate_feedback"
    assert edge["tree"]["next_question"] == "needs_result"
    assert len(edge["tree"]["possible"]) == 9


def test_an_edge_that_is_only_suggested_takes_part_in_nothing():
    hint = [{"source": "compose.yaml", "confidence": "suggested"}]
    result = review(architecture(call("a", "b", evidence=hint), call("b", "c"), flows=[flow("a", step("a-b", "b-c"))]))
    assert edge_of(result, "a-b")["counted"] is False
    assert result["flows"][0]["calls"] == []
    assert [entry["service"] for entry in result["entries"]] == ["b"]
