"""Gives every id of an architecture a prefix, so that several files with the same ids can live in one workspace."""

from __future__ import annotations

from dataclasses import replace

from archreview.engine.model import Architecture, Step


def with_prefix(architecture: Architecture, *, prefix: str) -> Architecture:
    """The same architecture with the prefix before every id and every mention of one; names stay."""

    def renamed(name: str) -> str:
        return prefix + name

    def mentioned(name: str | None) -> str | None:
        return None if name is None else prefix + name

    def step(old: Step) -> Step:
        return Step(mentioned(old.edge), tuple(map(step, old.then)), tuple(map(step, old.parallel)))

    return replace(
        architecture,
        teams=tuple(replace(team, id=renamed(team.id), name=team.name or team.id) for team in architecture.teams),
        systems=tuple(
            replace(system, id=renamed(system.id), name=system.name or system.id) for system in architecture.systems
        ),
        services=tuple(
            replace(
                service,
                id=renamed(service.id),
                name=service.name or service.id,
                team=mentioned(service.team),
                system=mentioned(service.system),
            )
            for service in architecture.services
        ),
        channels=tuple(
            replace(channel, id=renamed(channel.id), name=channel.name or channel.id)
            for channel in architecture.channels
        ),
        edges=tuple(
            replace(
                edge,
                id=renamed(edge.id),
                name=edge.name or edge.id,
                source=renamed(edge.source),
                target=renamed(edge.target),
                channel=mentioned(edge.channel),
            )
            for edge in architecture.edges
        ),
        flows=tuple(
            replace(
                flow,
                id=renamed(flow.id),
                name=flow.name or flow.id,
                entry=renamed(flow.entry),
                steps=tuple(map(step, flow.steps)),
            )
            for flow in architecture.flows
        ),
    )
