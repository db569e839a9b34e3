"""
Writes an architecture as `architecture.yaml`: the same text for the same model, whatever order it comes in.

Reading what was written and writing it again gives the same bytes. Unknown facts and defaults are left out. What two
sources state differently is not written: a file states each fact once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar, Union

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS, Fact, Kind
from archreview.engine.model import Architecture, Channel, Edge, Evidence, Flow, Said, Service, Step
from archreview.engine.questions import ANSWERS
from archreview.interchange.documents import core_value

Atom = str | bool | int | float
# A value to be written: a mapping or a list is written in block form, an `Inline` on one line.
Written = Union[Atom, Sequence["Written"], Mapping[str, "Written"], "Inline"]


class Inline:
    """A small mapping that reads best on one line."""

    def __init__(self, values: Mapping[str, Atom]) -> None:
        self.values = values


def write_architecture(architecture: Architecture) -> str:
    """
    Give the text of one file.

    A single system that all services belong to stands as the file's; several stand in a list, and each service names
    its own.
    """
    systems = [_named(system.id, system.name, system.description) for system in _by_id(architecture.systems)]
    whole = len(systems) == 1 and all(service.system == systems[0]["id"] for service in architecture.services)
    document: dict[str, Written] = {"archreview": 1}
    if whole:
        document["system"] = systems[0]
    sections: dict[str, list[dict[str, Written]]] = {
        "systems": [] if whole else systems,
        "teams": [_named(team.id, team.name, "") for team in _by_id(architecture.teams)],
        "services": [_service(service, with_system=not whole) for service in _by_id(architecture.services)],
        "channels": [_channel(channel) for channel in _by_id(architecture.channels)],
        "edges": [_edge(edge) for edge in _by_id(architecture.edges)],
        "flows": [_flow(flow) for flow in _by_id(architecture.flows)],
    }
    document.update({key: list(entries) for key, entries in sections.items() if entries})
    return "\n".join(_block(document, 0)) + "\n"


def split_by_system(architecture: Architecture) -> dict[str | None, Architecture]:
    """
    Give one architecture per system, and one under None for services without a system.

    An edge stands with its caller, a channel with those who write to it (else read from it), a flow with its entry:
    read together, the parts are the whole again. A part whose edges lead out of it cannot be read alone.
    """
    system_of = {service.id: service.system for service in architecture.services}
    home: dict[str, str | None] = {}
    for edge in _by_id(architecture.edges):
        if edge.channel is not None:
            home.setdefault(edge.channel, system_of[edge.source])
    parts: dict[str | None, Architecture] = {}
    keys: list[str | None] = [system.id for system in _by_id(architecture.systems)]
    owners = {service.team for service in architecture.services}
    for key in [*keys, None]:
        services = tuple(service for service in architecture.services if service.system == key)
        teams = {service.team for service in services}
        part = Architecture(
            services=services,
            channels=tuple(channel for channel in architecture.channels if home.get(channel.id) == key),
            edges=tuple(edge for edge in architecture.edges if system_of[edge.source] == key),
            flows=tuple(flow for flow in architecture.flows if system_of[flow.entry] == key),
            systems=tuple(system for system in architecture.systems if system.id == key),
            # A team that owns nothing stands with what belongs to no system.
            teams=tuple(
                team for team in architecture.teams if team.id in teams or (key is None and team.id not in owners)
            ),
        )
        if key is not None or part != Architecture():
            parts[key] = part
    return parts


# --- Entities ----------------------------------------------------------------------------------


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Entity = TypeVar("_Entity", bound=_HasId)


def _by_id(entities: Iterable[_Entity]) -> list[_Entity]:
    return sorted(entities, key=lambda entity: entity.id)


def _named(id_: str, name: str, description: str) -> dict[str, Written]:
    entry: dict[str, Written] = {"id": id_}
    if name and name != id_:
        entry["name"] = _one_break(name)
    if description:
        entry["description"] = _one_break(description)
    return entry


def _service(service: Service, *, with_system: bool) -> dict[str, Written]:
    entry = _named(service.id, service.name, service.description)
    _put(entry, "team", service.team, service.said)
    if with_system:
        _put(entry, "system", service.system, service.said)
    if service.links:
        entry["links"] = [Inline({"name": link.name, "url": link.url}) for link in service.links]
    for fact in SERVICE_FACTS:
        value = getattr(service, fact.name)
        if fact.name == "kind" and value == "service" and "kind" not in service.said:
            continue
        _put(entry, fact.name, _word(fact, value), service.said)
    return entry


def _channel(channel: Channel) -> dict[str, Written]:
    entry = _named(channel.id, channel.name, channel.description)
    for fact in CHANNEL_FACTS:
        _put(entry, fact.name, _word(fact, getattr(channel, fact.name)), channel.said)
    return entry


def _edge(edge: Edge) -> dict[str, Written]:
    named = _named(edge.id, edge.name, edge.description)
    entry: dict[str, Written] = {"id": named.pop("id"), "from": edge.source, "to": edge.target, **named}
    communication = [fact for fact in EDGE_FACTS if fact.name in ("style", "technology", "purpose")]
    for fact in communication:
        _put(entry, fact.name, _word(fact, getattr(edge, fact.name)), edge.said)
    _put(entry, "channel", edge.channel, edge.said)
    answers: dict[str, Written] = {}
    for key in ANSWERS:
        _put(answers, key, getattr(edge.answers, key), edge.said, prefix="answers.")
    if answers:
        entry["answers"] = answers
    for prose, text in (("expectation", edge.expectation), ("delay_cost", edge.delay_cost)):
        _put(entry, prose, _one_break(text) or None, edge.said)
    for fact in EDGE_FACTS:
        if fact not in communication:
            _put(entry, fact.name, _word(fact, getattr(edge, fact.name)), edge.said)
    if edge.evidence:
        entry["evidence"] = [_evidence(piece) for piece in edge.evidence]
    return entry


def _evidence(piece: Evidence) -> Inline:
    values = {
        "source": piece.source,
        "line": piece.line,
        "window": piece.window or None,
        "at": piece.at or None,
        "confidence": piece.confidence,
        "calls": piece.calls,
        "errors": piece.errors,
        "sample": piece.sample,
    }
    return Inline({key: value for key, value in values.items() if value is not None})


def _flow(flow: Flow) -> dict[str, Written]:
    entry = _named(flow.id, flow.name, flow.description)
    entry["entry"] = flow.entry
    if not flow.user_facing:
        entry["user_facing"] = False
    if flow.latency_budget_ms is not None:
        entry["latency_budget_ms"] = flow.latency_budget_ms
    if flow.availability_target is not None:
        entry["availability_target"] = flow.availability_target
    if flow.origin != "declared":
        entry["origin"] = flow.origin
    if flow.traces is not None:
        entry["traces"] = flow.traces
    entry["steps"] = [_step(step) for step in flow.steps]
    return entry


def _step(step: Step) -> dict[str, Written]:
    if step.edge is None:
        return {"parallel": [_step(inner) for inner in step.parallel]}
    entry: dict[str, Written] = {"edge": step.edge}
    if step.then:
        entry["then"] = [_step(inner) for inner in step.then]
    return entry


def _put(
    entry: dict[str, Written], key: str, value: Atom | None, said: Mapping[str, Said], *, prefix: str = ""
) -> None:
    """Write a fact: as a plain value, with who said it, or not at all."""
    by = said.get(prefix + key)
    if by is not None:
        told = {"value": "unknown" if value is None else value, "by": by.by, "at": by.at, "why": _one_break(by.why)}
        entry[key] = Inline({name: word for name, word in told.items() if word != ""})
    elif value is not None:
        entry[key] = value


def _word(fact: Fact, value: Atom | None) -> Atom | None:
    """Give the value of a fact as it is written; None where there is nothing to write."""
    if isinstance(value, float) and math.isinf(value):
        return "none"
    if isinstance(value, str) and (fact.kind is Kind.TEXT or fact.open_choice):
        if value == "" or value == "none":
            return "none" if fact.none else None
        # A text that reads as a word of the format cannot be told from that word.
        return None if value == "unknown" else value
    return value


def _one_break(text: str) -> str:
    """Give a text with one kind of line break: forms send two characters for each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- Text --------------------------------------------------------------------------------------

# What other readers of YAML take for something else than a text.
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_PLAIN = re.compile(r"[^\W\d_][^\[\]{},\"'`|\\]*\Z")


def _block(mapping: Mapping[str, Written], depth: int) -> Iterator[str]:
    pad = " " * depth
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            yield f"{pad}{key}:"
            yield from _block(value, depth + 2)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield f"{pad}{key}:"
            for item in value:
                yield from _item(item, depth + 2)
        elif isinstance(value, Inline):
            yield f"{pad}{key}: {_inline(value)}"
        elif isinstance(value, str) and _fits_block(value):
            yield f"{pad}{key}: |-"
            yield from (f"{pad}  {line}" if line else "" for line in value.split("\n"))
        else:
            yield f"{pad}{key}: {_atom(value)}"


def _item(item: Written, depth: int) -> Iterator[str]:
    pad = " " * depth
    if isinstance(item, Mapping):
        lines = _block(item, depth + 2)
        yield f"{pad}- {next(lines)[depth + 2 :]}"
        yield from lines
    elif isinstance(item, Inline):
        yield f"{pad}- {_inline(item)}"


def _inline(inline: Inline) -> str:
    return "{" + ", ".join(f"{key}: {_atom(value)}" for key, value in inline.values.items()) + "}"


def _atom(value: Atom) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    return value if _is_plain(value) else _quoted(value)


def _is_plain(text: str) -> bool:
    return (
        bool(_PLAIN.match(text))
        and text.isprintable()
        and text.lower() not in _WORDS
        and core_value(text) == text
        and ": " not in text
        and " #" not in text
        and text[-1] not in " :"
    )


def _fits_block(text: str) -> bool:
    """Whether a text of several lines can stand as it is, line under line."""
    if "\n" not in text or text[0] in " \n" or text[-1] == "\n":
        return False
    return all(line.isprintable() and not line.endswith(" ") for line in text.split("\n"))


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    elif character.isprintable():
        return character
    elif character in "\n\t":
        return "\\n" if character == "\n" else "\\t"
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
