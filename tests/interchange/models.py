"""Random architectures, drawn from the tables of facts: what the native file must be able to hold."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS, Fact, Kind
from archreview.engine.model import (
    ASYNCHRONOUS,
    CONFIDENCES,
    FAMILY_OF_STYLE,
    Answers,
    Architecture,
    Channel,
    Edge,
    Evidence,
    Flow,
    Link,
    Said,
    Service,
    Step,
    System,
    Team,
)
from archreview.engine.questions import ANSWERS

SLUGS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True).filter(lambda slug: slug not in ("unknown", "none"))
SEEN = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))
LINES = st.text(SEEN, min_size=1, max_size=30).filter(lambda text: text.strip() and text not in ("unknown", "none"))
PROSE = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=60).filter(
    lambda text: text != "unknown"
)
NAMES = st.text(SEEN, max_size=20)
SAID = st.builds(Said, by=NAMES, at=st.sampled_from(["", "2026-11-02", "2026-11-02T10:00:00+01:00"]), why=PROSE).filter(
    lambda said: said != Said()
)


def facts(table: tuple[Fact, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the facts of a table with values that they may have."""
    return st.fixed_dictionaries({}, optional={fact.name: values(fact) for fact in table})


def values(fact: Fact) -> st.SearchStrategy[Any]:
    """The values that a fact may have."""
    if fact.kind is Kind.BOOLEAN:
        return st.booleans()
    if fact.name == "tier":
        return st.sampled_from([int(choice) for choice in fact.choices])
    if fact.kind is Kind.CHOICE:
        choices = st.sampled_from(fact.choices)
        return choices | LINES if fact.open_choice else choices
    if fact.kind is Kind.TEXT:
        return LINES | st.just("") if fact.none else LINES
    if fact.kind is Kind.COUNT:
        return st.integers(0, 1_000)
    most = fact.most or 1e9
    numbers = st.floats(
        fact.least if fact.over is None else fact.over, most, exclude_min=fact.over is not None, allow_nan=False
    ) | st.integers(1, int(most))
    return numbers | st.just(math.inf) if fact.none else numbers


def saids(known: dict[str, Any], draw: st.DrawFn) -> dict[str, Said]:
    """Who said some of the facts; sometimes of one that stayed unknown."""
    return {name: draw(SAID) for name in known if draw(st.integers(0, 4)) == 0}


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    """A sound architecture with a handful of services, its parts in any order."""
    systems = [System(id_, draw(NAMES), draw(PROSE)) for id_ in draw(st.lists(SLUGS, max_size=2, unique=True))]
    teams = [Team(id_, draw(NAMES)) for id_ in draw(st.lists(SLUGS, max_size=2, unique=True))]
    services = []
    for id_ in draw(st.lists(SLUGS, min_size=1, max_size=5, unique=True)):
        known = draw(facts(SERVICE_FACTS))
        services.append(
            Service(
                id_,
                name=draw(NAMES),
                description=draw(PROSE),
                team=draw(st.sampled_from([None, *(team.id for team in teams)])),
                system=draw(st.sampled_from([None, *(system.id for system in systems)])),
                links=draw(
                    st.lists(st.builds(Link, LINES, st.just("https://example.org/a:b,{c}")), max_size=1).map(tuple)
                ),
                said=saids(known, draw),
                **known,
            )
        )
    channels = []
    for id_ in draw(st.lists(SLUGS, max_size=2, unique=True)):
        known = draw(facts(CHANNEL_FACTS))
        channels.append(Channel(id_, name=draw(NAMES), description=draw(PROSE), said=saids(known, draw), **known))
    drawn = [draw(edge(id_, services, channels)) for id_ in draw(st.lists(SLUGS, max_size=5, unique=True))]
    edges = [found for found in drawn if found is not None]
    flows = [draw(flow(id_, services, edges)) for id_ in draw(st.lists(SLUGS, max_size=2, unique=True))]
    return Architecture(
        services=tuple(services),
        channels=tuple(channels),
        edges=tuple(edges),
        flows=tuple(found for found in flows if found is not None),
        systems=tuple(systems),
        teams=tuple(teams),
    )


@st.composite
def edge(draw: st.DrawFn, id_: str, services: list[Service], channels: list[Channel]) -> Edge | None:
    """An edge between two of the services, where there are two."""
    if len(services) < 2:
        return None
    source, target = draw(st.permutations(services))[:2]
    known = draw(facts(EDGE_FACTS))
    if source.kind == "datastore" and FAMILY_OF_STYLE.get(str(known.get("style")), ASYNCHRONOUS) != ASYNCHRONOUS:
        del known["style"]
    if known.get("latency_p50_ms", 0) > known.get("latency_p99_ms", math.inf):
        del known["latency_p50_ms"]
    answers = draw(st.fixed_dictionaries({}, optional={key: st.booleans() for key in ANSWERS}))
    said = saids({**known, **{f"answers.{key}": True for key in answers}}, draw)
    if draw(st.booleans()):
        # "I do not know" is an answer that somebody gave.
        said["answers.can_poll"] = draw(SAID)
    return Edge(
        id_,
        source.id,
        target.id,
        name=draw(NAMES),
        description=draw(PROSE),
        channel=draw(st.sampled_from([None, *(channel.id for channel in channels)])),
        answers=Answers(**answers),
        expectation=draw(PROSE),
        delay_cost=draw(PROSE),
        evidence=tuple(draw(st.lists(evidence(), max_size=2))),
        said=said,
        **known,
    )


def evidence() -> st.SearchStrategy[Evidence]:
    """One piece of evidence."""
    counts = st.none() | st.integers(0, 10_000)
    return st.builds(
        Evidence,
        source=LINES,
        confidence=st.sampled_from(CONFIDENCES),
        line=st.none() | st.integers(1, 10_000),
        window=NAMES,
        at=st.sampled_from(["", "2026-11-02"]),
        calls=counts,
        errors=counts,
        sample=counts,
    )


@st.composite
def flow(draw: st.DrawFn, id_: str, services: list[Service], edges: list[Edge]) -> Flow | None:
    """A flow along the edges, where one leads out of its entry."""
    kinds = {service.id: service.kind for service in services}
    entries = [edge.source for edge in edges if kinds[edge.source] != "datastore"]
    if not entries:
        return None
    entry = draw(st.sampled_from(entries))

    def steps(here: str, depth: int) -> tuple[Step, ...]:
        leaving = [edge for edge in edges if edge.source == here]
        if not leaving or depth == 0 or kinds[here] == "datastore":
            return ()
        chosen = draw(st.lists(st.sampled_from(leaving), min_size=1, max_size=2))
        calls = tuple(Step(edge.id, then=steps(edge.target, depth - 1)) for edge in chosen)
        return (Step(parallel=calls),) if draw(st.integers(0, 3)) == 0 else calls

    return Flow(
        id_,
        entry,
        steps(entry, 3),
        name=draw(NAMES),
        description=draw(PROSE),
        user_facing=draw(st.booleans()),
        latency_budget_ms=draw(st.none() | st.integers(1, 9_000)),
        availability_target=draw(st.none() | st.floats(0.1, 100)),
        origin=draw(st.sampled_from(["declared", "observed"])),
        traces=draw(st.none() | st.integers(0, 9_000)),
    )


def as_read(architecture: Architecture) -> Architecture:
    """The same architecture as a reader gives it: sorted by id, names filled in."""

    def named(entity):
        return replace(entity, name=entity.name or entity.id)

    def by_id(entities):
        return tuple(sorted((named(entity) for entity in entities), key=lambda entity: entity.id))

    return replace(
        architecture,
        services=by_id(architecture.services),
        channels=by_id(architecture.channels),
        edges=by_id(architecture.edges),
        flows=by_id(architecture.flows),
        systems=by_id(architecture.systems),
        teams=by_id(architecture.teams),
    )
