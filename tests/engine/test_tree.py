"""The decision tree, and its agreement with the matrix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.small import answered, architecture, call, channel, edge_of, flow, reviewed, service, step

QUESTIONS = (
    "needs_result",
    "fast_at_peak",
    "callee_may_be_down",
    "can_poll",
    "fan_out",
    "order_matters",
    "replay_needed",
    "exactly_once",
)
SOME_ANSWERS = st.dictionaries(st.sampled_from(QUESTIONS), st.booleans())


def tree_of(answers=None, **facts):
    """Give the tree's result for answers about a -> b."""
    return edge_of(reviewed(architecture(call("a", "b", answers=answered(answers or {}), **facts))), "a-b")["tree"]


def asked(tree, question):
    """Give (answer, basis) of a question on the path."""
    [found] = [one for one in tree["path"] if one["question"] == question]
    return found["answer"], found["basis"]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"needs_result": True, "fast_at_peak": True, "callee_may_be_down": False}, "sync"),
        ({"needs_result": True, "fast_at_peak": True, "callee_may_be_down": True}, "sync_guarded"),
        ({"needs_result": True, "fast_at_peak": False, "can_poll": True}, "callback"),
        ({"needs_result": True, "fast_at_peak": False, "can_poll": False}, "queue_and_poll"),
        ({"needs_result": False, "fan_out": True, "order_matters": True}, "ordered_stream"),
        ({"needs_result": False, "fan_out": True, "order_matters": False}, "pubsub"),
        ({"needs_result": False, "fan_out": False, "replay_needed": True}, "replayable_log"),
        (
            {"needs_result": False, "fan_out": False, "replay_needed": False, "exactly_once": True},
            "transactional_queue",
        ),
        ({"needs_result": False, "fan_out": False, "replay_needed": False, "exactly_once": False}, "standard_queue"),
    ],
)
def test_the_answers_along_a_path_lead_to_its_outcome(answers, outcome):
    tree = tree_of(answers)
    assert (tree["outcome"], tree["possible"], tree["next_question"]) == (outcome, [outcome], None)
    assert [one["question"] for one in tree["path"]] == list(answers)


def test_the_path_ends_at_the_first_unknown_and_asks_for_it():
    tree = tree_of({"needs_result": True, "callee_may_be_down": False})
    assert [(one["question"], one["answer"]) for one in tree["path"]] == [
        ("needs_result", True),
        ("fast_at_peak", None),
    ]
    assert tree["next_question"] == "fast_at_peak"
    assert tree["outcome"] is None


def test_what_is_known_further_down_narrows_what_is_possible():
    tree = tree_of({"needs_result": True, "callee_may_be_down": False})
    assert tree["possible"] == ["sync", "callback", "queue_and_poll"]


def test_with_nothing_known_all_nine_outcomes_are_possible():
    assert len(tree_of()["possible"]) == 9


def test_a_side_effect_does_not_need_the_result():
    assert asked(tree_of(purpose="notification"), "needs_result") == (False, "derived")


def test_strong_consistency_needs_the_result_even_of_a_side_effect():
    tree = tree_of({"strong_consistency": True}, purpose="notification")
    assert asked(tree, "needs_result") == (True, "derived")


def test_a_purpose_that_is_no_side_effect_leaves_it_open():
    assert asked(tree_of(purpose="payment"), "needs_result") == (None, None)


def test_a_fallback_means_that_the_callee_may_be_down():
    assert asked(tree_of({"needs_result": True, "fast_at_peak": True}, fallback=True), "callee_may_be_down") == (
        True,
        "derived",
    )


def test_no_fallback_does_not_mean_that_it_may_not():
    assert asked(tree_of({"needs_result": True, "fast_at_peak": True}, fallback=False), "callee_may_be_down") == (
        None,
        None,
    )


# fast_at_peak ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("milliseconds", "fast"), [(1, True), (999, True), (1000, False), (5000, False)])
def test_under_a_second_at_peak_is_fast(milliseconds, fast):
    tree = tree_of({"needs_result": True}, latency_p99_ms=milliseconds, latency_basis="peak")
    assert asked(tree, "fast_at_peak") == (fast, "derived")


@pytest.mark.parametrize("basis", ["idle", "average", "estimate", None])
def test_a_number_that_is_not_from_the_peak_is_no_evidence(basis):
    facts = {"latency_basis": basis} if basis else {}
    edge = call("a", "b", answers={"needs_result": True}, latency_p99_ms=50, **facts)
    result = reviewed(architecture(edge, services=[service("b", latency_p99_ms=50)]))
    assert asked(edge_of(result, "a-b")["tree"], "fast_at_peak") == (None, None)
    assert edge_of(result, "a-b")["effective_latency_ms"] is None


def test_an_edge_without_a_number_takes_as_long_as_its_target():
    edge = call("a", "b", answers={"needs_result": True})
    result = reviewed(architecture(edge, services=[service("b", latency_p99_ms=80)]))
    assert edge_of(result, "a-b")["effective_latency_ms"] == 80
    assert asked(edge_of(result, "a-b")["tree"], "fast_at_peak") == (True, "derived")


def diamond(milliseconds):
    """a -> b, b -> c and b -> d: nobody says whether b calls c and d after one another or side by side."""
    return architecture(
        call("a", "b", answers={"needs_result": True}),
        call("b", "c"),
        call("b", "d"),
        services=[service(name, latency_p99_ms=milliseconds) for name in "abcd"],
    )


def test_from_the_graph_it_is_fast_where_even_all_calls_together_are():
    assert asked(edge_of(reviewed(diamond(300)), "a-b")["tree"], "fast_at_peak") == (True, "derived")


def test_from_the_graph_it_is_open_where_only_the_slowest_chain_is():
    edge = edge_of(reviewed(diamond(400)), "a-b")
    assert asked(edge["tree"], "fast_at_peak") == (None, None)
    assert edge["effective_latency_ms"] == 800


def test_from_the_graph_it_is_slow_where_the_slowest_chain_is():
    assert asked(edge_of(reviewed(diamond(500)), "a-b")["tree"], "fast_at_peak") == (False, "derived")


def test_a_flow_says_what_the_graph_leaves_open():
    plain = diamond(400)
    plain["flows"] = [flow("a", step("a-b", {"parallel": [{"edge": "b-c"}, {"edge": "b-d"}]}))]
    edge = edge_of(reviewed(plain), "a-b")
    assert edge["effective_latency_ms"] == 800
    assert asked(edge["tree"], "fast_at_peak") == (True, "derived")


def test_a_flow_in_the_background_says_it_too():
    """x ~stream~> a, and under it a -> b -> c: nested 400 ms."""
    plain = diamond(400)
    plain["services"].append({"id": "x"})
    plain["edges"].append(call("x", "a", style="stream"))
    plain["flows"] = [flow("x", step("x-a", step("a-b", "b-c")), user_facing=False)]
    assert edge_of(reviewed(plain), "a-b")["effective_latency_ms"] == 800


def test_of_several_places_the_slowest_counts():
    plain = diamond(300)
    plain["flows"] = [flow("a", "a-b", flow_id="f1"), flow("a", step("a-b", "b-c", "b-d"), flow_id="f2")]
    assert edge_of(reviewed(plain), "a-b")["effective_latency_ms"] == 900


def test_a_cycle_downstream_leaves_the_latency_unknown():
    """a -> b -> c -> b."""
    result = reviewed(
        architecture(
            call("a", "b"),
            call("b", "c"),
            call("c", "b"),
            services=[service(name, latency_p99_ms=10) for name in "abc"],
        )
    )
    assert edge_of(result, "a-b")["effective_latency_ms"] is None


def test_an_edge_of_unknown_family_downstream_leaves_the_latency_unknown():
    result = reviewed(
        architecture(
            call("a", "b"), call("b", "c", style=None), services=[service(name, latency_p99_ms=10) for name in "abc"]
        )
    )
    assert edge_of(result, "a-b")["effective_latency_ms"] is None


def test_a_message_downstream_adds_nothing():
    result = reviewed(
        architecture(
            call("a", "b"),
            call("b", "c", style="stream"),
            services=[service(name, latency_p99_ms=10) for name in "abc"],
        )
    )
    assert edge_of(result, "a-b")["effective_latency_ms"] == 10


# long_running ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p50", "p99", "answer"),
    [(50, 5000, True), (10, 100, True), (11, 100, False), (9, 99, False), (None, 100, None), (None, 1000, True)],
)
def test_long_is_a_second_or_ten_times_the_half(p50, p99, answer):
    facts = {} if p50 is None else {"latency_p50_ms": p50}
    edge = call("a", "b", latency_p99_ms=p99, latency_basis="peak", **facts)
    matrix = edge_of(reviewed(architecture(edge)), "a-b")["matrix"]
    assert matrix["facts"][1]["answer"] is answer


# fan_out --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("consumers", "answer"), [("b", False), ("bc", None), ("bcd", True), ("bcde", True)])
def test_three_consumers_are_several_one_is_not_and_two_are_for_people_to_judge(consumers, answer):
    edges = [call("a", name, style="pubsub", channel="posted", purpose="logging") for name in consumers]
    tree = edge_of(reviewed(architecture(*edges)), "a-b")["tree"]
    assert asked(tree, "fan_out")[0] is answer


def test_only_what_this_producer_reaches_counts():
    """a and x publish to one channel; a reaches b alone."""
    edges = [call("a", "b", style="pubsub", channel="posted", purpose="logging")]
    edges += [call("x", name, style="pubsub", channel="posted") for name in "cde"]
    tree = edge_of(reviewed(architecture(*edges, channels=[channel("posted")])), "a-b")["tree"]
    assert asked(tree, "fan_out") == (False, "derived")


# agreement ------------------------------------------------------------------------------------

SYNC = {"immediate_feedback": True, "long_running": False, "eventual_consistency_ok": False}
VERDICTS = {
    "sync": SYNC | {"benefits_from_decoupling": False},
    "async": {
        "immediate_feedback": False,
        "long_running": False,
        "eventual_consistency_ok": True,
        "benefits_from_decoupling": True,
    },
    "hybrid": SYNC | {"long_running": True, "benefits_from_decoupling": False},
}
OUTCOMES = {
    "sync": {"needs_result": True, "fast_at_peak": True, "callee_may_be_down": False},
    "sync_guarded": {"needs_result": True, "fast_at_peak": True, "callee_may_be_down": True},
    "callback": {"needs_result": True, "fast_at_peak": False, "can_poll": True},
    "standard_queue": {"needs_result": False, "fan_out": False, "replay_needed": False, "exactly_once": False},
}


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_two_opinions_agree_where_they_mean_the_same(verdict, outcome):
    agreeing = {
        "sync": {"sync", "sync_guarded"},
        "async": {"callback", "standard_queue"},
        "hybrid": {"sync_guarded", "callback", "standard_queue"},
    }
    edge = edge_of(reviewed(architecture(call("a", "b", answers=VERDICTS[verdict] | OUTCOMES[outcome]))), "a-b")
    assert (edge["matrix"]["verdict"], edge["tree"]["outcome"]) == (verdict, outcome)
    assert edge["agreement"] == ("agree" if outcome in agreeing[verdict] else "disagree")


def test_while_one_is_undetermined_so_is_their_agreement():
    edge = edge_of(reviewed(architecture(call("a", "b", answers=VERDICTS["sync"]))), "a-b")
    assert edge["agreement"] == "undetermined"


# Properties -----------------------------------------------------------------------------------


@given(SOME_ANSWERS, st.sampled_from(QUESTIONS), st.booleans())
def test_an_answer_more_never_widens_what_is_possible(answers, question, answer):
    before, after = tree_of(answers), tree_of({question: answer} | answers)
    assert set(after["possible"]) <= set(before["possible"])


@given(SOME_ANSWERS)
def test_the_next_question_is_the_last_on_the_path_and_unknown(answers):
    tree = tree_of(answers)
    if tree["outcome"] is None:
        assert tree["path"][-1] == {"question": tree["next_question"], "answer": None, "basis": None}
        assert tree["next_question"] not in answers
        assert len(tree["possible"]) > 1
    else:
        assert tree["possible"] == [tree["outcome"]]
