"""
Architectures to measure with, of any size, that look like those of companies.

Few services are called by very many (degrees are heavy-tailed), calls mostly run down through layers, a few run back
and close cycles, six in ten are synchronous, and each fact is known for its own share of the edges. The same numbers
give the same architecture.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, Fact, Kind
from archreview.engine.model import Answers, Architecture, Channel, Edge, Flow, Service, Step, System
from archreview.engine.questions import ANSWERS

# How much of the model sits in each layer: what users reach first, then what it stands on, last what keeps data.
LAYERS = (
    ("gateway", 0.02),
    ("frontend", 0.05),
    ("service", 0.25),
    ("service", 0.33),
    ("worker", 0.15),
    ("datastore", 0.2),
)
STYLES = (
    ("request_response", 0.6),
    ("queue", 0.12),
    ("pubsub", 0.1),
    ("stream", 0.06),
    ("polling", 0.02),
    ("webhook", 0.02),
    ("batch", 0.02),
    ("request_reply", 0.02),
    (None, 0.04),
)
OVER_CHANNELS = {"queue", "pubsub", "stream", "request_reply", "batch"}
BACKWARD = 0.004
SERVICES_PER_SYSTEM = 40
SERVICES_PER_FLOW = 20

# Facts that the generator sets by itself, or that would contradict each other if drawn one by one.
_DRAWN_APART = {"style", "technology", "latency_p50_ms", "latency_p99_ms", "latency_basis"}


def realistic(*, services: int, edges: int, seed: int = 1) -> Architecture:
    """Give an architecture of that many services and edges, with channels, systems and flows to match."""
    rng = random.Random(seed)
    layers = _layers(services)
    made_services = [
        _service(rng, number=number, kind=kind, layer=layer)
        for layer, (kind, numbers) in enumerate(layers)
        for number in numbers
    ]
    ends = _ends(rng, layers=[numbers for _, numbers in layers], count=edges)
    channels: dict[str, Channel] = {}
    made_edges = [
        _edge(rng, number=number, source=source, target=target, channels=channels)
        for number, (source, target) in enumerate(ends)
    ]
    return Architecture(
        services=tuple(made_services),
        channels=tuple(channels[id] for id in sorted(channels)),
        edges=tuple(made_edges),
        flows=tuple(_flows(rng, services=made_services, edges=made_edges, count=max(1, services // SERVICES_PER_FLOW))),
        systems=tuple(System(f"system-{number:05}") for number in range(-(-services // SERVICES_PER_SYSTEM))),
    )


def ladder(*, rungs: int) -> Architecture:
    """
    Two services a rung, each calling both of the next: 2^rungs paths from the entry to the last rung.

        entry --> a1 --> a2 --> a3
              \\      X      X
               --> b1 --> b2 --> b3
    """
    services = [Service("entry", entry_point=True)]
    edges: list[Edge] = []
    above = ["entry"]
    for rung in range(rungs):
        below = [f"{side}{rung:04}" for side in "ab"]
        services += [Service(id) for id in below]
        edges += [_call(source, target) for source in above for target in below]
        above = below
    return Architecture(services=tuple(services), edges=tuple(edges))


def giant_cycle(*, services: int, edges: int, seed: int = 1) -> Architecture:
    """All services in one ring of synchronous calls, with further calls at random across it."""
    rng = random.Random(seed)
    ids = [f"s{number:06}" for number in range(services)]
    pairs = list(zip(ids, [*ids[1:], ids[0]], strict=True))
    pairs += [(rng.choice(ids), rng.choice(ids)) for _ in range(edges - services)]
    return Architecture(
        services=tuple(Service(id, entry_point=number == 0) for number, id in enumerate(ids)),
        edges=tuple(
            _call(source, target if target != source else ids[0] if source != ids[0] else ids[1], number)
            for number, (source, target) in enumerate(pairs)
        ),
    )


def _call(source: str, target: str, number: int = 0) -> Edge:
    return Edge(
        f"{source}--{target}--{number}",
        source,
        target,
        style="request_response",
        latency_p99_ms=5,
        latency_basis="peak",
    )


def _layers(services: int) -> list[tuple[str, range]]:
    """The numbers of the services of each layer, every layer with one at least."""
    bounds = [
        0,
        *(max(position, round(share * services)) for position, share in enumerate(_sums([s for _, s in LAYERS]), 1)),
    ]
    bounds[-1] = services
    return [(kind, range(low, high)) for (kind, _), low, high in zip(LAYERS, bounds, bounds[1:], strict=False)]


def _sums(shares: Sequence[float]) -> list[float]:
    return list(accumulate(shares))


def _service(rng: random.Random, *, number: int, kind: str, layer: int) -> Service:
    return Service(
        _id(number),
        name=f"Service {number}",
        system=f"system-{number // SERVICES_PER_SYSTEM:05}",
        kind=kind,
        tier=rng.choice((1, 2, 2, 3, 3, 3, 4, None)),
        entry_point=True if layer == 0 else False if layer > 2 else rng.choice((None, False, False, False, True)),
        availability=rng.choice((99.0, 99.5, 99.9, 99.95, 99.99)) if rng.random() < 0.5 else None,
        latency_p99_ms=round(rng.lognormvariate(3.5, 1), 1) if rng.random() < 0.4 else None,
    )


def _ends(rng: random.Random, *, layers: Sequence[range], count: int) -> list[tuple[int, int]]:
    """
    Pairs of caller and callee, drawn by popularity; datastores call nobody.

    Numbers rise with the layers, so a pair runs downward unless its source is the greater.
    """
    top = layers[-1].stop
    popularity = [rng.paretovariate(1.3) for _ in range(top)]
    callers = list(accumulate(rng.paretovariate(1.6) for _ in range(layers[-1].start)))
    callees = list(accumulate(popularity))
    layer_of = [layer for layer, numbers in enumerate(layers) for _ in numbers]

    def pick(sums: Sequence[float], low: int, high: int) -> int:
        """One of low <= number < high, by its share of the sums."""
        before = sums[low - 1] if low else 0.0
        return min(high - 1, max(low, bisect_left(sums, rng.uniform(before, sums[high - 1]))))

    pairs: list[tuple[int, int]] = []
    while len(pairs) < count:
        if pairs and rng.random() < BACKWARD:
            # A callee that calls back is how cycles come about.
            target, source = rng.choice(pairs)
            if target < source < len(callers):
                pairs.append((source, target))
            continue
        source = pick(callers, 0, len(callers))
        target = pick(callees, layers[layer_of[source]].stop, top)
        pairs.append((source, target))
    return pairs


def _edge(rng: random.Random, *, number: int, source: int, target: int, channels: dict[str, Channel]) -> Edge:
    style = _drawn(rng, STYLES)
    facts = {
        fact.name: _value(rng, fact) for fact in EDGE_FACTS if fact.name not in _DRAWN_APART and _is_about(fact, style)
    }
    if rng.random() < 0.6:
        p50 = round(rng.lognormvariate(2.5, 1.2), 1)
        facts |= {
            "latency_p99_ms": round(p50 * rng.choice((2, 3, 4, 6, 12)), 1),
            "latency_p50_ms": p50 if rng.random() < 0.6 else None,
            "latency_basis": rng.choice(("peak", "peak", "peak", "average", "estimate", None)),
        }
    channel = None
    if style in OVER_CHANNELS and rng.random() < 0.9:
        # Half of what a service says, it says over a channel of which it has more than one reader.
        channel = (
            f"channel-{source:06}-{rng.randrange(3)}" if rng.random() < 0.5 else f"channel-{source:06}-{number:06}"
        )
        if channel not in channels:
            channels[channel] = _channel(rng, channel)
    answers = Answers(**{key: rng.random() < 0.5 if rng.random() < _rate(key) else None for key in ANSWERS})
    id = f"e{number:06}"
    return Edge(id, _id(source), _id(target), name=id, style=style, channel=channel, answers=answers, **facts)


def _channel(rng: random.Random, id: str) -> Channel:
    facts = {fact.name: _value(rng, fact) for fact in CHANNEL_FACTS}
    return Channel(id, name=rng.choice(("OrderPlaced", "SendReceipt", "StockChanged", "Rebuild")), **facts)


def _is_about(fact: Fact, style: str | None) -> bool:
    return not fact.styles or style is None or style in fact.styles


def _rate(name: str) -> float:
    """How often the fact is known: between 0.2 and 0.9, always the same for a name."""
    return 0.2 + 0.7 * random.Random(name).random()


_RATES: Mapping[str, float] = {fact.name: _rate(fact.name) for fact in (*EDGE_FACTS, *CHANNEL_FACTS)}


def _value(rng: random.Random, fact: Fact) -> Any:
    """A value of the fact's kind, or None as often as the fact is unknown."""
    if rng.random() >= _RATES[fact.name]:
        return None
    if fact.none and rng.random() < 0.1:
        return "" if fact.kind is Kind.TEXT else math.inf
    if fact.kind is Kind.BOOLEAN:
        return rng.random() < 0.6
    if fact.kind is Kind.CHOICE:
        return rng.choice(fact.choices)
    if fact.kind is Kind.COUNT:
        return rng.choice((0, 0, 1, 2, 3, 5))
    if fact.kind is Kind.NUMBER:
        return rng.choice((99.0, 99.9, 99.99)) if fact.unit == "%" else float(rng.choice((1, 10, 50, 200, 1000, 5000)))
    return f"{fact.name}-{rng.randrange(50)}"


def _drawn(rng: random.Random, table: Sequence[tuple[str | None, float]]) -> str | None:
    """One of the table by its share."""
    return rng.choices([value for value, _ in table], [share for _, share in table])[0]


def _flows(rng: random.Random, *, services: Sequence[Service], edges: Sequence[Edge], count: int) -> list[Flow]:
    leaving: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        leaving[edge.source].append(edge)
    entries = [service for service in services if service.entry_point and leaving[service.id]]
    if not entries:
        return []
    flows = []
    for number in range(count):
        entry = rng.choice(entries)
        flows.append(
            Flow(
                f"flow-{number:05}",
                entry.id,
                _steps(rng, leaving, entry.id, depth=0),
                user_facing=rng.random() < 0.8,
                latency_budget_ms=rng.choice((200.0, 500.0, 1000.0, None)),
                availability_target=rng.choice((99.0, 99.9, None)),
            )
        )
    return flows


def _steps(rng: random.Random, leaving: Mapping[str, list[Edge]], service: str, *, depth: int) -> tuple[Step, ...]:
    """What a service does for one request: a few of its calls, now and then two of them side by side."""
    below = leaving.get(service, [])
    if depth > 4 or not below:
        return ()
    taken = rng.sample(below, min(len(below), rng.choice((1, 1, 2, 3))))
    steps = [Step(edge.id, then=_steps(rng, leaving, edge.target, depth=depth + 1)) for edge in taken]
    if len(steps) > 1 and rng.random() < 0.3:
        return (Step(parallel=tuple(steps[:2])), *steps[2:])
    return tuple(steps)


def _id(number: int) -> str:
    return f"s{number:06}"
