"""
The fields of the desk's editors, and between them and the content of an entry.

An editor never refuses: what is written can be kept as a draft, sound or not. Checking is `checking.check_entry`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ValidationError

from archreview.engine.catalog import SCOPES
from archreview.engine.language.schema import TREE_OUTCOMES
from archreview.engine.model import DEFAULT_AVAILABILITY, HOP_LIMIT, STYLES
from archreview.interchange.catalogs import CATEGORIES, NEEDS, one_line
from archreview.rules.forms import NEED_NAMES, ParamsField
from archreview.rules.models import CatalogSettings, Kind, Obligation, Rule


class Posted(Protocol):
    """What was posted: Django's QueryDict."""

    def get(self, key: str, default: str) -> str: ...

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Field:
    """
    A field of an editor. `look` says how it is written and shown:

    language (a text of the rule language), examples, line, text, lines, params, choice, several, number, campaign.
    """

    name: str
    label: str
    look: str
    help: str = ""
    rows: int = 3
    choices: tuple[tuple[str, str], ...] = ()
    optional: bool = False


def _help(model: type[Rule] | type[Obligation] | type[CatalogSettings], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "help_text", ""))


def _choices(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((word, word.replace("_", " ")) for word in words)


FIELDS: Mapping[str, tuple[Field, ...]] = {
    Kind.RULE: (
        Field("title", "Title", "line", _help(Rule, "title")),
        Field("category", "Category", "choice", choices=_choices(CATEGORIES)),
        Field("scope", "Tried on", "choice", "What the rule is tried on; it decides which names there are.",
              choices=_choices(SCOPES)),
        Field("condition", "Condition", "language", _help(Rule, "condition"), rows=4),
        Field("params", "Parameters", "params", _help(Rule, "params"), rows=2, optional=True),
        Field("needs", "Needs", "several", _help(Rule, "needs"),
              choices=tuple((need, NEED_NAMES[need]) for need in NEEDS), optional=True),
        Field("severity", "Severity", "language", _help(Rule, "severity"), rows=2),
        Field("message", "Message", "language", _help(Rule, "message"), rows=2),
        Field("examples", "Examples", "examples", _help(Rule, "examples"), rows=20, optional=True),
        Field("why", "Why it matters", "text", _help(Rule, "why"), rows=5),
        Field("remedy", "Remedy", "text", _help(Rule, "remedy"), rows=5),
        Field("references", "References", "lines", _help(Rule, "references"), optional=True),
        Field("source", "Source", "line", _help(Rule, "source"), optional=True),
        Field("campaign", "Campaign", "campaign", _help(Rule, "campaign"), optional=True),
    ),
    Kind.OBLIGATION: (
        Field("text", "Text", "text", _help(Obligation, "text"), rows=3),
        Field("condition", "Met where", "language", _help(Obligation, "condition"), rows=3),
        Field("when", "Only where", "language", _help(Obligation, "when"), rows=2, optional=True),
        Field("styles", "Styles", "several", _help(Obligation, "styles"), choices=_choices(STYLES), optional=True),
        Field("outcomes", "Outcomes of the tree", "several", _help(Obligation, "outcomes"),
              choices=_choices(TREE_OUTCOMES), optional=True),
        Field("position", "Position", "number", _help(Obligation, "position")),
    ),
    Kind.SETTINGS: (
        Field("hop_limit", "Hop limit", "number", _help(CatalogSettings, "hop_limit")),
        Field("default_availability", "Default availability", "number", _help(CatalogSettings, "default_availability")),
    ),
}  # fmt: skip

_EMPTY: Mapping[str, Any] = {"several": [], "lines": [], "params": {}, "campaign": {}}
_BEGUN_WITH: Mapping[str, Any] = {
    "scope": "edge",
    "category": "resilience",
    "severity": "medium",
    "position": 100,
    "hop_limit": HOP_LIMIT,
    "default_availability": DEFAULT_AVAILABILITY,
}


def new_content(kind: str) -> dict[str, Any]:
    """Give what an editor for something new begins with."""
    return {field.name: _BEGUN_WITH.get(field.name, _EMPTY.get(field.look, "")) for field in FIELDS[kind]}


def content_from(kind: str, posted: Posted) -> dict[str, Any]:
    """Give the content that was written; what is no value of its field is kept as the text it is."""
    return {field.name: _taken(field, posted) for field in FIELDS[kind]}


def _taken(field: Field, posted: Posted) -> Any:
    text = _lines_alike(posted.get(field.name, ""))
    if field.look == "language":
        return one_line(text)
    if field.look in ("line", "choice"):
        return text.strip()
    if field.look == "text":
        return text.strip()
    if field.look == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.look == "several":
        return [_lines_alike(value) for value in posted.getlist(field.name)]
    if field.look == "number":
        return _number(text.strip())
    if field.look == "params":
        try:
            return ParamsField(required=False).clean(text)
        except ValidationError:
            return text
    if field.look == "campaign":
        until, note = (_lines_alike(posted.get(name, "")).strip() for name in ("until", "note"))
        return {"until": until, "note": note} if until or note else {}
    return text


def _number(text: str) -> Any:
    for number in (int, float):
        try:
            return number(text)
        except (ValueError, OverflowError):
            continue
    return text


def _lines_alike(text: str) -> str:
    """Give a text with one kind of line break, and without the one character that not every database can keep."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def shown_value(field: Field, value: Any) -> Any:
    """Give the value of a field as its control holds it."""
    if field.look == "lines" and isinstance(value, list):
        return "\n".join(map(str, value))
    if field.look == "params":
        return ParamsField().prepare_value(value) or ""
    if field.look == "campaign":
        return {"until": "", "note": "", **(value if isinstance(value, dict) else {})}
    return value


# What stands in the examples when somebody begins one; the editor adds it at the end.
_MODELS: Mapping[str, str] = {
    "edge": """\
  subject: one-other
  architecture:
    services: [{id: one}, {id: other}]
    edges: [{id: one-other, from: one, to: other, style: request_response}]
""",
    "flow": """\
  subject: visit
  architecture:
    services: [{id: one}, {id: other}]
    edges: [{id: one-other, from: one, to: other, style: request_response}]
    flows: [{id: visit, entry: one, steps: [{edge: one-other}]}]
""",
    "service": """\
  subject: one
  architecture:
    services: [{id: one}, {id: other}]
    edges: [{id: one-other, from: one, to: other, style: request_response}]
""",
    "channel": """\
  subject: happened
  architecture:
    services: [{id: one}, {id: other}]
    channels: [{id: happened, name: Happened, technology: kafka}]
    edges: [{id: one-other, from: one, to: other, style: stream, channel: happened}]
""",
    "system": """\
  subject: shop
  architecture:
    systems: [{id: shop}]
    services: [{id: one, system: shop}, {id: other, system: shop}]
    edges: [{id: one-other, from: one, to: other, style: request_response}]
""",
}
_TITLES = {"match": "What must be found", "no_match": "What is in order", "ask": "What nobody has said"}


def example_to_begin_with(scope: str, expect: str) -> str:
    """Give the text of an example that can be read, to be changed into what the rule is about."""
    return f"- title: {_TITLES[expect]}\n  expect: {expect}\n{_MODELS[scope]}"
