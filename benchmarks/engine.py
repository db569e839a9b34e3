"""
Measure the engine: python -m benchmarks.engine

Every goal is a ratio, taken side by side in one run, so that it means the same on a slow machine and on a fast one.
PASS is one look at every service and every edge in plain Python. M has 2,000 services and 10,000 edges, L ten times
as many.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx

from archreview.engine.analysis import Settings, collector_at_rest
from archreview.engine.catalog import Catalog
from archreview.engine.dry_run import Baseline
from archreview.engine.index import Index
from archreview.engine.language import check
from archreview.engine.model import Architecture
from archreview.engine.paths import Graph, blast_radii, entry_points
from archreview.engine.review import review
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.problems import Problems
from benchmarks.architectures import giant_cycle, ladder, realistic
from benchmarks.measure import bare_pass, processor_time, side_by_side

CATALOG = Path(__file__).resolve().parent.parent / "fixtures" / "catalog.yaml"
M = (2_000, 10_000)
L = (20_000, 100_000)


# Conditions that are as long as a condition may be, of the shapes that take longest to refuse or to accept.
HOSTILE = (
    " || ".join(["x"] * 200),
    "edge.fallback && !edge.fallback && " * 28 + "true",
    f"edge.retries in [{','.join('1' * 480)}]",
    'edge.style in ["' + '","'.join("a" * 240) + '"]',
    "a?b:" * 249 + "c",
    "(" * 499 + "a" + ")" * 499,
    "!" * 990 + "a",
    " && ".join(f"edge.{name} == params.{name}" for name in ("retries", "timeout_ms", "max_deliveries")),
    " || ".join(["edge.retries > 1"] * 49),
)


class Result(NamedTuple):
    """One line of the table: what was measured, the ratio, and the ratio that it must not pass."""

    code: str
    what: str
    ratio: float
    gate: float
    details: str

    @property
    def good(self) -> bool:
        return self.ratio <= self.gate


def graph_facts(architecture: Architecture) -> None:
    """
    All that the engine asks of the graph as a whole: cycles, depths, positions, waits and blast radii.

    With the collector at rest, as in a review.
    """
    with collector_at_rest():
        _graph_facts(architecture)


def _graph_facts(architecture: Architecture) -> None:
    index = Index(architecture)
    graph = Graph(index)
    entries = entry_points(index)
    graph.cycles()
    depths = graph.depths()
    graph.reach(entries)
    graph.downstream()
    for entry in entries:
        graph.deepest_chain(entry, depths.depth)
    blast_radii(graph, entries, [()] * len(index.services))


def networkx_facts(architecture: Architecture) -> None:
    """The same facts by networkx, as one would write them with it; the deepest chains are left out."""
    synchronous = [edge for edge in architecture.edges if edge.style == "request_response"]
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(service.id for service in architecture.services)
    graph.add_edges_from((edge.source, edge.target, {"ms": edge.latency_p99_ms or 0.0}) for edge in synchronous)
    condensed = nx.condensation(graph)
    waits = {(ends[0], ends[1]): data["ms"] for *ends, data in graph.edges(data=True)}
    where = condensed.graph["mapping"]
    slowest: dict[tuple[int, int], float] = {}
    for (source, target), ms in waits.items():
        key = where[source], where[target]
        slowest[key] = max(slowest.get(key, 0.0), ms)
    order = list(nx.topological_sort(condensed))
    depth: dict[int, int] = {}
    wait: dict[int, float] = {}
    reach: dict[int, int] = dict.fromkeys(order, 0)
    for node in reversed(order):
        below = list(condensed.successors(node))
        depth[node] = max((depth[successor] + 1 for successor in below), default=0)
        wait[node] = max((wait[successor] + slowest[node, successor] for successor in below), default=0.0)
    for node in order:
        for successor in condensed.successors(node):
            reach[successor] = max(reach[successor], reach[node] + 1)
    certain: Any = nx.DiGraph()
    certain.add_nodes_from(graph)
    certain.add_edges_from((edge.source, edge.target) for edge in synchronous if edge.fallback is False)
    for spreading in (graph, certain):
        for service in spreading:
            nx.ancestors(spreading, service)


def graph_goals(architectures: dict[str, Architecture], *, with_networkx: bool) -> Iterator[Result]:
    """P1 to P3: the facts of the whole graph."""
    for size, architecture in architectures.items():
        yield against_pass("P1", f"graph facts / PASS, {size}", partial(graph_facts, architecture), architecture, 15)
    if with_networkx:
        size, largest = list(architectures.items())[-1]
        ours = processor_time(partial(graph_facts, largest), runs=3)
        theirs = processor_time(partial(networkx_facts, largest), runs=1)
        yield Result(
            "P2",
            f"graph facts / the same by networkx, {size}",
            ours.median / theirs.median,
            1 / 12,
            f"{ours.median:.2f} s against {theirs.median:.1f} s",
        )
    hard = {
        "a ladder of 2^50 paths": ladder(rungs=50),
        "a ladder of 2^1000 paths": ladder(rungs=1000),
        "a cycle through all services": giant_cycle(services=M[0], edges=M[1]),
    }
    for name, architecture in hard.items():
        ordinary = realistic(services=len(architecture.services), edges=len(architecture.edges))
        one, other = side_by_side(partial(graph_facts, architecture), partial(graph_facts, ordinary))
        yield Result(
            "P3",
            f"graph facts of {name} / of an ordinary graph",
            one.median / other.median,
            5,
            f"{one.median * 1000:.1f} ms against {other.median * 1000:.1f} ms",
        )


def review_goals(architectures: dict[str, Architecture], catalog: Catalog) -> Iterator[Result]:
    """P4 and P5: everything, with all rules of the catalog, and how it grows."""
    ratios = []
    for size, architecture in architectures.items():
        result = against_pass(
            "P4", f"whole review / PASS, {size}", partial(review, architecture, catalog, Settings()), architecture, 300
        )
        ratios.append(result.ratio)
        yield result
    if len(ratios) > 1:
        yield Result("P5", "growth of the review from M to L", ratios[-1] / ratios[0], 1.5, "ratios of the lines above")


def dry_run_goal(architectures: dict[str, Architecture], catalog: Catalog) -> Iterator[Result]:
    """
    P6: what one rule of the catalog would change with another severity, over the facts of a review that is there.

    Every eighth rule is tried. The ratio is that of the middle one; the one that costs most, which finds or asks
    thousands of things, stands beside it.
    """
    size, architecture = next(iter(architectures.items()))
    baseline = Baseline(architecture, catalog)
    ratios = []
    for rule in [rule for rule in catalog.rules if not rule.needs][::8]:
        changed = replace(rule, severity="info")
        baseline.with_rule(changed)  # compiled once, as when it is checked
        measured, passing = side_by_side(partial(baseline.with_rule, changed), partial(bare_pass, architecture))
        ratios.append((measured.median / passing.median, rule.code))
    worst, code = max(ratios)
    middle = statistics.median(ratio for ratio, _ in ratios)
    yield Result("P6", f"one rule's dry run / PASS, {size}", middle, 5, f"the most: {code} with {worst:.1f}")


def check_goal() -> Iterator[Result]:
    """What the slowest check of a hostile condition takes of the 100 ms that one may take while it is written."""
    slowest = max(processor_time(partial(check, source, "edge")).median for source in HOSTILE)
    yield Result("", "slowest check of a hostile condition / 100 ms", slowest * 10, 1, f"{slowest * 1000:.1f} ms")


def against_pass(code: str, what: str, work: Callable[[], object], architecture: Architecture, gate: float) -> Result:
    """Measure the work in turns with the bare pass over the same architecture."""
    bare = partial(bare_pass, architecture)
    measured, passing = side_by_side(work, bare)
    return Result(
        code,
        what,
        measured.median / passing.median,
        gate,
        f"{measured.median * 1000:.0f} ms ({measured.least * 1000:.0f} to {measured.most * 1000:.0f}), "
        f"PASS {passing.median * 1000:.2f} ms",
    )


def main() -> int:
    """Print a line for each goal; 1 where one is missed."""
    parser = argparse.ArgumentParser(description="Measure the engine against a bare pass over the same model.")
    parser.add_argument("--quick", action="store_true", help="only M, and nothing by networkx")
    quick = parser.parse_args().quick
    sizes = {"M": M} if quick else {"M": M, "L": L}
    architectures = {name: realistic(services=services, edges=edges) for name, (services, edges) in sizes.items()}
    problems = Problems()
    catalog = read_catalog(CATALOG.read_bytes(), file=CATALOG.name, problems=problems, with_examples=False)
    if catalog is None:
        parser.error("\n".join(str(problem) for problem in problems))
    good = True
    for goals in (
        graph_goals(architectures, with_networkx=not quick),
        review_goals(architectures, catalog),
        dry_run_goal(architectures, catalog),
        check_goal(),
    ):
        for result in goals:
            good = good and result.good
            print(
                f"{result.code:<3} {result.what:<52} {result.ratio:9.3f}  gate {result.gate:<7.3g}"
                f" {'good' if result.good else 'MISSED'}   {result.details}",
                flush=True,
            )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
