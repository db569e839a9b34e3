"""
What files state, before it is known whether it holds together.

A draft is one entity as one file states it, fact by fact, each with the node that it stands at, so that whatever is
found wrong later can be told with its line. Drafts of one id from several files merge into one: the first that
knows a fact wins, and a fact that a later file states otherwise is kept as differing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archreview.engine.model import Evidence, Link, Said
from archreview.interchange.documents import Node


@dataclass(slots=True)
class Stated:
    """One fact: its value (None: unknown), who said it, and where it stands."""

    value: object
    node: Node
    said: Said | None = None


@dataclass(slots=True)
class StepDraft:
    """One step of a flow as written; `edge` is None for a group of parallel steps."""

    node: Node
    edge: str | None
    then: list[StepDraft] = field(default_factory=list)
    parallel: list[StepDraft] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """One entity; `facts` are by the names of the engine, those of answers with `answers.` before them."""

    id: str
    node: Node
    name: str | None = None
    description: str | None = None
    facts: dict[str, Stated] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    steps: list[StepDraft] = field(default_factory=list)
    differing: set[str] = field(default_factory=set)

    def known(self, fact: str) -> Stated | None:
        """Give a fact whose value is known, else None."""
        stated = self.facts.get(fact)
        return stated if stated is not None and stated.value is not None else None

    def text(self, fact: str) -> str | None:
        """Give the value of a fact that is a text (an id, a choice)."""
        stated = self.facts.get(fact)
        return stated.value if stated is not None and isinstance(stated.value, str) else None

    def number(self, fact: str) -> float | None:
        """Give the value of a fact that is a number."""
        stated = self.facts.get(fact)
        if stated is None or isinstance(stated.value, bool) or not isinstance(stated.value, int | float):
            return None
        return stated.value


Drafts = dict[str, Draft]


@dataclass(slots=True)
class Drafted:
    """All that one file states, or several; `named_teams` are those that services name where no team is declared."""

    systems: Drafts = field(default_factory=dict)
    teams: Drafts = field(default_factory=dict)
    services: Drafts = field(default_factory=dict)
    channels: Drafts = field(default_factory=dict)
    edges: Drafts = field(default_factory=dict)
    flows: Drafts = field(default_factory=dict)
    named_teams: set[str] = field(default_factory=set)


def merged(files: Iterable[Drafted]) -> Drafted:
    """Merge what several files state; the drafts of the first are changed."""
    whole = Drafted()
    for drafted in files:
        whole.named_teams |= drafted.named_teams
        for mine, other in (
            (whole.systems, drafted.systems),
            (whole.teams, drafted.teams),
            (whole.services, drafted.services),
            (whole.channels, drafted.channels),
            (whole.edges, drafted.edges),
            (whole.flows, drafted.flows),
        ):
            for id_, draft in other.items():
                if id_ in mine:
                    _merge(mine[id_], draft)
                else:
                    mine[id_] = draft
    return whole


def _merge(first: Draft, second: Draft) -> None:
    for fact, stated in second.facts.items():
        mine = first.known(fact)
        if mine is None:
            if stated.value is not None or fact not in first.facts:
                first.facts[fact] = stated
        elif stated.value is not None and stated.value != mine.value:
            first.differing.add(fact)
    if first.name is None:
        first.name = second.name
    if first.description is None:
        first.description = second.description
    first.links.extend(link for link in second.links if link not in first.links)
    if not first.steps:
        first.steps = second.steps
    _merge_evidence(first, second)


def _merge_evidence(first: Draft, second: Draft) -> None:
    if not first.evidence and not second.evidence:
        return
    # A file that states an edge without saying where it is from declares it: a hint in another file does not
    # make it less.
    pieces = [*_evidence_of(first), *_evidence_of(second)]
    first.evidence = list(dict.fromkeys(pieces))


def _evidence_of(draft: Draft) -> list[Evidence]:
    return draft.evidence or [Evidence(source=draft.node.file, line=draft.node.line, confidence="declared")]
