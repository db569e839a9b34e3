"""
The analysis of a workspace as it stands: rows in, an engine review out, kept while nothing changes.

Every change of the model and every step of a decision raises the workspace's revision, and every change of the catalog
its version, so the pair names a result, and where rules hang on the day, with the day, for good. Each process keeps the
last few results; a process that lacks one computes it again.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property

from django.utils import timezone

from archreview.decisions.queries import accepted_decisions
from archreview.engine.catalog import Catalog, Rule
from archreview.engine.decisions import AcceptedDecision
from archreview.engine.model import Architecture, Channel, Edge, Flow, Service, System
from archreview.engine.results import (
    DecisionReview,
    EdgeReview,
    EntryReview,
    Finding,
    FlowReview,
    OpenQuestion,
    Review,
    ServiceReview,
)
from archreview.engine.review import Settings, review
from archreview.registry.architectures import load_architecture, load_edge
from archreview.registry.models import Edge as EdgeRow
from archreview.rules.queries import current_catalog, known_catalog
from archreview.workspaces.models import Workspace

# So many results are kept of whatever size, and more as long as they are small: a process that serves many meetings
# comes back to each within seconds, and a result of 1,000 edges takes tens of megabytes.
KEPT, MOST_KEPT, EDGES_KEPT = 8, 100, 4_000


class Analysis:
    """A review with the model and the catalog that it was made from, and ways to find things in it by id."""

    def __init__(
        self,
        architecture: Architecture,
        catalog: Catalog,
        decisions: tuple[AcceptedDecision, ...] = (),
        as_of: date | None = None,
    ) -> None:
        # Of the model at some revision or later: what is changed while it is read may be in it already.
        self.architecture = architecture
        self.catalog = catalog
        self.decisions = decisions
        self.as_of = as_of
        self.review: Review = review(architecture, catalog, Settings(as_of=as_of, decisions=decisions))

    @cached_property
    def services(self) -> Mapping[str, Service]:
        return {service.id: service for service in self.architecture.services}

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        return {channel.id: channel for channel in self.architecture.channels}

    @cached_property
    def edges(self) -> Mapping[str, Edge]:
        return {edge.id: edge for edge in self.architecture.edges}

    @cached_property
    def flows(self) -> Mapping[str, Flow]:
        return {flow.id: flow for flow in self.architecture.flows}

    @cached_property
    def systems(self) -> Mapping[str, System]:
        return {system.id: system for system in self.architecture.systems}

    @cached_property
    def edge_reviews(self) -> Mapping[str, EdgeReview]:
        return {reviewed.id: reviewed for reviewed in self.review.edges}

    @cached_property
    def flow_reviews(self) -> Mapping[str, FlowReview]:
        return {reviewed.id: reviewed for reviewed in self.review.flows}

    @cached_property
    def service_reviews(self) -> Mapping[str, ServiceReview]:
        return {reviewed.id: reviewed for reviewed in self.review.services}

    @cached_property
    def entry_reviews(self) -> Mapping[str, EntryReview]:
        return {reviewed.service: reviewed for reviewed in self.review.entries}

    @cached_property
    def decision_reviews(self) -> Mapping[str, DecisionReview]:
        """Whether the accepted decisions hold, by their labels."""
        return {reviewed.label: reviewed for reviewed in self.review.decisions}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        return {rule.code: rule for rule in self.catalog.rules}

    @cached_property
    def _findings(self) -> Mapping[tuple[str, str], list[Finding]]:
        return _by_subject(self.review.findings)

    @cached_property
    def _questions(self) -> Mapping[tuple[str, str], list[OpenQuestion]]:
        return _by_subject(self.review.questions)

    @cached_property
    def _upcoming(self) -> Mapping[tuple[str, str], list[Finding]]:
        return _by_subject(self.review.upcoming.findings if self.review.upcoming else ())

    @cached_property
    def flows_of_edge(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the flows that use an edge, by the edge's id."""
        found: dict[str, list[str]] = {}
        for flow in self.architecture.flows:
            for edge in {step.edge for step in flow.walk() if step.edge is not None}:
                found.setdefault(edge, []).append(flow.id)
        return {edge: tuple(sorted(flows)) for edge, flows in found.items()}

    def findings_about(self, kind: str, id_: str) -> list[Finding]:
        """The findings about one subject, worst first."""
        return self._findings.get((kind, id_), [])

    def questions_about(self, kind: str, id_: str) -> list[OpenQuestion]:
        """The open questions about one subject, by fact."""
        return self._questions.get((kind, id_), [])

    def upcoming_about(self, kind: str, id_: str) -> list[Finding]:
        """The findings about one subject that do not count yet."""
        return self._upcoming.get((kind, id_), [])

    def name_of(self, kind: str, id_: str) -> str:
        """What people call the subject: an edge is its two services, everything else its name."""
        if kind == "edge" and id_ in self.edges:
            edge = self.edges[id_]
            return f"{self.name_of('service', edge.source)} → {self.name_of('service', edge.target)}"
        things: Mapping[str, Mapping[str, Service | Channel | Flow | System]] = {
            "service": self.services,
            "channel": self.channels,
            "flow": self.flows,
            "system": self.systems,
        }
        thing = things.get(kind, {}).get(id_)
        return thing.name or thing.id if thing else id_

    def system_of(self, kind: str, id_: str) -> str | None:
        """The system of a subject: an edge's is its source's, a flow's its entry's, a channel's that of a producer."""
        if kind == "system":
            return id_
        if kind == "edge":
            id_ = self.edges[id_].source
        elif kind == "flow":
            id_ = self.flows[id_].entry
        elif kind == "channel":
            users = self._users_of_channels.get(id_)
            if users is None:
                return None
            id_ = users
        return self.services[id_].system

    @cached_property
    def _users_of_channels(self) -> Mapping[str, str]:
        return {edge.channel: edge.source for edge in reversed(self.architecture.edges) if edge.channel}


def _by_subject(things: Iterable[Finding | OpenQuestion]) -> Mapping[tuple[str, str], list]:  # type: ignore[type-arg]
    found: dict[tuple[str, str], list[Finding | OpenQuestion]] = {}
    for thing in things:
        found.setdefault((thing.subject.kind, thing.subject.id), []).append(thing)
    return found


# The workspace, its revision, the version of the catalog, and the day where it matters.
_Key = tuple[int, int, str, date | None]
_results: OrderedDict[_Key, Analysis] = OrderedDict()
_lock = threading.Lock()


def current_analysis(workspace: Workspace) -> Analysis:
    """
    Give the analysis of the workspace at its revision, under the catalog in force.

    `workspace` must be as fresh as the page wants to be: its `revision` names the result.
    """
    return analysis_with(workspace, current_catalog(workspace))


def analysis_with(workspace: Workspace, catalog: Catalog) -> Analysis:
    """
    Give the analysis of the workspace at its revision, as of today, under a catalog: an earlier one, or a draft.

    It is kept like any other for as long as the same catalog is asked for.
    """
    key = _key(workspace, catalog)
    with _lock:
        found = _results.get(key)
        # A restored database comes to an old number again, with other rules; so does a workspace's own catalog.
        if found is not None and found.catalog is catalog:
            _results.move_to_end(key)
            return found
    analysis = Analysis(load_architecture(workspace), catalog, accepted_decisions(workspace), key[-1])
    _keep(key, analysis)
    return analysis


def _key(workspace: Workspace, catalog: Catalog) -> _Key:
    day = timezone.localdate() if catalog.hangs_on_the_day else None
    return workspace.pk, workspace.revision, catalog.version, day


def follow_edge(workspace: Workspace, before: Analysis, *, since: int, edge: EdgeRow) -> None:
    """
    After a change of one edge's own facts, make the analysis from the one before it, with that edge alone read anew.

    `before` is the analysis at revision `since`, at which the change found the workspace. Only where the workspace is
    exactly one revision further is that one the change's own, and nobody else's lies between. Does nothing where that
    is not so, or where the edge leads elsewhere now: the model is then loaded whole when it is next asked for.
    """
    old = before.edges.get(edge.slug)
    if workspace.revision != since + 1 or old is None:
        return
    new = load_edge(edge)
    if new is None or (new.id, new.source, new.target, new.channel) != (old.id, old.source, old.target, old.channel):
        return
    edges = tuple([new if each is old else each for each in before.architecture.edges])
    key = _key(workspace, before.catalog)
    # A step of a decision raises the revision too, so at the change of an edge they are what they were before it.
    architecture = dataclasses.replace(before.architecture, edges=edges)
    _keep(key, Analysis(architecture, before.catalog, before.decisions, key[-1]))


def _keep(key: _Key, analysis: Analysis) -> None:
    with _lock:
        _results[key] = analysis
        edges = sum(len(each.architecture.edges) for each in _results.values())
        while len(_results) > KEPT and (len(_results) > MOST_KEPT or edges > EDGES_KEPT):
            _, oldest = _results.popitem(last=False)
            edges -= len(oldest.architecture.edges)


def forget_analyses() -> None:
    """Drop all results that are kept; for tests, in which ids come again."""
    with _lock:
        _results.clear()


def kept_analysis(workspace: Workspace) -> Analysis | None:
    """
    Give the analysis of this revision if this process has it already; the navigation's counts ask so.

    It asks the database nothing, so on a page without an analysis it can be that of the catalog before.
    """
    catalog = known_catalog(workspace)
    if catalog is None:
        return None
    with _lock:
        return _results.get(_key(workspace, catalog))
