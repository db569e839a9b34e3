"""Whether what a message travels over is what is asked of it."""

import pytest

from tests.engine.small import answered, architecture, call, channel, edge_of, reviewed, service

NOTHING = {"fan_out": False, "replay_needed": False, "order_matters": False}


def technology_of(used, *, style="queue", answers=NOTHING, **facts):
    """Give the technology's result for a message from a to b over a channel of some technology (None: unknown)."""
    topic = channel("topic") if used is None else channel("topic", technology=used)
    edge = call("a", "b", style=style, channel="topic", answers=answered(answers), **facts)
    return edge_of(reviewed(architecture(edge, channels=[topic])), "a-b")["technology"]


ONE_OF_EACH = {"queue": "sqs", "fifo": "sqs_fifo", "pubsub": "sns", "log": "kafka"}


@pytest.mark.parametrize(
    ("needed", "verdicts", "recommended"),
    [
        ((), "fits oversized oversized oversized", ["queue"]),
        (("order_matters",), "undersized fits undersized oversized", ["fifo"]),
        (("fan_out",), "undersized undersized fits oversized", ["pub/sub", "log"]),
        (("replay_needed",), "undersized undersized undersized fits", ["log"]),
        (("fan_out", "order_matters"), "undersized undersized undersized fits", ["log"]),
        (("fan_out", "replay_needed", "order_matters"), "undersized undersized undersized fits", ["log"]),
    ],
)
def test_each_class_meets_what_it_meets(needed, verdicts, recommended):
    answers = NOTHING | dict.fromkeys(needed, True)
    for used, verdict in zip(ONE_OF_EACH.values(), verdicts.split(), strict=True):
        assert technology_of(used, answers=answers) == {"verdict": verdict, "recommended": recommended}


@pytest.mark.parametrize(
    ("technologies", "like"),
    [
        (("azure_queue", "celery"), "sqs"),
        (("eventbridge", "google_pubsub", "mqtt"), "sns"),
        (("kinesis", "pulsar", "redis_streams", "nats_jetstream", "event_hubs"), "kafka"),
    ],
)
def test_technologies_of_one_class_are_judged_alike(technologies, like):
    for needed in ({}, {"fan_out": True}, {"replay_needed": True}, {"order_matters": True}):
        for used in technologies:
            assert technology_of(used, answers=NOTHING | needed) == technology_of(like, answers=NOTHING | needed)


@pytest.mark.parametrize("used", ["rabbitmq", "redis", "nats", "service_bus"])
def test_a_broker_that_can_be_both_is_what_the_style_makes_of_it(used):
    assert technology_of(used, style="queue")["verdict"] == "fits"
    assert technology_of(used, style="pubsub")["verdict"] == "oversized"
    assert technology_of(used, style="pubsub", answers=NOTHING | {"fan_out": True})["verdict"] == "fits"


@pytest.mark.parametrize("used", ["other", None])
def test_other_and_unknown_technologies_are_not_judged_but_advised(used):
    assert technology_of(used, answers=NOTHING | {"replay_needed": True}) == {
        "verdict": "undetermined",
        "recommended": ["log"],
    }


def test_a_requirement_that_is_not_met_decides_whatever_else_is_unknown():
    assert technology_of("sqs", answers={"replay_needed": True})["verdict"] == "undersized"


@pytest.mark.parametrize("unknown", NOTHING)
def test_a_requirement_that_is_unknown_leaves_it_open(unknown):
    known = {name: answer for name, answer in NOTHING.items() if name != unknown}
    if unknown == "fan_out":
        # Two consumers are for people to judge.
        edges = [call("a", to, style="queue", channel="topic", answers=known) for to in ("b", "c")]
        edge = edge_of(reviewed(architecture(*edges, channels=[channel("topic", technology="kafka")])), "a-b")
        assert edge["technology"]["verdict"] == "undetermined"
    else:
        assert technology_of("kafka", answers=known)["verdict"] == "undetermined"


@pytest.mark.parametrize(("throughput", "verdict"), [(100_000, "fits"), (100_001, "undersized")])
def test_more_than_a_hundred_thousand_a_second_need_a_log(throughput, verdict):
    assert technology_of("sqs", throughput_per_s=throughput)["verdict"] == verdict


def test_an_unknown_throughput_requires_nothing():
    assert technology_of("sqs")["verdict"] == "fits"


def test_without_a_channel_the_edges_own_technology_counts():
    edge = call("a", "b", style="queue", technology="sqs", answers=NOTHING)
    assert edge_of(reviewed(architecture(edge)), "a-b")["technology"] == {"verdict": "fits", "recommended": ["queue"]}


def test_the_channels_technology_counts_before_the_edges():
    assert technology_of("kafka", technology="sqs")["verdict"] == "oversized"


@pytest.mark.parametrize("style", ["request_response", "polling", "webhook", "in_process", None])
def test_what_is_not_asynchronous_has_no_verdict(style):
    edge = call("a", "b", style=style, technology="kafka")
    assert edge_of(reviewed(architecture(edge)), "a-b")["technology"] is None


def test_a_message_inside_one_deployable_has_no_verdict():
    app = [service("a", deployable="app"), service("b", deployable="app")]
    edge = call("a", "b", style="queue", technology="sqs")
    assert edge_of(reviewed(architecture(edge, services=app)), "a-b")["technology"] is None
