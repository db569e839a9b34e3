"""
The fields of what is registered, read from the fact tables: their columns, what may stand in them, how a statement
writes them.

A value is what the engine holds: None for unknown, `math.inf` and "" for none, the id of another entry for a reference,
a tuple of `Link` for links, a tuple of `Step` for steps. A statement writes it as JSON: none of a number as the word
"none", links as pairs, steps as nested objects.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS, Fact, Kind, label_of
from archreview.engine.model import NONE_TEXT, ORIGINS, Link, Step
from archreview.engine.questions import ANSWERS, QUESTION_BY_KEY
from archreview.interchange.documents import first_control
from archreview.interchange.fields import COUNT_MOST, NAME_MOST, NUMBER_MOST, SLUG, SLUG_MOST, TEXT_MOST, UNSEEN

NONE = "none"
UNKNOWN = "unknown"
MOST_LINKS = 100
ANSWER_PREFIX = "answers."

_WEB_ADDRESS = re.compile(r"https?://\S+")


class Sort(StrEnum):
    """What a field holds."""

    FACT = "fact"
    NAME = "name"
    TEXT = "text"
    REFERENCE = "reference"
    LINKS = "links"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a service, a channel, an edge or a flow.

    `name` is that of the engine, with `answers.` before an answer's key; `attribute` that of the row. `refers` names
    the kind of what a reference leads to. `default` is the value of a field that nobody has filled in. `required`
    fields always have a value.
    """

    name: str
    sort: Sort
    label: str
    attribute: str
    fact: Fact | None = None
    refers: str = ""
    default: Any = None
    required: bool = False

    @property
    def is_fact(self) -> bool:
        """Whether the analysis asks for it: a fact, an answer, or the channel of an edge."""
        return self.fact is not None or self.name == "channel"

    @property
    def is_told(self) -> bool:
        """Whether architecture.yaml tells who said it."""
        return self.is_fact or self.name in {"team", "system", "expectation", "delay_cost"}


FLOW_FACTS: tuple[Fact, ...] = (
    Fact("user_facing", Kind.BOOLEAN, "somebody waits for it; a background flow is outside the hop rule", "identity"),
    Fact("latency_budget_ms", Kind.NUMBER, "how long it may take at P99", "promises", unit="ms", over=0),
    Fact("availability_target", Kind.NUMBER, "how often it must succeed", "promises", unit="%", over=0, most=100),
    Fact("origin", Kind.CHOICE, "declared by people, or derived from traces", "identity", ORIGINS),
    Fact("traces", Kind.COUNT, "from how many traces it was derived", "identity", least=0),
)
ANSWER_FACTS: tuple[Fact, ...] = tuple(
    Fact(f"{ANSWER_PREFIX}{key}", Kind.BOOLEAN, QUESTION_BY_KEY[key].text, "answers") for key in ANSWERS
)

_DEFAULTS: Mapping[str, Any] = {"kind": "service", "user_facing": True, "origin": "declared"}


def _of_facts(facts: tuple[Fact, ...]) -> list[Field]:
    return [
        Field(
            fact.name,
            Sort.FACT,
            label_of(fact.name),
            fact.name.replace(ANSWER_PREFIX, "answer_"),
            fact=fact,
            default=_DEFAULTS.get(fact.name),
            required=fact.name in _DEFAULTS,
        )
        for fact in facts
    ]


def _text(name: str) -> Field:
    return Field(name, Sort.TEXT, label_of(name), name, default="")


def _reference(name: str, refers: str, *, label: str = "", required: bool = False) -> Field:
    return Field(name, Sort.REFERENCE, label or label_of(name), name, refers=refers, required=required)


_NAME = Field("name", Sort.NAME, "name", "name", default="")

FIELDS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        "system": (_NAME, _text("description")),
        "team": (_NAME,),
        "service": (
            _NAME,
            _text("description"),
            _reference("team", "team"),
            _reference("system", "system"),
            Field("links", Sort.LINKS, "links", "links", default=()),
            *_of_facts(SERVICE_FACTS),
        ),
        "channel": (_NAME, _text("description"), *_of_facts(CHANNEL_FACTS)),
        "edge": (
            _NAME,
            _text("description"),
            _reference("source", "service", label="from", required=True),
            _reference("target", "service", label="to", required=True),
            _reference("channel", "channel"),
            _text("expectation"),
            _text("delay_cost"),
            *_of_facts(EDGE_FACTS),
            *_of_facts(ANSWER_FACTS),
        ),
        "flow": (
            _NAME,
            _text("description"),
            _reference("entry", "service", required=True),
            *_of_facts(FLOW_FACTS),
            Field("steps", Sort.STEPS, "steps", "steps", default=(), required=True),
        ),
    }
)
FIELD_BY_NAME: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {kind: MappingProxyType({field.name: field for field in fields}) for kind, fields in FIELDS.items()}
)


def value_of(entity: object, field: Field) -> Any:
    """Give the value of a field of an engine entity; the name of an answer is a path already."""
    return _reader_of(field.name)(entity)


_reader_of = cache(attrgetter)


# --- What a statement keeps --------------------------------------------------------------------


def to_json(field: Field, value: Any) -> Any:
    """Write a value as JSON; unknown is None."""
    if value is None:
        return None
    if field.sort == Sort.LINKS:
        return [[link.name, link.url] for link in value]
    if field.sort == Sort.STEPS:
        return steps_to_json(value)
    if isinstance(value, float):
        if value == math.inf:
            return NONE
        # 500 and 500.0 are one number, and one text in every database.
        return int(value) if value.is_integer() else value
    return value


def from_json(field: Field, value: Any) -> Any:
    """Read what `to_json` wrote."""
    if value is None:
        return None
    if field.sort == Sort.LINKS:
        return tuple(Link(name, url) for name, url in value)
    if field.sort == Sort.STEPS:
        return steps_from_json(value)
    if field.fact is not None and field.fact.kind == Kind.NUMBER:
        return math.inf if value == NONE else float(value)
    return value


def steps_to_json(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    """Write steps as the native file does."""
    written: list[dict[str, Any]] = []
    for step in steps:
        if step.edge is None:
            written.append({"parallel": steps_to_json(step.parallel)})
        elif step.then:
            written.append({"edge": step.edge, "then": steps_to_json(step.then)})
        else:
            written.append({"edge": step.edge})
    return written


def steps_from_json(written: list[dict[str, Any]]) -> tuple[Step, ...]:
    """Read steps as `steps_to_json` writes them."""
    return tuple(
        Step(parallel=steps_from_json(step["parallel"]))
        if "parallel" in step
        else Step(edge=step["edge"], then=steps_from_json(step.get("then", [])))
        for step in written
    )


# --- What may stand in a field -----------------------------------------------------------------


def problem_of(field: Field, value: Any) -> str:
    """Say what is wrong with a value, in a sentence; empty where nothing is. References are not looked up."""
    if value is None:
        return "This must have a value." if field.required else ""
    if field.fact is not None:
        return _problem_of_fact(field.fact, value)
    if field.sort == Sort.LINKS:
        return _problem_of_links(value)
    if field.sort == Sort.STEPS:
        return "" if value else "A flow has at least one step."
    if not isinstance(value, str):
        return "This must be a text."
    if field.sort == Sort.REFERENCE:
        return problem_of_id(value)
    if field.sort == Sort.NAME:
        return problem_of_text(value, most=NAME_MOST, one_line=True)
    if value == UNKNOWN and field.name != "description":
        # In architecture.yaml the word would be read as no text at all.
        return "Leave it empty where it is not known."
    return problem_of_text(value)


def problem_of_id(text: str) -> str:
    """Say what is wrong with an id; empty where nothing is."""
    if len(text) > SLUG_MOST:
        return f"An id has at most {SLUG_MOST} characters; this has {len(text):,}."
    if not SLUG.match(text):
        return "An id has small letters, digits, dots, dashes and underscores, and begins with a letter or a digit."
    if text in {NONE, UNKNOWN}:
        return f"The word {text} means something else and can be no id."
    return ""


def problem_of_text(text: str, *, most: int = TEXT_MOST, one_line: bool = False) -> str:
    """Say what is wrong with a text; empty where nothing is. A name stands on one line, all of it visible."""
    if len(text) > most:
        return f"At most {most:,} characters; this has {len(text):,}."
    control = first_control(text, also=UNSEEN if one_line else "")
    if control is not None:
        return f"The character U+{ord(control):04X} is not seen and may not stand here."
    if one_line and ("\n" in text or "\t" in text):
        return "This must be one line without tabs."
    return ""


def _problem_of_fact(fact: Fact, value: Any) -> str:
    if fact.kind == Kind.BOOLEAN:
        return "" if isinstance(value, bool) else "This must be yes, no or unknown."
    if fact.kind == Kind.TEXT or fact.open_choice:
        return _problem_of_fact_text(fact, value)
    if fact.kind == Kind.CHOICE:
        known = isinstance(value, (str, int)) and not isinstance(value, bool) and str(value) in fact.choices
        return "" if known else f"This must be one of {', '.join(fact.choices)}."
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return "This must be a number."
    if fact.kind == Kind.COUNT and isinstance(value, float):
        return "This must be a whole number."
    if math.isinf(value):
        return "" if fact.none and value > 0 else "This must be a number."
    if fact.over is not None and value <= fact.over:
        return f"This must be over {fact.over:g}."
    if fact.least is not None and value < fact.least:
        return f"This must be at least {fact.least:g}."
    most = fact.most if fact.most is not None else COUNT_MOST if fact.kind == Kind.COUNT else NUMBER_MOST
    if value > most:
        return f"This must be at most {most:,.0f}."
    return ""


def _problem_of_fact_text(fact: Fact, value: Any) -> str:
    if not isinstance(value, str):
        return "This must be a text."
    if value == NONE_TEXT and fact.none:
        return ""
    if not value.strip():
        return "This must not be empty."
    if value in {NONE, UNKNOWN}:
        # In architecture.yaml these words are read as what they mean.
        return f"The word {value} cannot stand for itself."
    return problem_of_text(value, one_line=True)


def _problem_of_links(links: tuple[Link, ...]) -> str:
    if len(links) > MOST_LINKS:
        return f"At most {MOST_LINKS} links."
    for link in links:
        problem = problem_of_text(link.name, most=NAME_MOST, one_line=True) or problem_of_text(link.url, one_line=True)
        if problem:
            return problem
        if not is_web_address(link.url):
            return f"{link.name or 'A link'} must lead to an address that begins with https:// or http://."
    return ""


def is_web_address(url: str) -> bool:
    """Whether a page may link there: http or https, without spaces."""
    return bool(_WEB_ADDRESS.fullmatch(url))
