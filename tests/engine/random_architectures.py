"""
Small random architectures that are valid, as plain dicts in the form of `architecture.yaml`.

`random_architecture(seed)` gives the same one for the same seed. Each seed first draws a character (how much is
unknown, which styles are common, how many services share few names), so that full chains, cycles, messaging and
half-known models all come up often, and not only their average.
"""

import random

from hypothesis import strategies as st

from archreview.engine.fact_tables import CHANNEL_TECHNOLOGIES, PURPOSES
from archreview.engine.questions import ANSWERS

SYNC_STYLES = ("request_response",)
MESSAGE_STYLES = ("queue", "pubsub", "stream", "batch")
ALL_STYLES = (
    "request_response",
    "polling",
    "webhook",
    "queue",
    "pubsub",
    "stream",
    "request_reply",
    "batch",
    "in_process",
)
# What a character draws its styles from.
STYLE_MIXES = (
    ALL_STYLES,
    ("request_response",),
    ("pubsub", "stream", "queue"),
    ("request_response",) * 6 + ("in_process", "webhook", "request_reply", "queue"),
    ("request_response",) * 8 + ("in_process",) * 2,
    ("request_response", "in_process", "in_process", "polling"),
    ("queue", "pubsub", "stream", "stream", "request_reply", "batch", "request_response"),
    ("request_response", "polling", "webhook", "request_reply"),
)
KINDS = ("service",) * 8 + ("gateway", "frontend", "worker", "external", "datastore")
# Many sums of these lie at a limit of 1000 or on both sides of it; all are exact in binary.
LATENCIES = (1, 2.5, 20, 50, 80, 100, 150, 200, 300, 499.5, 500, 700, 900, 999, 1000, 1200, 5000)
AVAILABILITIES = (50, 90, 99, 99.5, 99.9, 99.9, 99.95, 99.99, 100)


def random_architecture(seed):
    """Give the architecture of a seed: 1 to 7 services, at most 12 edges, 3 channels and 3 flows."""
    draw = Draw(random.Random(seed))
    return draw.architecture(services=draw.rng.choice((1, 2, 3, 4, 5, 6, 6, 7, 7)), most_edges=12)


def larger_architecture(seed):
    """Give one of 8 to 16 services with two edges a service at most: long chains and several components."""
    draw = Draw(random.Random(seed))
    services = draw.rng.randint(8, 16)
    return draw.architecture(services=services, most_edges=2 * services)


def plain_architectures():
    """Give a hypothesis strategy of the same; it shrinks towards small seeds, the comparison shrinks further."""
    return st.integers(min_value=0, max_value=2**32).map(random_architecture)


class Draw:
    """One drawing; `unknown` is how likely a fact is left out."""

    def __init__(self, rng):
        self.rng = rng
        self.unknown = rng.choice((0, 0.05, 0.2, 0.2, 0.5, 0.9))
        self.styles = rng.choice(STYLE_MIXES)
        # What a file may say though nobody would: a datastore in a deployable, a channel of a call.
        self.odd = rng.random() < 0.15
        self.one_channel = rng.random() < 0.3
        self.deployables = rng.choice((0, 0, 0, 0.3, 0.6))
        self.suggested = rng.choice((0, 0, 0, 0.15))
        self.forward = rng.choice((0, 0.7, 1, 1))
        self.chained = rng.choice((0, 0.3, 0.7))

    def maybe(self, thing, name, values):
        """State a fact, or leave it unknown in one of the ways to do so."""
        if self.rng.random() >= self.unknown:
            thing[name] = self.rng.choice(values)

    def architecture(self, *, services, most_edges):
        rng = self.rng
        services = [self.service(i) for i in range(services)]
        channels = [self.channel(i) for i in range(rng.randint(0, 3))]
        edges = []
        if len(services) > 1:
            wanted = max(rng.randint(0, most_edges), rng.randint(0, most_edges))
            edges = [edge for i in range(wanted) if (edge := self.edge(i, services, channels)) is not None]
        rng.shuffle(edges)
        flows = [flow for i in range(rng.randint(0, 3)) if (flow := self.flow(i, services, edges)) is not None]
        rng.shuffle(services)
        return {"archreview": 1, "services": services, "channels": channels, "edges": edges, "flows": flows}

    def service(self, index):
        rng = self.rng
        service = {"id": f"s{index:x}"}
        kind = rng.choice(KINDS)
        if kind != "service" or rng.random() < 0.5:
            service["kind"] = kind
        if kind != "datastore" or self.odd:
            if rng.random() < 0.35:
                service["entry_point"] = rng.random() < 0.6
            if rng.random() < self.deployables:
                service["deployable"] = rng.choice(("app-1", "app-2"))
        self.maybe(service, "tier", (1, 2, 3, 4))
        self.maybe(service, "availability", AVAILABILITIES)
        self.maybe(service, "latency_p99_ms", LATENCIES)
        return service

    def channel(self, index):
        channel = {"id": f"c{index}"}
        self.maybe(channel, "intent", ("event", "command"))
        self.maybe(channel, "technology", CHANNEL_TECHNOLOGIES)
        self.maybe(channel, "ordering", ("none", "per_entity", "global"))
        self.maybe(channel, "partition_key", ("order_id", "none"))
        self.maybe(channel, "retention_hours", (24, 168, "none"))
        self.maybe(channel, "schema_format", ("avro", "none"))
        self.maybe(channel, "availability", AVAILABILITIES)
        return channel

    def edge(self, index, services, channels):
        rng = self.rng
        source, target = rng.sample(services, 2)
        if rng.random() < self.forward and source["id"] > target["id"]:
            source, target = target, source
        if rng.random() < self.chained:
            at = rng.randrange(len(services) - 1)
            source, target = services[at : at + 2]
        style = rng.choice(self.styles)
        if source.get("kind") == "datastore":
            style = rng.choice((*MESSAGE_STYLES, "request_reply", None) if self.odd else MESSAGE_STYLES)
        elif rng.random() < self.unknown / 4:
            style = None
        edge = {"id": f"e{index:02}", "from": source["id"], "to": target["id"]}
        if style is not None:
            edge["style"] = style
        if rng.random() < self.suggested:
            edge["evidence"] = [{"source": "compose.yaml", "confidence": "suggested"}]
        elif rng.random() < 0.1:
            edge["evidence"] = [
                {"source": "compose.yaml", "confidence": "suggested"},
                {"source": "traces", "confidence": rng.choice(("observed", "configured", "declared"))},
            ]
        asynchronous = style in (*MESSAGE_STYLES, "request_reply")
        channels = channels[:1] if self.one_channel else channels
        if channels and (asynchronous or style is None or self.odd) and rng.random() < 0.8:
            edge["channel"] = rng.choice(channels)["id"]
        if rng.random() < 0.5:
            edge["technology"] = rng.choice((*CHANNEL_TECHNOLOGIES, "http", "grpc", "carrier pigeon"))
        self.latencies(edge)
        self.resilience(edge)
        self.messaging(edge)
        self.answers(edge)
        return edge

    def latencies(self, edge):
        rng = self.rng
        if rng.random() < 0.6 and rng.random() >= self.unknown:
            edge["latency_p99_ms"] = rng.choice(LATENCIES)
            self.maybe(edge, "latency_p50_ms", [v for v in LATENCIES if v <= edge["latency_p99_ms"]])
            if rng.random() < 0.85:
                edge["latency_basis"] = rng.choice(("peak", "peak", "peak", "peak", "idle", "average", "estimate"))
        elif rng.random() < 0.2:
            self.maybe(edge, "latency_p50_ms", LATENCIES)
            edge["latency_basis"] = "peak"
        self.maybe(edge, "handover_p99_ms", LATENCIES)
        self.maybe(edge, "publish_p99_ms", LATENCIES)
        self.maybe(edge, "throughput_per_s", (5, 100_000, 100_001))

    def resilience(self, edge):
        rng = self.rng
        self.maybe(edge, "timeout_ms", ("none", 0, *([100, 250, 1000, 3000] * rng.choice((1, 4, 16)))))
        self.maybe(edge, "retries", (0, 0, 1, 2, 3))
        self.maybe(edge, "fallback", (False, False, False, True))
        self.maybe(edge, "circuit_breaker", (True, False))

    def messaging(self, edge):
        self.maybe(edge, "waits_for_reply", (True, False))
        self.maybe(edge, "purpose", PURPOSES)
        self.maybe(edge, "delivery", ("at_most_once", "at_least_once", "exactly_once"))
        self.maybe(edge, "idempotent", (True, False))
        self.maybe(edge, "outbox", (True, False))

    def answers(self, edge):
        rng = self.rng
        answered = rng.choice((0, self.unknown, 0.5, 1))
        given = {}
        for key in ANSWERS:
            rare = key == "strong_consistency"
            if rng.random() >= answered and (not rare or rng.random() < 0.3):
                value = rng.random() < 0.5
                given[key] = {"value": value, "by": "ana", "at": "2026-11-02"} if rng.random() < 0.2 else value
        if given:
            edge["answers"] = given

    def flow(self, index, services, edges):
        rng = self.rng
        kinds = {service["id"]: service.get("kind") for service in services}
        leaving = {at: [e for e in edges if e["from"] == at] for at in kinds if kinds[at] != "datastore"}
        entries = [at for at in sorted(leaving) if leaving[at]]
        if not entries:
            return None
        entry = rng.choice(entries)
        room = [rng.randint(1, 12)]

        def steps(at, depth):
            wanted = rng.choice((1, 1, 2, 2, 3))
            return [step for _ in range(wanted) if (step := self.step(at, depth, leaving, room, steps)) is not None]

        flow = {"id": f"f{index}", "entry": entry, "steps": steps(entry, 0)}
        if rng.random() < 0.4:
            flow["user_facing"] = rng.random() < 0.6
        self.maybe(flow, "latency_budget_ms", (*LATENCIES, 2000))
        self.maybe(flow, "availability_target", AVAILABILITIES)
        return flow

    def step(self, at, depth, leaving, room, steps):
        """Give one step from a service, None where there is no room left for one."""
        rng = self.rng
        if room[0] <= 0 or not leaving.get(at):
            return None
        if rng.random() < 0.2:
            branches = [self.step(at, depth, leaving, room, steps) for _ in range(rng.randint(1, 3))]
            branches = [branch for branch in branches if branch is not None]
            return {"parallel": branches} if branches else None
        room[0] -= 1
        edge = rng.choice(leaving[at])
        step = {"edge": edge["id"]}
        if depth < 5 and leaving.get(edge["to"]) and rng.random() < 0.6:
            nested = steps(edge["to"], depth + 1)
            if nested:
                step["then"] = nested
        return step
