"""What the generator hands over: a text, what it rests on, what must hold afterwards, and pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any, TypeVar

from archreview.decisions.record_templates import BUILT_IN
from archreview.decisions.sections import Content
from archreview.drawing import (
    Call,
    Channel,
    Edge,
    Emphasis,
    Family,
    Group,
    Kind,
    Map,
    Node,
    Waterfall,
    WaterfallRow,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class People:
    """The names of those who decide, who were asked, and who are told."""

    decision_makers: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()

    def and_consulted(self, names: Iterable[str]) -> People:
        """The same, with those who are not named yet as consulted."""
        named = {*self.decision_makers, *self.consulted}
        more = (name for name in dict.fromkeys(names) if name not in named)
        return People(self.decision_makers, (*self.consulted, *more), self.informed)


@dataclass(frozen=True, slots=True)
class FactOfDecision:
    """
    One fact that a decision rests on, as it was then.

    `kind` and `id` name whose fact it is, `basis` is answered, registered, derived or computed; `by`, `at` and `why`
    say who stated it. A number known to be absent is written as the text `none`.
    """

    kind: str
    id: str
    fact: str
    value: object
    basis: str
    by: str = ""
    at: str = ""
    why: str = ""

    def as_json(self) -> dict[str, object]:
        """The fact as it is stored."""
        value = "none" if isinstance(self.value, float) and math.isinf(self.value) else self.value
        return {**asdict(self), "value": value}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """
    What must hold once the decision is accepted: the edge's style, facts of the edge, and rules without a finding.

    `premises` names the facts whose change breaks what the decision rests on. Where a decision is about a flow, `flow`
    names it, `rules` are rules about it, and `also` says what must hold for each edge that it changes.
    """

    edge: str = ""
    styles: tuple[str, ...] = ()
    facts: tuple[tuple[str, object], ...] = ()
    rules: tuple[str, ...] = ()
    premises: tuple[str, ...] = ()
    flow: str = ""
    also: tuple[Confirmation, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The confirmation as it is stored."""
        found: dict[str, object] = {
            "edge": self.edge,
            "styles": list(self.styles),
            "facts": [{"fact": fact, "value": value} for fact, value in self.facts],
            "rules": list(self.rules),
            "premises": list(self.premises),
        }
        if self.flow:
            found["flow"] = self.flow
        if self.also:
            found["also"] = [other.as_json() for other in self.also]
        return found


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A decision as the generator proposes it: what it says by sections, to be laid into any template.

    `waterfalls` are those of its flow, today's and then the one with the decision.
    """

    title: str
    sections: Content
    facts: tuple[FactOfDecision, ...] = ()
    confirmation: Confirmation = Confirmation()
    people: People = People()
    before: Map | None = None
    after: Map | None = None
    waterfalls: tuple[Waterfall, ...] = ()
    catalog_version: str = ""

    @property
    def markdown(self) -> str:
        """The text as MADR has it, below the title."""
        return BUILT_IN["madr"].lay(self.sections)

    def pictures_as_json(self) -> dict[str, object]:
        """The two pictures as they are stored; `map_from_json` reads them back."""
        pictures = {"before": self.before, "after": self.after}
        stored = {name: _plain(asdict(picture)) for name, picture in pictures.items() if picture is not None}
        if self.waterfalls:
            stored["waterfalls"] = [_plain(asdict(waterfall)) for waterfall in self.waterfalls]
        return stored


def map_from_json(data: Mapping[str, Any]) -> Map:
    """A stored picture as a value that can be drawn. Fields that this version does not know are left out."""
    return Map(
        title=data.get("title", ""),
        description=data.get("description", ""),
        nodes=tuple(_value(Node, node, kind=Kind, emphasis=Emphasis) for node in data.get("nodes", ())),
        edges=tuple(_edge(edge) for edge in data.get("edges", ())),
        channels=tuple(_value(Channel, channel, emphasis=Emphasis) for channel in data.get("channels", ())),
        groups=tuple(_value(Group, group) for group in data.get("groups", ())),
    )


def _edge(data: Mapping[str, Any]) -> Edge:
    """An edge of a stored picture. Older pictures have one `number`, where a flow makes the call more than once too."""
    one = [[data["number"], data.get("over", False)]] if data.get("number") else []
    calls = tuple(Call(*call) for call in data.get("calls", one))
    return _value(Edge, {**data, "calls": calls}, family=Family, emphasis=Emphasis)


def waterfalls_from_json(data: Mapping[str, Any]) -> tuple[Waterfall, ...]:
    """The stored waterfalls of a decision's pictures; none where it is about no flow."""
    return tuple(
        _value(Waterfall, {**stored, "rows": tuple(_value(WaterfallRow, row, family=Family) for row in stored["rows"])})
        for stored in data.get("waterfalls", ())
    )


def _value(shape: type[T], data: Mapping[str, Any], /, **enumerations: type[Enum]) -> T:
    known = {field.name for field in fields(shape)}  # type: ignore[arg-type]  # T is one of the values of a drawing
    values = {name: value for name, value in data.items() if name in known and name != "data"}
    for name, enumeration in enumerations.items():
        if name in values:
            values[name] = enumeration(values[name])
    return shape(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
