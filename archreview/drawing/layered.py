"""
Which column each vertex of a graph stands in, and in which order, with dummy vertices for edges to route by.

The layered layout itself is fast-sugiyama's. It ends the process on an edge from a vertex to itself and does not say
how far it will go on large graphs, so it is given simple graphs without cycles, of bounded size.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from fast_sugiyama import from_edges

LARGEST = 3000
"""More vertices and edges together than this are not laid out in layers."""

_CAREFUL_UP_TO = 900

# The library tells each of its steps, which is no news for whoever reads our log.
logging.getLogger("rust-sugiyama").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a vertex stands: its part of the graph, its column in it, and how far down, in units of one vertex."""

    part: int
    column: int
    down: float


@dataclass(frozen=True, slots=True)
class Layers:
    """
    Spots of all vertices, those without edges missing; vertices from `dummies_from` on are dummies.

    `chains` gives for each edge, in the order given, the vertices it passes from its start to its end.
    """

    spots: dict[int, Spot]
    chains: tuple[tuple[int, ...], ...]


def lay_in_layers(count: int, edges: Sequence[tuple[int, int]]) -> Layers:
    """
    Give the layers of a graph with vertices 0 to count - 1.

    Edges from a vertex to itself are not allowed. An edge may run to the left where the graph has a cycle.
    """
    closing = closing_edges(count, edges)
    forward = [(end, start) if nth in closing else (start, end) for nth, (start, end) in enumerate(edges)]
    spots: dict[int, Spot] = {}
    routes: dict[tuple[int, int], tuple[int, ...]] = {}
    next_dummy = count
    for part, piece in enumerate(_parts(count, sorted(set(forward)))):
        next_dummy = _lay_part(part, piece, next_dummy, spots, routes)
    chains = []
    for edge, there in zip(edges, forward, strict=True):
        chain = routes[there]
        chains.append(chain if edge == there else chain[::-1])
    return Layers(spots=spots, chains=tuple(chains))


def _parts(count: int, edges: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The edges of each connected part, the parts in the order of their first vertex."""
    leader = list(range(count))

    def lead(vertex: int) -> int:
        while leader[vertex] != vertex:
            leader[vertex] = leader[leader[vertex]]
            vertex = leader[vertex]
        return vertex

    for start, end in edges:
        one, other = sorted((lead(start), lead(end)))
        leader[other] = one
    parts: dict[int, list[tuple[int, int]]] = {}
    for edge in edges:
        parts.setdefault(lead(edge[0]), []).append(edge)
    return [parts[vertex] for vertex in sorted(parts)]


def _lay_part(
    part: int,
    edges: list[tuple[int, int]],
    next_dummy: int,
    spots: dict[int, Spot],
    routes: dict[tuple[int, int], tuple[int, ...]],
) -> int:
    """Lay out one connected part: fill in its spots and routes, and give the number for the next dummy."""
    met = sorted({vertex for edge in edges for vertex in edge})
    # Consecutive numbers, one part at a time: the numbers after a part's last vertex are those of its dummies.
    short = {vertex: place for place, vertex in enumerate(met)}
    positions, _, _, links = from_edges(
        [(short[start], short[end]) for start, end in edges],
        vertex_spacing=1,
        dummy_vertices=True,
        dummy_size=0.5,
        transpose=len(met) + len(edges) <= _CAREFUL_UP_TO,
        check_layout=False,
    )[0]
    names = dict(enumerate(met))
    top = max(y for _, (_, y) in positions)
    places = sorted((y, x, int(vertex)) for vertex, (x, y) in positions if int(vertex) < len(met))
    # The layout is as good upside down: take the side on which more neighbours stand in the order of their numbers.
    rising = sum(
        1 if one[2] < other[2] else -1 for one, other in zip(places, places[1:], strict=False) if one[0] == other[0]
    )
    edge = max(x for _, (x, _) in positions) if rising < 0 else min(x for _, (x, _) in positions)
    for vertex, (x, y) in sorted((int(vertex), place) for vertex, place in positions):
        if vertex >= len(met):
            names[vertex] = next_dummy
            next_dummy += 1
        spots[names[vertex]] = Spot(part=part, column=round(top - y), down=abs(x - edge))
    following: dict[int, list[int]] = {}
    for start, end in links or ():
        following.setdefault(int(start), []).append(int(end))
    for start in range(len(met)):
        for step in following.get(start, ()):
            chain = [start, step]
            while chain[-1] >= len(met):
                chain.append(following[chain[-1]][0])
            routes[names[start], names[chain[-1]]] = tuple(names[vertex] for vertex in chain)
    return next_dummy


def closing_edges(count: int, edges: Sequence[tuple[int, int]]) -> frozenset[int]:
    """
    Which edges, by their place, close a cycle in a walk from the vertices that nothing leads to.

    Turned around, they leave no cycle. Where everything is led to, the walk begins at the lowest vertex.
    """
    out: list[list[int]] = [[] for _ in range(count)]
    entered = [0] * count
    for nth, (start, end) in enumerate(edges):
        if start == end:
            raise ValueError("an edge from a vertex to itself cannot be laid out")
        out[start].append(nth)
        entered[end] += 1
    closing: set[int] = set()
    state = [0] * count
    for root in sorted(range(count), key=lambda vertex: (entered[vertex] > 0, vertex)):
        if state[root]:
            continue
        state[root] = 1
        walk = [(root, iter(out[root]))]
        while walk:
            vertex, rest = walk[-1]
            for nth in rest:
                following = edges[nth][1]
                if state[following] == 1:
                    closing.add(nth)
                elif state[following] == 0:
                    state[following] = 1
                    walk.append((following, iter(out[following])))
                    break
            else:
                state[vertex] = 2
                walk.pop()
    return frozenset(closing)
