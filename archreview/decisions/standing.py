"""
Whether accepted decisions still hold, as pages show it.

The analysis lies above this room, so it brings what it knows here: whoever has it registers a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from archreview.engine.decisions import GONE, said_in_words
from archreview.engine.fact_tables import label_of
from archreview.engine.results import CHANGED, DRIFTED, HOLDS, OPEN, UNBOUND, Check, DecisionReview
from archreview.workspaces.models import Workspace

# The states in which a decision no longer holds.
BROKEN = (DRIFTED, CHANGED)
STATE_NAMES: Mapping[str, str] = {
    HOLDS: "holds",
    DRIFTED: "not as decided",
    CHANGED: "premise changed",
    OPEN: "open",
    UNBOUND: "nothing to check",
}
STATE_MEANINGS: Mapping[str, str] = {
    HOLDS: "Everything that must hold does, and what it rested on is as it was.",
    DRIFTED: "The model is not what was decided. Carry the decision out, or supersede it.",
    CHANGED: "The model is as decided, but what the decision rested on has changed. Look at it again.",
    OPEN: "Not enough is known to say whether it holds.",
    UNBOUND: "The record names nothing that could be checked.",
}


@dataclass(frozen=True, slots=True)
class Standings:
    """
    What the analysis says about the accepted decisions: its reviews by label.

    `name_of` gives what people call a thing, by kind and id; `value_now` the value of a fact by kind, id and name, None
    where it is unknown; `rule_names` the titles of the rules in force by code; `edges` the ids of all edges.
    """

    reviews: Mapping[str, DecisionReview]
    name_of: Callable[[str, str], str]
    value_now: Callable[[str, str, str], object]
    rule_names: Mapping[str, str]
    edges: frozenset[str]

    def state_of(self, label: str) -> str:
        """The state of a decision; empty for one that is not in force."""
        reviewed = self.reviews.get(label)
        return reviewed.state if reviewed is not None else ""

    def broken(self) -> list[int]:
        """The numbers of the decisions that no longer hold."""
        return [int(reviewed.label) for reviewed in self.reviews.values() if reviewed.state in BROKEN]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check as the page of a decision shows it: what, of which thing, then, now; `holds` as in Check."""

    label: str
    about: str
    url: str
    then: str
    now: str
    holds: bool | None
    is_premise: bool


StandingsFunction = Callable[[Workspace], Standings]

_functions: list[StandingsFunction] = []


def bring_standings(function: StandingsFunction) -> StandingsFunction:
    """Let the function say whether decisions hold. Register it from the app's `ready`."""
    _functions[:] = [function]
    return function


def standings_of(workspace: Workspace) -> Standings:
    """What the analysis says about the accepted decisions of the workspace."""
    return _functions[0](workspace)


def check_rows(workspace: Workspace, standings: Standings, label: str) -> list[CheckRow]:
    """The checks of one decision, what must hold first."""
    reviewed = standings.reviews.get(label)
    return [_row(workspace, standings, check) for check in reviewed.checks] if reviewed is not None else []


def fact_label(fact: str) -> str:
    """The name of a fact as people read it, with a capital."""
    words = label_of(fact)
    return words[:1].upper() + words[1:]


def _row(workspace: Workspace, standings: Standings, check: Check) -> CheckRow:
    name, url = fact_label(check.fact), _url_of(workspace, check)
    about = standings.name_of(check.kind, check.id)
    if check.what == "rule":
        title = standings.rule_names.get(check.fact, "")
        name, about, url = (
            f"{check.fact} {title}".strip(),
            "",
            reverse("rules:rule", args=[workspace.slug, check.fact]) if title else "",
        )
    return CheckRow(
        label=name,
        about=about,
        url=url,
        then=said_in_words(check.fact, check.then),
        now=GONE if check.now == GONE else said_in_words(check.fact, check.now),
        holds=check.holds,
        is_premise=check.what == "premise",
    )


def _url_of(workspace: Workspace, check: Check) -> str:
    pages = {
        "edge": "reviews:edge",
        "flow": "reviews:flow",
        "service": "reviews:service",
        "channel": "registry:channel",
        "system": "registry:system",
    }
    if check.now == GONE or check.kind not in pages:
        return ""
    return reverse(pages[check.kind], args=[workspace.slug, check.id])
