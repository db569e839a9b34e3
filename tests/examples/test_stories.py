"""Each worked example comes out as its story tells it."""

from pytest import approx

from archreview.drawing import Family, draw_map
from archreview.drawing.reviewed import map_of
from tests.examples.reviewed import (
    architecture,
    changed,
    edge,
    example,
    findings,
    flow,
    rules,
    severity,
    subjects,
    technology,
)

HOPS = {"HOP-001", "HOP-002", "HOP-003", "HOP-004"}


# --- RetailFlow --------------------------------------------------------------------------------


def test_retailflow_before_makes_three_calls_and_the_third_is_the_first_over():
    found = example("retailflow-before")
    assert flow(found).sync_calls == 3
    assert flow(found).calls == ("cart-inventory", "inventory-pricing", "pricing-payment-gateway")
    assert flow(found).first_over == "pricing-payment-gateway"
    assert severity(found, "HOP-001", "checkout") == "high"


def test_retailflow_before_takes_one_hundred_milliseconds_in_each_service():
    assert flow(example("retailflow-before")).latency_p99_ms == 400


def test_retailflow_before_loses_the_cart_when_inventory_fails():
    inventory = next(service for service in example("retailflow-before").services if service.id == "inventory")
    assert inventory.blast_radius.services.ids == ("cart",)
    assert inventory.blast_radius.certain == 1
    assert inventory.blast_radius.entries.ids == ("cart",)


def test_retailflow_before_has_no_breaker_and_no_timeout_on_each_call():
    found = example("retailflow-before")
    calls = {"cart-inventory", "inventory-pricing", "pricing-payment-gateway"}
    assert subjects(found, "RES-001") == calls
    assert subjects(found, "RES-002") == calls


def test_retailflow_after_makes_one_call_and_keeps_the_rule():
    found = example("retailflow-after")
    assert flow(found).sync_calls == 1
    assert flow(found).calls == ("cart-payment-gateway",)
    assert flow(found).within_rule is True
    assert not rules(found) & HOPS


# --- DataFind ----------------------------------------------------------------------------------


def test_datafind_before_waits_for_three_side_effects_and_makes_four_calls():
    found = example("datafind-before")
    assert subjects(found, "CPL-003") == {"search-logging", "search-analytics", "search-recommendations"}
    assert flow(found).sync_calls == 4
    assert subjects(found, "HOP-001") == {"find"}


def test_datafind_after_has_neither():
    found = example("datafind-after")
    assert not findings(found, "CPL-003")
    assert not rules(found) & HOPS


def test_datafind_after_keeps_the_search_synchronous_and_that_fits():
    search = edge(example("datafind-after"), "search-index")
    assert search.tree.outcome == "sync"
    assert search.matrix.verdict == "sync"
    assert search.fit == "fits"


def test_datafind_after_has_three_consumers_of_one_event():
    (channel,) = example("datafind-after").channels
    assert channel.consumers == ("analytics", "logging", "recommendations")


# --- Fintech payment ---------------------------------------------------------------------------


def test_fintech_before_makes_seven_calls_and_that_is_critical():
    found = example("fintech-before")
    assert flow(found).sync_calls == 7
    assert severity(found, "HOP-001", "pay") == "critical"


def test_fintech_before_waits_for_side_effects_that_it_does_not_need():
    found = example("fintech-before")
    side_effects = {"receipt", "loyalty", "ledger-report", "notification", "analytics"}
    assert subjects(found, "CPL-003") == {f"payment-{name}" for name in side_effects}
    assert subjects(found, "CPL-004") == {"pay"}
    assert flow(found).unneeded_in_sequence == 5


def test_fintech_after_keeps_the_two_that_decide_and_the_rule():
    found = example("fintech-after")
    assert flow(found).calls == ("payment-fraud-check", "payment-bank")
    assert flow(found).within_rule is True
    assert not rules(found) & {*HOPS, "CPL-003", "CPL-004"}


# --- StreamFlow --------------------------------------------------------------------------------


def test_streamflow_before_makes_three_calls_one_of_them_a_side_effect():
    found = example("streamflow-before")
    assert flow(found).sync_calls == 3
    assert subjects(found, "HOP-001") == {"play"}
    assert subjects(found, "CPL-003") == {"playback-recommendations"}


def test_streamflow_after_is_an_ordered_stream_for_each_of_three_consumers():
    found = example("streamflow-after")
    for consumer in ("profile", "history", "recommendations"):
        reviewed = edge(found, f"playback-{consumer}")
        assert reviewed.tree.outcome == "ordered_stream"
        assert reviewed.fit == "fits"


def test_streamflow_after_neither_waits_nor_fears_duplicates_in_the_history():
    found = example("streamflow-after")
    assert not findings(found, "CPL-003")
    assert "playback-history" not in subjects(found, "MSG-001")
    assert not rules(found) & HOPS


def test_streamflow_after_would_fear_duplicates_were_the_history_not_idempotent():
    assert "playback-history" in subjects(changed("streamflow-after", "playback-history", idempotent=False), "MSG-001")


# --- InsightCorp -------------------------------------------------------------------------------


def test_insightcorp_before_hurts_in_each_of_its_four_batches():
    found = example("insightcorp-before")
    assert subjects(found, "TEC-003") == {reviewed.id for reviewed in found.edges}
    assert len(found.edges) == 4


def test_insightcorp_after_has_no_batch_that_hurts():
    found = example("insightcorp-after")
    assert not findings(found, "TEC-003")
    assert {reviewed.style for reviewed in found.edges} == {"stream"}


# --- ShipFast ----------------------------------------------------------------------------------


def test_shipfast_before_takes_four_seconds():
    assert flow(example("shipfast-before")).latency_p99_ms == 4000
    assert flow(example("shipfast-before")).latency_complete is True


def test_shipfast_before_is_over_its_budget_and_writes_in_three_services_without_a_saga():
    found = example("shipfast-before")
    assert subjects(found, "LAT-001") == {"order"}
    assert subjects(found, "CON-002") == {"order"}
    assert len(flow(found).written_services) == 3


def test_shipfast_after_answers_in_under_two_hundred_milliseconds():
    assert flow(example("shipfast-after")).latency_p99_ms < 200
    assert flow(example("shipfast-after")).latency_complete is True


def test_shipfast_after_has_a_saga_and_keeps_its_budget():
    assert not rules(example("shipfast-after")) & {"CON-002", "LAT-001", "CON-003", *HOPS}


def test_shipfast_after_misses_a_compensation_exactly_where_one_is_taken_away():
    for step in ("order-inventory", "order-payment", "order-label"):
        found = changed("shipfast-after", step, compensation=False)
        assert subjects(found, "CON-003") == {step}


# --- Notify followers --------------------------------------------------------------------------


def test_notifying_followers_is_strongly_asynchronous_over_a_standard_queue():
    reviewed = edge(example("notify-followers-before"), "post-notification")
    assert (reviewed.matrix.verdict, reviewed.matrix.strength) == ("async", "strong")
    assert reviewed.tree.outcome == "standard_queue"
    assert technology(example("notify-followers-before"), "post-notification").recommended == ("queue",)


def test_notifying_followers_with_further_consumers_becomes_publish_and_subscribe():
    for consumer in ("notification", "analytics", "newsfeed"):
        reviewed = edge(example("notify-followers-after"), f"post-{consumer}")
        assert reviewed.tree.outcome == "pubsub"
        assert technology(example("notify-followers-after"), reviewed.id).recommended == ("pub/sub", "log")


# --- Banking balance inquiry -------------------------------------------------------------------


def test_a_balance_inquiry_is_a_direct_call_and_everything_agrees():
    reviewed = edge(example("balance-inquiry-before"), "online-banking-accounts")
    assert reviewed.tree.outcome == "sync"
    assert reviewed.matrix.verdict == "sync"
    assert reviewed.agreement == "agree"
    assert reviewed.fit == "fits"


def test_a_balance_inquiry_on_a_queue_is_a_misfit_and_breaks_consistency():
    found = example("balance-inquiry-on-a-queue")
    assert edge(found, "online-banking-accounts").fit == "misfit"
    assert subjects(found, "CON-001") == {"online-banking-accounts"}
    assert not findings(example("balance-inquiry-before"), "CON-001")


# --- Welcome e-mail and loyalty points ---------------------------------------------------------


def test_a_second_welcome_mail_is_high_and_points_given_twice_are_critical():
    found = example("welcome-mail-before")
    assert severity(found, "MSG-001", "registration-welcome-mail") == "high"
    assert severity(found, "MSG-001", "shop-loyalty") == "critical"


# --- E-mail over Kafka -------------------------------------------------------------------------


def test_a_log_for_mails_that_nobody_reads_twice_is_oversized():
    found = example("mail-over-kafka-before")
    assert subjects(found, "TEC-001") == {"accounts-mailer"}
    assert technology(found, "accounts-mailer").recommended == ("queue",)


def test_a_queue_for_mails_is_the_right_size():
    found = example("mail-over-kafka-after")
    assert not findings(found, "TEC-001")
    assert technology(found, "accounts-mailer").verdict == "fits"


# --- Profile update ----------------------------------------------------------------------------


def test_saving_a_profile_is_a_call_and_that_fits():
    reviewed = edge(example("profile-update-before"), "web-profile")
    assert reviewed.tree.outcome == "sync"
    assert reviewed.fit == "fits"
    assert reviewed.effective_latency_ms == 80


# --- Food delivery -----------------------------------------------------------------------------


def test_food_delivery_keeps_the_rule_in_both_of_its_requests():
    found = example("food-delivery-before")
    assert not rules(found) & HOPS
    assert flow(found, "browse").calls == ("gateway-menu",)
    assert flow(found, "order").calls == ("gateway-order",)


def test_food_delivery_derives_publish_and_subscribe_from_three_consumers():
    found = example("food-delivery-before")
    for consumer in ("restaurant", "notification", "dispatch"):
        reviewed = edge(found, f"order-{consumer}")
        fan_out = next(fact for fact in reviewed.tree.path if fact.question == "fan_out")
        assert (fan_out.answer, fan_out.basis) == (True, "derived")
        assert reviewed.tree.outcome == "pubsub"
        assert reviewed.fit == "fits"
        assert technology(found, reviewed.id).verdict == "fits"


def test_the_drawing_of_food_delivery_shows_both_halves():
    drawn = map_of(architecture("food-delivery-before"), example("food-delivery-before"), title="Food delivery")
    families = {line.id: line.family for line in drawn.edges}
    assert {id_ for id_, family in families.items() if family == Family.SYNCHRONOUS} == {
        "gateway-menu",
        "gateway-order",
    }
    assert {id_ for id_, family in families.items() if family == Family.ASYNCHRONOUS} == {
        "order-restaurant",
        "order-notification",
        "order-dispatch",
    }
    assert [channel.name for channel in drawn.channels] == ["OrderPlaced"]
    picture = draw_map(drawn)
    assert all(name in picture for name in ("Menu", "Restaurant", "OrderPlaced"))


# --- Link shortener ----------------------------------------------------------------------------


def test_the_link_shortener_before_makes_five_calls_and_that_is_critical():
    found = example("link-shortener-before")
    assert flow(found).sync_calls == 5
    assert severity(found, "HOP-001", "shorten") == "critical"


def test_the_link_shortener_before_waits_for_five_side_effects_over_its_budget():
    found = example("link-shortener-before")
    five = {f"link-{name}" for name in ("qr-code", "analytics", "e-mail", "cache", "webhooks")}
    assert subjects(found, "CPL-003") == five
    assert subjects(found, "CPL-004") == {"shorten"}
    assert subjects(found, "LAT-001") == {"shorten"}


def test_the_link_shortener_after_makes_no_call_and_keeps_its_budget():
    found = example("link-shortener-after")
    assert flow(found).sync_calls == 0
    assert flow(found).over_budget is False
    assert not rules(found) & {*HOPS, "CPL-003", "CPL-004", "LAT-001"}
    assert len(found.channels[0].consumers) == 5


def test_the_link_shortener_misses_the_qr_code_that_its_response_contains():
    assert subjects(example("link-shortener-qr-in-the-response"), "MSG-017") == {"link-qr-code"}
    assert not findings(example("link-shortener-after"), "MSG-017")


# --- Ten dependencies --------------------------------------------------------------------------


def test_ten_dependencies_leave_less_than_one_promises():
    reviewed = flow(example("ten-dependencies-before"))
    assert reviewed.availability == approx(98.9055, abs=0.00005)
    own = next(percent for ids, percent, _ in reviewed.availability_groups if "dashboard" in ids)
    dependencies = [percent for ids, percent, _ in reviewed.availability_groups if "dashboard" not in ids]
    assert own == 99.9
    assert dependencies == [99.9] * 10
    product = 100.0
    for percent in dependencies:
        product *= percent / 100
    assert product == approx(99.0045, abs=0.00005)


def test_ten_dependencies_break_the_promise_but_not_the_rule():
    found = example("ten-dependencies-before")
    assert subjects(found, "AVL-001") == {"open"}
    assert flow(found).sync_calls == 1
    assert not findings(found, "HOP-001")


# --- 50 ms and 5 s -----------------------------------------------------------------------------


def test_a_tail_of_five_seconds_makes_a_call_long_running():
    reviewed = edge(example("tail-latency-before"), "shop-prices")
    long_running = next(fact for fact in reviewed.matrix.facts if fact.question == "long_running")
    assert (long_running.answer, long_running.basis) == (True, "derived")


def test_a_tail_of_five_seconds_is_slow_and_uneven():
    found = example("tail-latency-before")
    assert subjects(found, "LAT-002") == {"shop-prices"}
    assert subjects(found, "LAT-003") == {"shop-prices"}


# --- User created, then updated ----------------------------------------------------------------


def test_changes_of_users_are_an_ordered_stream():
    for half in ("before", "after"):
        found = example(f"user-changes-{half}")
        assert {reviewed.tree.outcome for reviewed in found.edges} == {"ordered_stream"}
        assert len(found.edges) == 3


def test_one_order_for_all_users_is_more_than_is_needed():
    assert subjects(example("user-changes-before"), "MSG-008") == {"user-changed"}
    assert not findings(example("user-changes-after"), "MSG-008")


def test_changes_of_users_in_the_order_of_each_leave_nothing_to_find():
    assert not rules(example("user-changes-after")) & {"MSG-007", "MSG-008"}


def test_a_map_without_a_flow_numbers_nothing_and_marks_what_is_over_the_limit():
    read, found = architecture("retailflow-before"), example("retailflow-before")
    whole = map_of(read, found, title="RetailFlow")
    of_flow = map_of(read, found, title="RetailFlow", flow=found.flows[0])

    assert not any(line.calls for line in whole.edges)
    assert {line.id for line in whole.edges if line.over} == {line.id for line in of_flow.edges if line.over} != set()
    assert sorted(call.number for line in of_flow.edges for call in line.calls) == [1, 2, 3]
