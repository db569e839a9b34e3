"""How today's style fits what the tree says."""

import pytest

from tests.engine.small import answered, architecture, call, channel, edge_of, reviewed, service

OUTCOMES = {
    "sync": {"needs_result": True, "fast_at_peak": True, "callee_may_be_down": False},
    "sync_guarded": {"needs_result": True, "fast_at_peak": True, "callee_may_be_down": True},
    "callback": {"needs_result": True, "fast_at_peak": False, "can_poll": True},
    "queue_and_poll": {"needs_result": True, "fast_at_peak": False, "can_poll": False},
    "ordered_stream": {"needs_result": False, "fan_out": True, "order_matters": True},
    "pubsub": {"needs_result": False, "fan_out": True, "order_matters": False},
    "replayable_log": {"needs_result": False, "fan_out": False, "replay_needed": True},
    "transactional_queue": {"needs_result": False, "fan_out": False, "replay_needed": False, "exactly_once": True},
    "standard_queue": {"needs_result": False, "fan_out": False, "replay_needed": False, "exactly_once": False},
}
STYLES = ("request_response", "polling", "webhook", "queue", "pubsub", "stream", "request_reply", "batch")
# In the order of STYLES; f fits, t tolerable, m misfit, and - where it hangs on facts (told below).
CELLS = {
    "sync": "fttmmmtm",
    "sync_guarded": "-ffmmmfm",
    "callback": "mfftmmfm",
    "queue_and_poll": "-fmfmmfm",
    "ordered_stream": "mmm--fmm",
    "pubsub": "mmmmftmm",
    "replayable_log": "mmmmmfmt",
    "transactional_queue": "mmm-m-mm",
    "standard_queue": "mmtftttt",
}
WORDS = {"f": "fits", "t": "tolerable", "m": "misfit", "-": "undetermined"}


def fit_of(outcome, style, *, channel_facts=None, **facts):
    """Give the fit of a -> b over a channel, where the tree says `outcome`."""
    over = {"channel": "topic"} if style not in ("request_response", "polling", "webhook") else {}
    edge = call("a", "b", style=style, answers=answered(OUTCOMES[outcome]), **over, **facts)
    channels = [channel("topic", **(channel_facts or {}))] if over else []
    reviewed_edge = edge_of(reviewed(architecture(edge, channels=channels)), "a-b")
    assert reviewed_edge["tree"]["outcome"] == outcome
    return reviewed_edge["fit"]


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("style", STYLES)
def test_every_cell_of_the_table_with_nothing_but_the_style_known(outcome, style):
    assert fit_of(outcome, style) == WORDS[CELLS[outcome][STYLES.index(style)]]


GUARDS = {"circuit_breaker": True, "timeout_ms": 500, "fallback": True}


def test_a_guarded_call_fits_with_all_three_guards():
    assert fit_of("sync_guarded", "request_response", **GUARDS) == "fits"


@pytest.mark.parametrize(
    ("guard", "without"), [("circuit_breaker", False), ("timeout_ms", "none"), ("fallback", False)]
)
def test_a_guarded_call_without_one_of_them_is_tolerable(guard, without):
    assert fit_of("sync_guarded", "request_response", **GUARDS | {guard: without}) == "tolerable"


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_unknown_beside_two_that_are_there_leaves_it_open(guard):
    known = {name: value for name, value in GUARDS.items() if name != guard}
    assert fit_of("sync_guarded", "request_response", **known) == "undetermined"


@pytest.mark.parametrize("guard", ["circuit_breaker", "fallback"])
def test_one_guard_known_to_be_missing_decides_whatever_else_is_unknown(guard):
    assert fit_of("sync_guarded", "request_response", **{guard: False}) == "tolerable"


@pytest.mark.parametrize(("timeout", "fit"), [(3000, "tolerable"), ("none", "misfit"), (0, "misfit")])
def test_a_long_call_is_tolerable_with_a_timeout_only(timeout, fit):
    assert fit_of("queue_and_poll", "request_response", timeout_ms=timeout) == fit


@pytest.mark.parametrize("style", ["queue", "pubsub"])
@pytest.mark.parametrize(("ordering", "fit"), [("per_entity", "fits"), ("global", "tolerable"), ("none", "misfit")])
def test_where_order_matters_the_channels_ordering_decides(style, ordering, fit):
    assert fit_of("ordered_stream", style, channel_facts={"ordering": ordering}) == fit


@pytest.mark.parametrize("style", ["queue", "stream"])
@pytest.mark.parametrize(
    ("facts", "fit"),
    [
        ({"delivery": "exactly_once"}, "fits"),
        ({"idempotent": True}, "fits"),
        ({"delivery": "at_least_once", "idempotent": True}, "fits"),
        ({"delivery": "at_least_once", "idempotent": False}, "tolerable"),
        ({"delivery": "at_least_once"}, "undetermined"),
        ({"idempotent": False}, "undetermined"),
    ],
)
def test_exactly_once_is_delivered_so_or_made_so_by_the_consumer(style, facts, fit):
    assert fit_of("transactional_queue", style, **facts) == fit


def test_an_in_process_edge_fits_whatever_the_outcome():
    app = [service("a", deployable="app"), service("b", deployable="app")]
    edge = call("a", "b", style="queue", answers=OUTCOMES["sync"])
    assert edge_of(reviewed(architecture(edge, services=app)), "a-b")["fit"] == "fits"
    assert edge_of(reviewed(architecture(call("a", "b", style="in_process"))), "a-b")["fit"] == "fits"


def test_an_unknown_family_leaves_the_fit_open():
    edge = call("a", "b", style=None, answers=OUTCOMES["sync"])
    assert edge_of(reviewed(architecture(edge)), "a-b")["fit"] == "undetermined"


def test_several_outcomes_that_all_say_the_same_decide():
    """needs_result false: a synchronous call is a misfit for all five outcomes that are left."""
    edge = edge_of(reviewed(architecture(call("a", "b", answers={"needs_result": False}))), "a-b")
    assert (len(edge["tree"]["possible"]), edge["fit"]) == (5, "misfit")


def test_several_outcomes_that_say_different_things_do_not():
    edge = edge_of(reviewed(architecture(call("a", "b", answers={"needs_result": True}))), "a-b")
    assert edge["fit"] == "undetermined"


def test_a_reply_that_is_waited_for_still_fits_as_request_reply():
    assert fit_of("callback", "request_reply", waits_for_reply=True) == "fits"
