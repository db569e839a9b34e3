"""
What a review gives: frozen values with the names of the JSON result (docs/result.md).

Unknown is `None` everywhere; times are milliseconds, availabilities percent, shares between 0 and 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from archreview.engine.model import Location

SEVERITIES = ("critical", "high", "medium", "low", "info")
PENALTIES: Mapping[str, int] = {"critical": 40, "high": 20, "medium": 8, "low": 3, "info": 0}
GRADES = (("A", 90), ("B", 75), ("C", 60), ("D", 40), ("F", 0))


class FactUse(NamedTuple):
    """A fact as a verdict used it: `basis` is answered, derived, or None where the fact is unknown."""

    question: str
    answer: bool | None
    basis: str | None


class MatrixResult(NamedTuple):
    """The four-question matrix: sync, async, hybrid or undetermined; `possible` verdicts in the order of the table."""

    verdict: str
    strength: str | None
    votes: int
    possible: tuple[str, ...]
    facts: tuple[FactUse, ...]
    next_question: str | None


class TreeResult(NamedTuple):
    """The decision tree: the outcome (None while undetermined), those still possible, and the path from the root."""

    outcome: str | None
    possible: tuple[str, ...]
    path: tuple[FactUse, ...]
    next_question: str | None


class Hop(NamedTuple):
    """
    How many sequential synchronous calls a request has made when it makes this one, itself included.

    `basis` is flow or graph; `flow` the first flow, by id, of the largest position.
    """

    position: int
    over: bool
    basis: str
    flow: str | None


class TechnologyResult(NamedTuple):
    """
    Whether the technology's class meets what is asked of it: fits, oversized, undersized, undetermined.

    `required` are the requirements known to be true; `next_classes` pairs a fact that is not true today with the
    classes that would be recommended if it were.
    """

    verdict: str
    recommended: tuple[str, ...]
    required: tuple[str, ...] = ()
    next_classes: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Duty(NamedTuple):
    """An obligation of an edge: `state` is met, missing or unknown."""

    duty: str
    state: str


class EdgeReview(NamedTuple):
    """
    What is known about one edge.

    `uses` holds every answer as the verdicts use it; `reached` counts the services that the source reaches over the
    edge's channel; `unknown_facts` names what was asked for and nobody has stated.
    """

    id: str
    source: str
    target: str
    style: str | None
    family: str | None
    counted: bool
    matrix: MatrixResult
    tree: TreeResult
    agreement: str
    fit: str
    technology: TechnologyResult | None
    obligations: tuple[Duty, ...]
    hop: Hop | None
    effective_latency_ms: float | None
    score: int
    grade: str | None
    evidence: float
    uses: tuple[FactUse, ...] = ()
    reached: int | None = None
    known: int = 0
    asked: int = 0
    unknown_facts: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, FactUse]:
        """Every answer as the verdicts use it, by its question."""
        return {use.question: use for use in self.uses}


@dataclass(frozen=True, slots=True)
class StepReview:
    """
    One place of a flow, in the order in which it is written, for the waterfall.

    `number` is its position among the counted calls of its sequence; `start_ms` and `total_ms` use 0 for what is
    unknown; `own_ms` is None where it is unknown.
    """

    edge: str
    depth: int
    family: str | None
    foreground: bool
    number: int | None
    over: bool
    start_ms: float
    own_ms: float | None
    total_ms: float
    parallel: int | None


@dataclass(frozen=True, slots=True)
class FlowReview:
    """What is known about one flow."""

    id: str
    entry: str
    user_facing: bool
    limit: int
    sync_calls: int
    sync_calls_at_most: int
    within_rule: bool | None
    calls: tuple[str, ...]
    first_over: str | None
    latency_p99_ms: float
    latency_complete: bool
    unknown_latency_edges: tuple[str, ...]
    not_at_peak_edges: tuple[str, ...]
    tail_share: float
    over_budget: bool | None
    worst_wait_ms: float | None
    worst_wait_at_least_ms: float
    waits_for_ever: bool | None
    needs: tuple[str, ...]
    availability: float
    assumed_availability: tuple[str, ...]
    below_target: bool | None
    attempts: int
    unneeded_in_sequence: int
    repeated_calls: tuple[str, ...]
    written_services: tuple[str, ...]
    score: int
    grade: str | None
    evidence: float
    entry_latency_ms: float | None = None
    availability_groups: tuple[tuple[tuple[str, ...], float, bool], ...] = ()
    availability_channels: tuple[tuple[str, float], ...] = ()
    places: tuple[StepReview, ...] = ()


class Counted:
    """
    How many there are, and the ids of at most 200, by id.

    The ids are worked out when they are asked for: of thousands of services few are ever looked at.
    """

    __slots__ = ("_bits", "_ids", "_names", "count")
    MOST = 200

    def __init__(self, count: int, bits: int, names: Sequence[str], ids: tuple[str, ...] | None) -> None:
        self.count = count
        self._bits, self._names, self._ids = bits, names, ids

    @classmethod
    def of_bits(cls, bits: int, names: Sequence[str]) -> Counted:
        """Count the names whose places are set in `bits`; `names` are sorted."""
        return cls(bits.bit_count(), bits, names, None)

    @classmethod
    def of_ids(cls, ids: Sequence[str]) -> Counted:
        """Count sorted ids."""
        return NOBODY if not ids else cls(len(ids), 0, (), tuple(ids[: cls.MOST]))

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the first ids, at most `MOST`."""
        if self._ids is None:
            digits = f"{self._bits:b}"[::-1]
            found: list[str] = []
            place = digits.find("1")
            while place >= 0 and len(found) < self.MOST:
                found.append(self._names[place])
                place = digits.find("1", place + 1)
            self._ids = tuple(found)
        return self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted) and (self.count, self.ids) == (other.count, other.ids)

    def __hash__(self) -> int:
        return hash((self.count, self.ids))

    def __repr__(self) -> str:
        return f"Counted({self.count}, {self.ids})"


NOBODY = Counted(0, 0, (), ())


class BlastRadius(NamedTuple):
    """Who fails when a service fails; `certain` counts the services where an unknown fallback counts as one."""

    certain: int
    services: Counted
    entries: Counted
    flows: Counted


@dataclass(frozen=True, slots=True)
class ServiceReview:
    """What is known about one service."""

    id: str
    edges_in: int
    edges_out: int
    synchronous_share: float | None
    blast_radius: BlastRadius


@dataclass(frozen=True, slots=True)
class EntryReview:
    """The longest chain of synchronous calls from one entry point."""

    service: str
    sync_depth: int | None
    sync_depth_at_most: int | None
    unbounded: bool
    deepest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelReview:
    """Who writes to a channel and who reads from it."""

    id: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    name_is_past: bool | None


@dataclass(frozen=True, slots=True)
class SystemReview:
    """The numbers of one system that rules ask for."""

    id: str
    services: int
    edges_in: int
    edges_out: int
    synchronous_share: float | None


class Subject(NamedTuple):
    """What a finding or a question is about: kind is edge, flow, service, channel or system."""

    kind: str
    id: str


class Finding(NamedTuple):
    """A pitfall that a rule found; `facts` holds every known name in its condition with its value."""

    rule: str
    severity: str
    subject: Subject
    message: str
    facts: Mapping[str, object]
    location: Location | None = None
    known: bool = False

    @property
    def fingerprint(self) -> str:
        """What stays the same for a finding from one analysis to the next. Worked out each time: few are asked for."""
        return hashlib.sha256(f"{self.rule}|{self.subject.kind}|{self.subject.id}".encode()).hexdigest()[:16]


class OpenQuestion(NamedTuple):
    """A fact that nobody has stated, with all that waits for it: rule codes, `matrix`, `tree`."""

    subject: Subject
    fact: str
    waiting: tuple[str, ...]


class NotEvaluated(NamedTuple):
    """A rule that said nothing, and why."""

    rule: str
    why: str


class UpcomingRule(NamedTuple):
    """A rule whose findings do not count before a day, with a word for people."""

    rule: str
    until: date
    note: str


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What rules say whose day has not come: findings and questions that count nowhere yet."""

    rules: tuple[UpcomingRule, ...]
    findings: tuple[Finding, ...]
    questions: tuple[OpenQuestion, ...]


# What becomes of an accepted decision: all of it holds; the model is another; it is the same but rests on other facts;
# somebody has not said enough; it says nothing that could be checked.
HOLDS, DRIFTED, CHANGED, OPEN, UNBOUND = "holds", "drifted", "changed", "open", "unbound"


class Check(NamedTuple):
    """
    One thing that an accepted decision says or rests on, then and now.

    `what` is style, fact, rule or premise; `kind` and `id` say of what, `fact` which (of a rule, its code). `holds` is
    None where that is open.
    """

    what: str
    kind: str
    id: str
    fact: str
    then: object
    now: object
    holds: bool | None


class DecisionReview(NamedTuple):
    """Whether an accepted decision holds, by its label, with all checks: what must hold first, then the premises."""

    label: str
    edge: str
    state: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CatalogUsed:
    """Which catalog judged."""

    version: str
    rules: int
    hop_limit: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of the whole."""

    services: int
    channels: int
    edges: int
    flows: int
    flows_user_facing: int
    flows_within_rule: int
    questions: int
    findings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """
    All that the analysis says about an architecture; lists are sorted by id, findings by severity, rule, subject.

    `upcoming` is apart from all of it, and None where no campaign is waiting for its day. `decisions` are in the order
    in which they were given.
    """

    catalog: CatalogUsed
    sources: tuple[tuple[str, str], ...]
    summary: Summary
    edges: tuple[EdgeReview, ...]
    flows: tuple[FlowReview, ...]
    entries: tuple[EntryReview, ...]
    services: tuple[ServiceReview, ...]
    channels: tuple[ChannelReview, ...]
    systems: tuple[SystemReview, ...]
    cycles: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...]
    questions: tuple[OpenQuestion, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    upcoming: Upcoming | None = None
    decisions: tuple[DecisionReview, ...] = ()
