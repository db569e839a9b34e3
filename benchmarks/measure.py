"""How things are measured here: processor time, medians, and ratios to a yardstick taken in the same minute."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

from archreview.engine.model import Architecture

RUNS = 7


class Measured(NamedTuple):
    """The median of the processor times, in seconds, and the smallest and largest of them."""

    median: float
    least: float
    most: float


def processor_time(work: Callable[[], object], *, runs: int = RUNS, repeat: int = 1) -> Measured:
    """Run the work so many times, each time `repeat` in a row, and give the processor time of one."""
    times = []
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        for _ in range(repeat):
            work()
        times.append((time.process_time() - start) / repeat)
    return Measured(statistics.median(times), min(times), max(times))


def side_by_side(*works: Callable[[], object], runs: int = RUNS) -> list[Measured]:
    """Measure several works in turns, so that a busy minute of the machine falls on all of them."""
    rounds = [[processor_time(work, runs=1).median for work in works] for _ in range(runs)]
    return [Measured(statistics.median(times), min(times), max(times)) for times in zip(*rounds, strict=True)]


def bare_pass(architecture: Architecture) -> tuple[dict[str, int], int]:
    """Look once at every service and every edge in plain Python: the yardstick, called PASS."""
    calls = {service.id: 0 for service in architecture.services}
    synchronous = 0
    for edge in architecture.edges:
        calls[edge.target] += 1
        if edge.style == "request_response":
            synchronous += 1
    return calls, synchronous
