"""What a drawing is made from: small values that know nothing of pages, databases or the engine.

A `Map` is a set of services and the communication between them. The map page, the edge page, decision
records and exports all fill in the same values, so that one thing looks the same everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

Data = tuple[tuple[str, str], ...]
"""Attributes that the caller wants on a link, without their `data-`: (("hx-get", "/w/shop/edges/a/card/"),)."""


class Kind(StrEnum):
    """What a service is; it decides the shape of its box. A folded group is one box for many services."""

    SERVICE = "service"
    GATEWAY = "gateway"
    FRONTEND = "frontend"
    WORKER = "worker"
    EXTERNAL = "external"
    DATASTORE = "datastore"
    FOLDED = "folded"


class Family(StrEnum):
    """How two services communicate, in the words of the engine; it decides the look of the line."""

    SYNCHRONOUS = "synchronous"
    HAND_OFF = "hand_off"
    ASYNCHRONOUS = "asynchronous"
    IN_PROCESS = "in_process"
    UNKNOWN = "unknown"


WORDS: Mapping[Family, str] = MappingProxyType(
    {
        Family.SYNCHRONOUS: "synchronous",
        Family.HAND_OFF: "hand-off",
        Family.ASYNCHRONOUS: "asynchronous",
        Family.IN_PROCESS: "in-process",
        Family.UNKNOWN: "unknown how",
    }
)
"""The families as people read them."""


class Emphasis(StrEnum):
    """Whether something stands out, stands back, or differs between a before and an after."""

    NORMAL = "normal"
    STRONG = "strong"
    QUIET = "quiet"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Colour(StrEnum):
    """What colour stands for; the letter or number is always written beside it."""

    NONE = "none"
    GRADE = "grade"
    TIER = "tier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A service as a box. `title` is the whole text shown on hover; empty, it is made from the fields."""

    id: str
    name: str
    kind: Kind = Kind.SERVICE
    entry_point: bool = False
    group: str | None = None
    tier: int | None = None
    grade: str | None = None
    note: str = ""
    title: str = ""
    href: str = ""
    data: Data = ()
    emphasis: Emphasis = Emphasis.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What asynchronous edges travel over: one small box, however many producers and consumers meet there."""

    id: str
    name: str
    technology: str = ""
    title: str = ""
    href: str = ""
    data: Data = ()
    emphasis: Emphasis = Emphasis.NORMAL


class Call(NamedTuple):
    """One place among the sequential synchronous calls of a flow; `over` says that it is past the limit."""

    number: int
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """
    One communication as a line.

    `calls` are its places in the flow that is shown, by number, written on the line: a flow can make a call more than
    once. `over` says that one of them is past the limit, or, where no one flow is shown, that some request's call is.
    An asynchronous edge without a channel gets a channel box of its own.
    """

    id: str
    source: str
    target: str
    name: str = ""
    family: Family = Family.UNKNOWN
    channel: str | None = None
    calls: tuple[Call, ...] = ()
    over: bool = False
    grade: str | None = None
    title: str = ""
    href: str = ""
    data: Data = ()
    emphasis: Emphasis = Emphasis.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A system or a team: a labelled box around its services, or, folded, one box in their place."""

    id: str
    name: str
    title: str = ""
    href: str = ""
    data: Data = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Services, channels and edges to be drawn together; every id that an edge names is among them."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    channels: tuple[Channel, ...] = ()
    groups: tuple[Group, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The accessible twin of a picture: the same content as rows of text, each with the page behind it or ""."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    hrefs: tuple[str, ...] = ()

    @property
    def linked_rows(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The rows, each with the page behind it or ""."""
        return tuple(zip(self.hrefs or ("",) * len(self.rows), self.rows, strict=True))
