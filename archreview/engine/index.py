"""An architecture as the walks need it: services and counted edges by number, each edge with what weighs on a path."""

from __future__ import annotations

from dataclasses import dataclass

from archreview.engine.model import (
    ASYNCHRONOUS,
    FAMILY_OF_STYLE,
    HAND_OFF,
    IN_PROCESS,
    SYNCHRONOUS,
    Architecture,
    Edge,
    Service,
)


def family_of(edge: Edge, source: Service, target: Service) -> str | None:
    """Give the family of the edge's style; two services of one deployable talk in-process whatever it says."""
    if source.deployable and source.deployable == target.deployable:
        return IN_PROCESS
    return FAMILY_OF_STYLE[edge.style] if edge.style else None


def chain_family_of(edge: Edge, family: str | None) -> str | None:
    """Give the family that counts in chains: a request-reply that waits is a synchronous call."""
    if edge.style == "request_reply" and family == ASYNCHRONOUS:
        if edge.waits_for_reply is None:
            return None
        return SYNCHRONOUS if edge.waits_for_reply else ASYNCHRONOUS
    return family


@dataclass(slots=True, eq=False)
class Arc:
    """
    An edge with its ends by number.

    `chain` is the family that counts in chains; `weight` is 1 for a counted call (synchronous or hand-off, not to a
    datastore) and `weight_at_most` what it could be while its family is unknown. `own_ms` is the P99 of the operation
    itself, `peak_ms` the same where it is evidence; None where unknown.
    """

    edge: Edge
    source: int
    target: int
    family: str | None
    chain: str | None
    weight: int
    weight_at_most: int
    to_datastore: bool
    own_ms: float | None
    peak_ms: float | None


class Index:
    """
    Services by number, in the order of their ids, and edges as arcs.

    `arcs` holds the counted edges only; `by_edge` all of them.
    """

    __slots__ = ("arcs", "by_edge", "ids", "number", "services")

    def __init__(self, architecture: Architecture) -> None:
        self.services = sorted(architecture.services, key=lambda service: service.id)
        self.ids = [service.id for service in self.services]
        self.number = {id_: number for number, id_ in enumerate(self.ids)}
        self.by_edge: dict[str, Arc] = {}
        self.arcs: list[Arc] = []
        for edge in sorted(architecture.edges, key=lambda edge: edge.id):
            arc = self._arc(edge)
            self.by_edge[edge.id] = arc
            if edge.counted:
                self.arcs.append(arc)

    def _arc(self, edge: Edge) -> Arc:
        source, target = self.number[edge.source], self.number[edge.target]
        callee = self.services[target]
        family = family_of(edge, self.services[source], callee)
        chain = chain_family_of(edge, family) if edge.style == "request_reply" else family
        to_datastore = callee.kind == "datastore"
        weight = 1 if not to_datastore and chain in (SYNCHRONOUS, HAND_OFF) else 0
        weight_at_most = 1 if chain is None and not to_datastore else weight
        own = edge.latency_p99_ms
        if own is None:
            own = peak = callee.latency_p99_ms
        else:
            peak = own if edge.latency_basis == "peak" else None
        return Arc(edge, source, target, family, chain, weight, weight_at_most, to_datastore, own, peak)
