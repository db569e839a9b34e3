"""A flow that makes more calls in sequence than it may, with the situations of its calls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from archreview.decisions.flow_numbers import moved_behind
from archreview.decisions.ground import Ground, flow_in
from archreview.decisions.prose import first_few, quoted
from archreview.decisions.situation import Situation
from archreview.engine.model import HAND_OFF, SYNCHRONOUS, Flow, Said
from archreview.engine.results import FlowReview

# The facts of a call that say whether it can leave.
TELLING = ("needs_result", "immediate_feedback", "eventual_consistency_ok", "can_poll")


@dataclass(frozen=True)
class FlowSituation:
    """A flow, the calls in it, and what each could become."""

    ground: Ground
    flow: Flow
    statements: Mapping[str, Mapping[str, Said]]

    @cached_property
    def today(self) -> FlowReview:
        found = flow_in(self.ground.review, self.flow)
        if found is None:
            raise KeyError(self.flow.id)
        return found

    @cached_property
    def situations(self) -> dict[str, Situation]:
        """The situations of the calls in the flow, by edge."""
        edges = dict.fromkeys(step.edge for step in self.flow.walk() if step.edge is not None)
        return {edge: Situation.on(self.ground, edge) for edge in edges}

    @cached_property
    def f(self) -> str:
        """The flow's name in quotation marks."""
        return quoted(self.flow.name or self.flow.id)

    def call(self, edge: str) -> str:
        """A call by its name and its two services."""
        return self.ground.call(edge)

    def names(self, edges: Iterable[str], *, most: int = 5, last: str = "and") -> str:
        """Several calls by their names."""
        return first_few([self.ground.name_of_edge(edge) for edge in dict.fromkeys(edges)], most=most, last=last)

    @cached_property
    def endless(self) -> list[str]:
        """The calls that the request waits for without a timeout, in the order of the flow."""
        places = [place for place in self.today.places if place.foreground and place.family in (SYNCHRONOUS, HAND_OFF)]
        edges = self.ground.edges
        return list(dict.fromkeys(place.edge for place in places if edges[place.edge].timeout_ms == math.inf))

    def stated(self, edge: str) -> Mapping[str, Said]:
        """Who stated which fact of a call."""
        return self.statements.get(edge, self.ground.edges[edge].said)

    def awaited_behind(self, flow: FlowReview) -> list[str]:
        """The calls that would go to the background although the user waits for them."""
        moved = moved_behind(self.today, flow)
        return [edge for edge in moved if self.situations[edge].edge.answers.immediate_feedback]
