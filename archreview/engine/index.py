"""An architecture as the walks need it: services and counted edges by number, each edge with what weighs on a path."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

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
        self.services = sorted(architecture.services, key=attrgetter("id"))
        self.ids = [service.id for service in self.services]
        self.number = number = {id_: place for place, id_ in enumerate(self.ids)}
        self.by_edge: dict[str, Arc] = {}
        self.arcs: list[Arc] = []
        # What an edge needs of its ends is kept in lists: this is the first walk over all edges, and the widest.
        deployables = [service.deployable for service in self.services]
        stores = [service.kind == "datastore" for service in self.services]
        latencies = [service.latency_p99_ms for service in self.services]
        for edge in sorted(architecture.edges, key=attrgetter("id")):
            source, target, style = number[edge.source], number[edge.target], edge.style
            deployable = deployables[source]
            if deployable and deployable == deployables[target]:  # what family_of asks
                family: str | None = IN_PROCESS
            else:
                family = FAMILY_OF_STYLE[style] if style else None
            chain = chain_family_of(edge, family) if style == "request_reply" else family
            to_datastore = stores[target]
            weight = 1 if not to_datastore and chain in (SYNCHRONOUS, HAND_OFF) else 0
            weight_at_most = 1 if chain is None and not to_datastore else weight
            own = edge.latency_p99_ms
            if own is None:
                own = peak = latencies[target]
            else:
                peak = own if edge.latency_basis == "peak" else None
            arc = Arc(edge, source, target, family, chain, weight, weight_at_most, to_datastore, own, peak)
            self.by_edge[edge.id] = arc
            if not edge.evidence or edge.counted:  # most edges have no evidence: ask nothing more of them
                self.arcs.append(arc)
