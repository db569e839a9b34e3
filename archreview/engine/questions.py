"""The questions whose answers decide an edge, in the order in which the matrix and the tree ask them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions whose answers decide an edge; `asked_by` says by whom, `help` how to tell."""

    key: str
    text: str
    asked_by: str
    help: str


QUESTIONS: tuple[Question, ...] = (
    Question(
        "immediate_feedback",
        "Does the user need immediate feedback from this operation?",
        "matrix",
        "Yes where somebody waits at a screen until this is done. No where a confirmation later is as good.",
    ),
    Question(
        "long_running",
        "Is the operation long, or its runtime variable?",
        "matrix",
        "A second and more at peak is long; a P99 of ten times the P50 is variable.",
    ),
    Question(
        "eventual_consistency_ok",
        "Can it tolerate eventual consistency?",
        "matrix",
        "Yes where both sides may differ for a moment without harm to anybody.",
    ),
    Question(
        "benefits_from_decoupling",
        "Does it benefit from decoupling (scaling, resilience)?",
        "matrix",
        "Yes where load comes in bursts, the callee scales differently, or its outage must not spread.",
    ),
    Question(
        "needs_result",
        "Does the caller need the result to go on (a real data dependency in the response path, not convenience)?",
        "tree",
        "Does the caller's response contain data from the callee? Could the user be shown a loading state instead?",
    ),
    Question(
        "fast_at_peak",
        "Does it complete in under one second at P99 under expected peak load?",
        "tree",
        "Measured under peak load, not on average and not on an idle test system.",
    ),
    Question(
        "callee_may_be_down",
        "Can the callee be unavailable for a while without blocking the caller?",
        "tree",
        "Is there a degraded mode, a cached answer, or can the work wait? That the callee is rarely down is no reason.",
    ),
    Question(
        "can_poll",
        "Can the caller use polling or a callback?",
        "tree",
        "Yes where the caller can take a job's number now and its result later.",
    ),
    Question(
        "fan_out",
        "Must several independent consumers react?",
        "tree",
        "List every system that reacts to it; three and more that do not know each other are several.",
    ),
    Question(
        "order_matters",
        "Does processing break when messages of one entity arrive out of order?",
        "tree",
        "Think of one customer, one order: may an update overtake the creation?",
    ),
    Question(
        "replay_needed",
        "Must past messages be replayed or audited?",
        "tree",
        "For a new consumer, after a mended fault, or because a regulator asks.",
    ),
    Question(
        "exactly_once",
        "Is exactly-once a genuine requirement, beyond at-least-once with idempotent consumers?",
        "tree",
        "What happens when it is processed twice, and can the consumer be made to tell?",
    ),
    Question(
        "strong_consistency",
        "Must both sides change together, at once?",
        "consistency",
        "Yes where a moment in which only one side has changed does real harm, as with money in two accounts.",
    ),
)

MATRIX_FACTS = ("immediate_feedback", "long_running", "eventual_consistency_ok", "benefits_from_decoupling")
TREE_FACTS = (
    "needs_result",
    "fast_at_peak",
    "callee_may_be_down",
    "can_poll",
    "fan_out",
    "order_matters",
    "replay_needed",
    "exactly_once",
)
ANSWERS: tuple[str, ...] = tuple(question.key for question in QUESTIONS)
QUESTION_BY_KEY: Mapping[str, Question] = MappingProxyType({q.key: q for q in QUESTIONS})
