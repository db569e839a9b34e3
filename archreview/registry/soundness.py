"""Whether calls fit together: what a datastore may do, and that each step starts where the one above it arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, Architecture, Edge, Flow, Service, Step


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit: the kind and id of the entry, its field, and the sentence for a person."""

    kind: str
    id: str
    field: str
    message: str


def problems(architecture: Architecture) -> list[Problem]:
    """Give all that does not fit together in an architecture whose references are sound."""
    services = {service.id: service for service in architecture.services}
    edges = {edge.id: edge for edge in architecture.edges}
    found = [problem for edge in architecture.edges for problem in problems_of_edge(edge, services)]
    found += [
        problem for flow in architecture.flows for problem in problems_of_flow(flow, services=services, edges=edges)
    ]
    return found


def problems_of_edge(edge: Edge, services: Mapping[str, Service]) -> Iterator[Problem]:
    """Give what is wrong with the ends and the times of an edge."""
    if edge.source == edge.target:
        yield Problem("edge", edge.id, "target", "An edge leads to another service, never to the one it comes from.")
    p50, p99 = edge.latency_p50_ms, edge.latency_p99_ms
    if p50 is not None and p99 is not None and p50 > p99:
        yield Problem("edge", edge.id, "latency_p50_ms", f"The P50 ({p50:g} ms) may not be over the P99 ({p99:g} ms).")
    leaves_datastore = services[edge.source].kind == "datastore"
    if leaves_datastore and edge.style is not None and FAMILY_OF_STYLE[edge.style] != ASYNCHRONOUS:
        yield Problem(
            "edge",
            edge.id,
            "style",
            f"{edge.source} is a datastore and makes no calls: an edge from it is asynchronous (change data capture).",
        )


def problems_of_flow(flow: Flow, *, services: Mapping[str, Service], edges: Mapping[str, Edge]) -> Iterator[Problem]:
    """Give what is wrong with the entry and the steps of a flow, in their order."""
    if services[flow.entry].kind == "datastore":
        yield Problem("flow", flow.id, "entry", f"{flow.entry} is a datastore and receives no requests.")
    if not flow.steps:
        yield Problem("flow", flow.id, "steps", "A flow has at least one step.")
    for message in _problems_of_steps(flow.steps, flow.entry, services=services, edges=edges):
        yield Problem("flow", flow.id, "steps", message)


def _problems_of_steps(
    steps: tuple[Step, ...], start: str, *, services: Mapping[str, Service], edges: Mapping[str, Edge]
) -> Iterator[str]:
    waiting = [(step, start) for step in reversed(steps)]
    while waiting:
        step, start = waiting.pop()
        if step.edge is None:
            if not step.parallel:
                yield "A parallel group has at least one step."
            waiting.extend((member, start) for member in reversed(step.parallel))
            continue
        edge = edges[step.edge]
        if edge.source != start:
            yield f"The step {step.edge} starts at {edge.source}, but the flow is at {start} there."
        elif step.then and services[edge.target].kind == "datastore":
            yield f"{edge.target} is a datastore and makes no calls: nothing can be nested under {step.edge}."
        else:
            waiting.extend((nested, edge.target) for nested in reversed(step.then))
