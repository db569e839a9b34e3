"""The four-question matrix: should this communication be synchronous, asynchronous, or both?"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

from archreview.engine.questions import MATRIX_FACTS
from archreview.engine.results import FactUse, MatrixResult

ASYNC, SYNC, HYBRID, UNDETERMINED = "async", "sync", "hybrid", "undetermined"
VERDICTS = (ASYNC, SYNC, HYBRID)
STRONG, LEANING = "strong", "leaning"

Known = tuple[bool, bool, bool, bool]
Values = tuple[bool | None, bool | None, bool | None, bool | None]


def verdict_of(known: Known) -> tuple[str, str]:
    """
    Give verdict and strength where all four facts are known.

    The order is that of `MATRIX_FACTS`. The last three vote for asynchrony; a no to the first opens the way for it.
    """
    immediate_feedback, long_running, *_ = known
    votes = sum(known[1:])
    if not immediate_feedback:
        if votes == 3:
            return ASYNC, STRONG
        return (ASYNC, LEANING) if votes == 2 else (SYNC, LEANING)
    if long_running:
        return HYBRID, STRONG if votes == 3 else LEANING
    if votes == 2:
        return HYBRID, LEANING
    return SYNC, STRONG if votes == 0 else LEANING


def completions(values: Values) -> list[Known]:
    """Give every way in which the unknown facts could turn out."""
    return list(product(*[(True, False) if value is None else (value,) for value in values]))  # type: ignore[arg-type]


@lru_cache(maxsize=81)
def judge(values: Values) -> tuple[str, str | None, tuple[str, ...], str | None]:
    """Give verdict, strength, possible verdicts and the next question for facts that may be unknown."""
    outcomes = {verdict_of(known) for known in completions(values)}
    possible = tuple(verdict for verdict in VERDICTS if any(verdict == v for v, _ in outcomes))
    if len(possible) == 1:
        strength = LEANING if any(strength == LEANING for _, strength in outcomes) else STRONG
        return possible[0], strength, possible, None
    return UNDETERMINED, None, possible, _next_question(values)


def _next_question(values: Values) -> str:
    """Name the unknown whose answer, however it comes out, leaves the fewest verdicts."""

    def most_left(position: int) -> int:
        left = []
        for answer in (True, False):
            settled = list(values)
            settled[position] = answer
            left.append(len({verdict_of(known)[0] for known in completions(tuple(settled))}))  # type: ignore[arg-type]
        return max(left)

    unknown = [position for position, value in enumerate(values) if value is None]
    return MATRIX_FACTS[min(unknown, key=most_left)]


def matrix(facts: tuple[FactUse, ...]) -> MatrixResult:
    """Judge by the four facts, given in the order of `MATRIX_FACTS`."""
    one, two, three, four = facts
    values: Values = (one.answer, two.answer, three.answer, four.answer)
    verdict, strength, possible, next_question = judge(values)
    votes = (values[1] is True) + (values[2] is True) + (values[3] is True)
    return MatrixResult(verdict, strength, votes, possible, facts, next_question)
