"""One edge with what is around it, and the same surroundings before and after a change."""

from archreview.drawing.values import Map


def draw_neighbourhood(picture: Map, *, edge: str, standalone: bool = False) -> str:
    """Give the edge with that id, its two services, and every edge that touches one of them; KeyError if it is not there."""
    raise NotImplementedError


def draw_before_and_after(
    before: Map, after: Map, *, around: frozenset[str] = frozenset(), standalone: bool = False
) -> tuple[str, str]:
    """
    Give two pictures of one size and scale, in which only what differs is coloured.

    `around` narrows both to these services and their direct neighbours; empty draws everything.
    """
    raise NotImplementedError


def around(picture: Map, *, services: frozenset[str], hops: int = 1) -> Map:
    """The part of the map within so many edges, either way, of the services."""
    raise NotImplementedError
