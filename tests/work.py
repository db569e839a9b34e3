"""A bound on work that holds on any machine, however slow it is and whatever else it does."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

# What shares a core slows each of its seconds down too, and so do small caches: the bound is missed each time, or not.
TRIES = 3


def within(seconds: float, task: Callable[[], Result]) -> Result:
    """
    Do the task, and give its result; AssertionError when it takes more than these seconds of the processor.

    It is for work that grows out of all proportion when it goes wrong, so choose at least twenty times what the task
    takes. Time in which others have the processor does not count, nor the collector of garbage; too long is what is
    too long three times over.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        taken = []
        for _ in range(TRIES):
            started = time.process_time()
            result = task()
            taken.append(time.process_time() - started)
            if taken[-1] <= seconds:
                return result
    finally:
        if collects:
            gc.enable()
    raise AssertionError(f"took {min(taken):.2f} s of the processor at best; {seconds} s are enough")
