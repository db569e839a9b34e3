"""Findings that are decided together: about one subject, or of one rule; and what could mend them."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from types import MappingProxyType

from archreview.decisions.choice import Kind, choose
from archreview.decisions.effects import callers_in_words
from archreview.decisions.flow_numbers import moved_behind
from archreview.decisions.flow_options import plan_how
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.ground import Ground, flow_in
from archreview.decisions.matter import NothingToDecide
from archreview.decisions.plan import Plan, plans
from archreview.decisions.prose import counted, escaped, first_few, listed, upper_first
from archreview.decisions.rewiring import Rewired
from archreview.decisions.situation import Situation
from archreview.decisions.ways import edge_as
from archreview.engine.catalog import Rule
from archreview.engine.model import Edge, Flow, Said
from archreview.engine.results import SEVERITIES, Finding, FlowReview, Review, Subject

# What an edge is given where a fact is known to be false and should be true.
GIVEN: Mapping[str, str] = MappingProxyType(
    {
        "timeout_ms": "a timeout",
        "circuit_breaker": "a circuit breaker",
        "fallback": "a fallback",
        "bulkhead": "a bulkhead",
        "retry_jitter": "jitter between its retries",
        "tracing": "a trace that shows both sides",
        "idempotent": "an idempotent receiver",
        "dead_letter_queue": "a dead-letter queue",
        "dead_letter_procedure": "a procedure for dead letters",
        "correlation_id": "a correlation id",
        "outbox": "an outbox",
        "lag_monitored": "an alarm on its depth or lag",
        "callee_isolated": "consumers that are isolated from each other",
        "status_visible": "a status that the user can see",
        "state_audited": "a state that can be looked up",
        "callback_auth": "an authenticated callback",
        "callback_retry": "a callback that is tried again",
        "callback_expiry": "an expiry of the callback",
        "callback_state_kept": "a kept state for the callback",
        "compensation": "a compensation",
    }
)


# How many plans for a flow are reviewed in full to find one that closes the findings.
MOST_PLANS = 3
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Mend:
    """
    A change of the model that closes findings: what it is as an option, the edges as they would be, the review.

    `edges` are those that the option is about; `change` holds those too that somebody else has to call because of it.
    """

    key: str
    title: str
    chosen: str
    how: str
    edges: tuple[Edge, ...]
    change: Rewired
    later: Review
    closes: tuple[Finding, ...]


@dataclass(frozen=True)
class FindingSituation:
    """Some findings of the review, the worst first, with what is known about their subjects."""

    ground: Ground
    findings: tuple[Finding, ...]
    statements: Mapping[str, Mapping[str, Said]]

    @classmethod
    def of(
        cls, ground: Ground, fingerprints: Iterable[str], statements: Mapping[str, Mapping[str, Said]]
    ) -> FindingSituation:
        """
        The findings with these fingerprints that are still there.

        Raises NothingToDecide where none is left, or where they have neither a subject nor a rule in common.
        """
        wanted = set(fingerprints)
        found = [finding for finding in ground.review.findings if finding.fingerprint in wanted]
        if not found:
            raise NothingToDecide("These findings are gone: the model or the catalog has changed meanwhile.")
        if len({finding.subject for finding in found}) > 1 and len({finding.rule for finding in found}) > 1:
            raise NothingToDecide(
                "Choose findings about one subject, or findings of one rule: one decision, one matter."
            )
        found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
        return cls(ground, tuple(found), statements)

    # -- the parts ----------------------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that found something, that of the worst finding first."""
        by_code = {rule.code: rule for rule in self.ground.catalog.rules}
        return tuple(by_code[code] for code in dict.fromkeys(finding.rule for finding in self.findings))

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(dict.fromkeys(finding.subject for finding in self.findings))

    @cached_property
    def edge(self) -> Situation | None:
        """The situation of the edge that all findings are about; None where they are about something else."""
        subject = self.subjects[0]
        return Situation.on(self.ground, subject.id) if self.is_about_one and subject.kind == "edge" else None

    @cached_property
    def flow(self) -> FlowSituation | None:
        """The same of a flow."""
        subject = self.subjects[0]
        if not self.is_about_one or subject.kind != "flow":
            return None
        flow = next(flow for flow in self.ground.architecture.flows if flow.id == subject.id)
        return FlowSituation(self.ground, flow, self.statements)

    @property
    def is_about_one(self) -> bool:
        return len(self.subjects) == 1

    # -- names --------------------------------------------------------------------------------------------------------

    def name_of(self, subject: Subject) -> str:
        """What a finding is about, by its name."""
        return self.ground.name_of_subject(subject)

    def plain_name_of(self, subject: Subject) -> str:
        """The same as it was written, for a title."""
        return self.ground.plain_name_of(subject)

    def calls(self, edges: Collection[str], *, every: str = "All") -> str:
        """Some calls by their names; where they are all that it is about, how many there are behind `every`."""
        ids = [subject.id for subject in self.subjects if subject.kind == "edge"]
        if len(edges) > MOST_NAMED and set(edges) == set(ids):
            return f"{every} {counted(len(edges), 'call')}"
        return first_few([self.ground.name_of_edge(id_) for id_ in edges], most=MOST_NAMED)

    @cached_property
    def where(self) -> str:
        """All that the findings are about, by names."""
        return first_few([self.name_of(subject) for subject in self.subjects], most=4)

    # -- what could mend them -----------------------------------------------------------------------------------------

    @cached_property
    def mends(self) -> tuple[Mend, ...]:
        """The changes of the model that close some of the findings: that which closes most first, then the smallest."""
        found = [mend for mend in (self._by_facts(), self._by_style(), *self._by_plan()) if mend is not None]
        helps = any(mend.closes for mend in found)
        worth_telling = [mend for mend in found if mend.closes or (helps and mend.key == "plan")]
        return tuple(sorted(worth_telling, key=lambda mend: -len(mend.closes)))

    def _by_facts(self) -> Mend | None:
        """Each edge given what the rules say that it lacks."""
        given: dict[str, dict[str, object]] = {}
        for finding in self.findings:
            if finding.subject.kind == "edge":
                given.setdefault(finding.subject.id, {}).update(_lacking(finding))
        if self.flow is not None and any(finding.facts.get("flow.waits_for_ever") for finding in self.findings):
            endless = {id_: edge for id_, edge in self._edges_of_flow() if edge.timeout_ms == math.inf}
            given |= {id_: {"timeout_ms": None} for id_ in endless}
        given = {id_: facts for id_, facts in given.items() if facts}
        if not given:
            return None
        # The names are those of an edge's facts, so each value fits; the type checker sees only a mapping.
        edges = tuple(replace(self.ground.edges[id_], **facts) for id_, facts in given.items())  # type: ignore[arg-type]
        things = dict.fromkeys(name for facts in given.values() for name in facts)
        what = listed([GIVEN[name] for name in things])
        who = self.calls(given)
        how = f"{who} {'gets' if len(given) == 1 else 'get'} {what}. How they talk stays as it is."
        title = f"Add {what}"
        return self._tried("facts", title, f"Give {_plain(self, given)} {what}", how, edges)

    def _edges_of_flow(self) -> Iterator[tuple[str, Edge]]:
        if self.flow is not None:
            yield from ((id_, call.edge) for id_, call in self.flow.situations.items())

    def _by_style(self) -> Mend | None:
        """The edges made to talk as the verdicts say."""
        changed, titles, chosen = [], {}, ""
        for subject in self.subjects:
            if subject.kind != "edge":
                continue
            situation = Situation.on(self.ground, subject.id)
            choice = choose(situation)
            if choice.kind == Kind.CHANGE:
                changed.append(edge_as(situation, choice.way))
                titles[choice.way.title] = choice.way
                target = situation.target.name or situation.target.id
                chosen = choice.way.chosen.format(name=situation.plain_operation, target=target)
        if not changed:
            return None
        ways = listed([title[:1].lower() + title[1:] for title in titles], last="or")
        who = first_few([self.ground.name_of_edge(edge.id) for edge in changed], most=3)
        if len(changed) == 1:
            one = Situation.on(self.ground, changed[0].id)
            how = next(iter(titles.values())).how.format(s=one.s, t=one.t)
        else:
            chosen = f"Change how {counted(len(changed), 'call')} talk"
            how = f"Of the ways that the answers about each call leave open, the simplest is taken: {ways}."
        return self._tried("style", f"Rebuild {who} as {ways}", chosen, how, tuple(changed))

    def _by_plan(self) -> Iterator[Mend]:
        """The flow relieved of calls by the cheapest plan; and by the next that closes more, where that does not do."""
        if self.flow is None or self.flow.today.within_rule is not False:
            return
        flow, most = self.flow, -1
        for plan in islice(plans(self.ground, flow.flow, flow.today, flow.situations), MOST_PLANS):
            found = self._of_plan(flow, plan)
            if len(found.closes) > most:
                yield found
                most = len(found.closes)
            if most == len(self.findings):
                return

    def _of_plan(self, flow: FlowSituation, plan: Plan) -> Mend:
        edges = tuple(edge_as(flow.situations[one.edge], one.way) for one in plan.leaving)
        names = flow.names([one.edge for one in plan.leaving])
        plain_names = [flow.situations[one.edge].plain_operation for one in plan.leaving]
        chosen = f"Take {first_few(plain_names, most=3)} off the synchronous path of {_plain(self, [])}"
        title = f"Take {names} off the synchronous path"
        return self._tried("plan", title, chosen, plan_how(flow, plan), edges)

    def _tried(self, key: str, title: str, chosen: str, how: str, edges: tuple[Edge, ...]) -> Mend:
        change = self.ground.rewired(*edges)
        later = self.ground.reviewed_with(*change.edges, flows=change.flows)
        if key == "style":
            how = f"{how} {callers_in_words(self.ground, change)}".rstrip()
        left = {finding.fingerprint for finding in later.findings}
        closes = tuple(finding for finding in self.findings if finding.fingerprint not in left)
        return Mend(key, title, chosen, how, edges, change, later, closes)

    def moved_behind(self, mend: Mend) -> list[str]:
        """The calls that would go to the background together with what is changed."""
        found: dict[str, None] = {}
        for flow in self.ground.flows_with(edge.id for edge in mend.edges):
            before, after = flow_in(self.ground.review, flow), flow_in(mend.later, flow)
            if before is not None and after is not None:
                found |= dict.fromkeys(moved_behind(before, after))
        return list(found)

    def awaited_behind(self, mend: Mend) -> list[str]:
        """Those of them that the user waits for."""
        return [edge for edge in self.moved_behind(mend) if self.ground.edges[edge].answers.immediate_feedback]

    def flow_of(self, edges: Iterable[str]) -> tuple[Flow, FlowReview] | None:
        """The first flow, user-facing ones first, that uses one of the edges, with its numbers."""
        for flow in self.ground.flows_with(edges):
            found = flow_in(self.ground.review, flow)
            if found is not None:
                return flow, found
        return None


# How a point of a rule's remedy begins that is no way to mend it, but something to be weighed before.
WEIGHED_FIRST = ("If ", "Where ", "Until ", "Keep ")


def remedies_of(rule: Rule) -> list[str]:
    """The ways to mend what a rule finds, as Markdown, the one to begin with first."""
    points = _points_of(rule)
    ways = [point for point in points if not point.startswith(WEIGHED_FIRST)] or points[:1]
    return [upper_first(escaped(way.removeprefix("Or "))).rstrip(".") for way in ways]


def cautions_of(rule: Rule) -> list[str]:
    """What a rule's remedy wants weighed before it is mended, as Markdown."""
    return [escaped(point).rstrip(".") for point in _points_of(rule)[1:] if point.startswith(WEIGHED_FIRST)]


def _points_of(rule: Rule) -> list[str]:
    points = (" ".join(point.split()) for point in re.split(r"^- ", rule.remedy, flags=re.MULTILINE))
    return [point for point in points if point]


def _lacking(finding: Finding) -> dict[str, object]:
    """The facts of the edge that the rule found false and that can be made true."""
    found: dict[str, object] = {}
    for name, value in finding.facts.items():
        fact = name.removeprefix("edge.")
        if name == "edge.has_timeout_ms" and value is False:
            found["timeout_ms"] = None  # there is one; how long it is, somebody has to say
        elif name.startswith("edge.") and fact in GIVEN and value is False:
            found[fact] = True
    return found


def _plain(situation: FindingSituation, edges: Iterable[str]) -> str:
    """The calls, or else the subjects, for a title."""
    ids = list(edges)
    if len(ids) > 2:
        return counted(len(ids), "call")
    if ids:
        return listed([Situation.on(situation.ground, id_).plain_operation for id_ in ids])
    return f"“{situation.plain_name_of(situation.subjects[0])}”"
