"""What the generator hands over: a text, what it rests on, what must hold afterwards, and two pictures."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any, TypeVar

from archreview.drawing import Call, Channel, Edge, Emphasis, Family, Group, Kind, Map, Node

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class People:
    """The names of those who decide, who were asked, and who are told."""

    decision_makers: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()


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

    `premises` names the facts whose change breaks what the decision rests on.
    """

    edge: str = ""
    styles: tuple[str, ...] = ()
    facts: tuple[tuple[str, object], ...] = ()
    rules: tuple[str, ...] = ()
    premises: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The confirmation as it is stored."""
        return {
            "edge": self.edge,
            "styles": list(self.styles),
            "facts": [{"fact": fact, "value": value} for fact, value in self.facts],
            "rules": list(self.rules),
            "premises": list(self.premises),
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision as the generator proposes it; `markdown` begins below the title."""

    title: str
    markdown: str
    facts: tuple[FactOfDecision, ...] = ()
    confirmation: Confirmation = Confirmation()
    people: People = People()
    before: Map | None = None
    after: Map | None = None
    catalog_version: str = ""

    def pictures_as_json(self) -> dict[str, object]:
        """The two pictures as they are stored; `map_from_json` reads them back."""
        pictures = {"before": self.before, "after": self.after}
        return {name: _plain(asdict(picture)) for name, picture in pictures.items() if picture is not None}


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
