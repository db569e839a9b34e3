"""What carries messages elsewhere in the model, so that a change need not bring in one product more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from archreview.decisions.ground import Ground
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, Edge
from archreview.engine.technology import FIFO, LOG, PUB_SUB, QUEUE, class_of

# Way -> the class of technology that carries it.
CARRIED_BY: Mapping[str, str] = MappingProxyType(
    {"queue": QUEUE, "fifo": FIFO, "pubsub": PUB_SUB, "stream": LOG, "log": LOG}
)


def in_use(ground: Ground, wanted: str, *, besides: Edge) -> tuple[str, str] | None:
    """The technology of a class that most other edges use, and the first of them; None where none does."""
    found: dict[str, list[str]] = {}
    for edge, technology in _carried(ground, besides):
        if class_of(technology, edge.style) == wanted:
            found.setdefault(technology, []).append(edge.id)
    if not found:
        return None
    technology = max(sorted(found), key=lambda name: len(found[name]))
    return technology, found[technology][0]


def others_on(ground: Ground, technology: str, *, besides: Edge) -> list[str]:
    """The other edges whose messages the same technology carries."""
    return [edge.id for edge, carrier in _carried(ground, besides) if carrier == technology]


def _carried(ground: Ground, besides: Edge) -> Iterator[tuple[Edge, str]]:
    for edge in ground.architecture.edges:
        channel = ground.channels.get(edge.channel or "")
        technology = channel.technology if channel else edge.technology
        if technology and edge.id != besides.id and FAMILY_OF_STYLE.get(edge.style or "") == ASYNCHRONOUS:
            yield edge, technology
