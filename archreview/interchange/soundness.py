"""
Turns drafts into an architecture where they hold together: every id that is named exists, flows run where their
edges lead, and no value contradicts another. Everything that does not hold is told with its place.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from archreview.engine.model import (
    ASYNCHRONOUS,
    FAMILY_OF_STYLE,
    Answers,
    Architecture,
    Channel,
    Edge,
    Flow,
    Location,
    Service,
    Step,
    System,
    Team,
)
from archreview.engine.questions import ANSWERS
from archreview.interchange.documents import Node, Problems, shown
from archreview.interchange.drafts import Draft, Drafted, Drafts, StepDraft

_SERVICE_FIELDS = frozenset(field.name for field in fields(Service))
_CHANNEL_FIELDS = frozenset(field.name for field in fields(Channel))
_EDGE_FIELDS = frozenset(field.name for field in fields(Edge))
_FLOW_FIELDS = frozenset(field.name for field in fields(Flow))


def sound_architecture(
    drafted: Drafted, *, sources: tuple[tuple[str, str], ...], problems: Problems
) -> Architecture | None:
    """Give the architecture, its parts sorted by id, or None where `problems` holds anything."""
    _Check(drafted, problems).all()
    if problems:
        return None
    teams = {id_: Team(id_, draft.name or id_, _location(draft)) for id_, draft in drafted.teams.items()}
    for id_ in drafted.named_teams:
        teams.setdefault(id_, Team(id_, id_))
    return Architecture(
        services=tuple(_service(draft) for draft in _by_id(drafted.services)),
        channels=tuple(_channel(draft) for draft in _by_id(drafted.channels)),
        edges=tuple(_edge(draft) for draft in _by_id(drafted.edges)),
        flows=tuple(_flow(draft) for draft in _by_id(drafted.flows)),
        systems=tuple(
            System(draft.id, draft.name or draft.id, draft.description or "", _location(draft))
            for draft in _by_id(drafted.systems)
        ),
        teams=tuple(teams[id_] for id_ in sorted(teams)),
        sources=sources,
    )


class _Check:
    """Looks for what does not hold together."""

    def __init__(self, drafted: Drafted, problems: Problems) -> None:
        self._drafted = drafted
        self._problems = problems

    def all(self) -> None:
        for service in self._drafted.services.values():
            self._service(service)
        for edge in self._drafted.edges.values():
            self._edge(edge)
        for flow in self._drafted.flows.values():
            self._flow(flow)

    def _service(self, service: Draft) -> None:
        team = service.text("team")
        if team is not None and team not in self._drafted.named_teams:
            self._refers(service.facts["team"].node, team, self._drafted.teams, "team")
        system = service.text("system")
        if system is not None:
            self._refers(service.facts["system"].node, system, self._drafted.systems, "system")

    def _edge(self, edge: Draft) -> None:
        source, target, channel = edge.text("source"), edge.text("target"), edge.text("channel")
        if source is not None:
            self._refers(edge.facts["source"].node, source, self._drafted.services, "service")
        if target is not None:
            self._refers(edge.facts["target"].node, target, self._drafted.services, "service")
        if channel is not None:
            self._refers(edge.facts["channel"].node, channel, self._drafted.channels, "channel")
        if source is not None and source == target:
            self._problems.at(
                edge.facts["target"].node, f"an edge leads to another service; this one stays at {source}"
            )
        style = edge.text("style")
        if style is not None and self._is_datastore(source) and FAMILY_OF_STYLE[style] != ASYNCHRONOUS:
            self._problems.at(
                edge.facts["style"].node,
                f"{source} is a datastore and makes no calls: an edge from it may only be asynchronous, not {style}",
            )
        median, slow = edge.number("latency_p50_ms"), edge.number("latency_p99_ms")
        if median is not None and slow is not None and median > slow:
            self._problems.at(
                edge.facts["latency_p50_ms"].node, f"P50 ({median:g} ms) cannot be over P99 ({slow:g} ms)"
            )

    def _flow(self, flow: Draft) -> None:
        entry = flow.text("entry")
        if entry is None:
            return
        known = self._refers(flow.facts["entry"].node, entry, self._drafted.services, "service")
        if known and self._is_datastore(entry):
            self._problems.at(flow.facts["entry"].node, f"{entry} is a datastore; a request enters at a service")
        # Steps with the service that they must start at; None where that is not known, so nothing can be said.
        places: list[tuple[StepDraft, str | None]] = [(step, entry if known else None) for step in flow.steps]
        while places:
            step, here = places.pop()
            places.extend((inner, here) for inner in step.parallel)
            if step.edge is not None:
                there = self._called(step, here)
                places.extend((inner, there) for inner in step.then)

    def _called(self, step: StepDraft, here: str | None) -> str | None:
        """Check a call; give the service that it leads to, or None where that cannot be said."""
        where = getattr(step.node, "entries", {}).get("edge", step.node)
        edge = self._drafted.edges.get(step.edge or "")
        if edge is None:
            self._refers(where, step.edge or "", self._drafted.edges, "edge")
            return None
        source, target = edge.text("source"), edge.text("target")
        if here is not None and source is not None and source != here:
            self._problems.at(where, f"{edge.id} starts at {source}, but the call here is made by {here}")
        if step.then and self._is_datastore(target):
            self._problems.at(where, f"{target} is a datastore and makes no calls: nothing can stand under this one")
            return None
        return target if target in self._drafted.services else None

    def _is_datastore(self, service: str | None) -> bool:
        draft = self._drafted.services.get(service or "")
        return draft is not None and draft.text("kind") == "datastore"

    def _refers(self, node: Node, id_: str, drafts: Drafts, kind: str) -> bool:
        if id_ in drafts:
            return True
        self._problems.at(node, f"there is no {kind} {shown(id_)}", self._problems.did_you_mean(id_, drafts))
        return False


def _by_id(drafts: Drafts) -> list[Draft]:
    return [drafts[id_] for id_ in sorted(drafts)]


def _location(draft: Draft) -> Location:
    return Location(draft.node.file, draft.node.line)


def _values(draft: Draft, names: frozenset[str]) -> dict[str, Any]:
    """Give the known facts that are fields of a value, with who said them."""
    values: dict[str, Any] = {
        name: stated.value for name, stated in draft.facts.items() if name in names and stated.value is not None
    }
    values["name"] = draft.name or draft.id
    values["description"] = draft.description or ""
    values["location"] = _location(draft)
    if "said" in names:
        values["said"] = {name: draft.facts[name].said for name in sorted(draft.facts) if draft.facts[name].said}
        values["differing"] = tuple(sorted(draft.differing))
    return values


def _service(draft: Draft) -> Service:
    return Service(id=draft.id, links=tuple(draft.links), **_values(draft, _SERVICE_FIELDS))


def _channel(draft: Draft) -> Channel:
    return Channel(id=draft.id, **_values(draft, _CHANNEL_FIELDS))


def _edge(draft: Draft) -> Edge:
    answers = {key: stated.value for key in ANSWERS if (stated := draft.known(f"answers.{key}")) is not None}
    given = Answers(**answers)  # type: ignore[arg-type]
    return Edge(id=draft.id, answers=given, evidence=tuple(draft.evidence), **_values(draft, _EDGE_FIELDS))


def _flow(draft: Draft) -> Flow:
    return Flow(id=draft.id, steps=tuple(_step(step) for step in draft.steps), **_values(draft, _FLOW_FIELDS))


def _step(draft: StepDraft) -> Step:
    return Step(
        edge=draft.edge,
        then=tuple(_step(step) for step in draft.then),
        parallel=tuple(_step(step) for step in draft.parallel),
    )
