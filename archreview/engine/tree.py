"""The decision tree: which kind of communication fits what is asked of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from archreview.engine.matrix import ASYNC, SYNC, UNDETERMINED
from archreview.engine.questions import TREE_FACTS
from archreview.engine.results import FactUse, MatrixResult, TreeResult


@dataclass(frozen=True, slots=True)
class Branch:
    """One question of the tree with what follows: another question, or an outcome."""

    question: str
    yes: Branch | str
    no: Branch | str


TREE = Branch(
    "needs_result",
    yes=Branch(
        "fast_at_peak",
        yes=Branch("callee_may_be_down", no="sync", yes="sync_guarded"),
        no=Branch("can_poll", yes="callback", no="queue_and_poll"),
    ),
    no=Branch(
        "fan_out",
        yes=Branch("order_matters", yes="ordered_stream", no="pubsub"),
        no=Branch(
            "replay_needed",
            yes="replayable_log",
            no=Branch("exactly_once", yes="transactional_queue", no="standard_queue"),
        ),
    ),
)

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "sync": "direct synchronous call; the tight coupling is accepted",
        "sync_guarded": "synchronous call behind a circuit breaker, or asynchronous with polling",
        "callback": "asynchronous with a webhook or callback",
        "queue_and_poll": "queue the work and let the front end poll; a long synchronous call is a warning",
        "ordered_stream": "ordered, partitioned stream (Kafka, Kinesis)",
        "pubsub": "publish and subscribe (SNS, EventBridge, Pub/Sub)",
        "replayable_log": "replayable log (Kafka)",
        "transactional_queue": "transactional queue (SQS FIFO with an idempotency key, or Kafka transactions)",
        "standard_queue": "standard queue (SQS, RabbitMQ)",
    }
)
OUTCOME_ORDER: Mapping[str, int] = MappingProxyType({outcome: order for order, outcome in enumerate(OUTCOMES)})
SYNCHRONOUS_OUTCOMES = ("sync", "sync_guarded")


@lru_cache(maxsize=4096)
def walk(values: tuple[bool | None, ...]) -> tuple[tuple[int, ...], tuple[str, ...], str | None]:
    """
    Give the questions on the path, the outcomes still reachable and the first unknown.

    `values` are in the order of `TREE_FACTS`, and the path names its questions by their places there. It ends at the
    first unknown, which it includes.
    """
    answer = dict(zip(TREE_FACTS, values, strict=True))
    path: list[int] = []
    place: Branch | str = TREE
    while isinstance(place, Branch):
        path.append(TREE_FACTS.index(place.question))
        value = answer[place.question]
        if value is None:
            return tuple(path), _reachable(place, answer), place.question
        place = place.yes if value else place.no
    return tuple(path), (place,), None


def _reachable(place: Branch | str, answer: Mapping[str, bool | None]) -> tuple[str, ...]:
    if isinstance(place, str):
        return (place,)
    value = answer[place.question]
    found: tuple[str, ...] = ()
    if value is not False:
        found += _reachable(place.yes, answer)
    if value is not True:
        found += _reachable(place.no, answer)
    return tuple(sorted(found, key=OUTCOME_ORDER.__getitem__))


def outcomes_below(place: Branch | str) -> tuple[str, ...]:
    """Give all outcomes behind a branch, in the order of the table."""
    return _reachable(place, dict.fromkeys(TREE_FACTS))


def tree(facts: tuple[FactUse, ...]) -> TreeResult:
    """Walk the tree with the facts of one edge, given in the order of `TREE_FACTS`."""
    path, possible, next_question = walk(tuple([use.answer for use in facts]))
    outcome = possible[0] if next_question is None else None
    return TreeResult(outcome, possible, tuple([facts[place] for place in path]), next_question)


def agreement(verdict: MatrixResult, outcome: TreeResult) -> str:
    """Say whether matrix and tree are of one opinion: agree, disagree or undetermined."""
    if verdict.verdict == UNDETERMINED or outcome.outcome is None:
        return "undetermined"
    synchronous = outcome.outcome in SYNCHRONOUS_OUTCOMES
    if verdict.verdict == SYNC:
        agreed = synchronous
    elif verdict.verdict == ASYNC:
        agreed = not synchronous
    else:
        agreed = outcome.outcome != "sync"
    return "agree" if agreed else "disagree"
