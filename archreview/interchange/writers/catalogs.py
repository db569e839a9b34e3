"""Writes rules, obligations and settings as a catalog file that `read_catalog` takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from textwrap import indent
from typing import Any

from archreview.engine.catalog import Campaign, Catalog, ObligationRule, Rule
from archreview.interchange.catalogs import VERSION
from archreview.interchange.documents import core_value
from archreview.interchange.writers.examples import write_examples


def write_catalog(catalog: Catalog, *, examples: Mapping[str, str] | None = None, with_settings: bool = True) -> str:
    """
    Give the text of a catalog file, the same for the same catalog.

    `examples` are those of rules, by code, as texts that are written as they are; of other rules their own are
    written. Without settings the file leaves those alone where it is loaded.
    """
    return "".join(_catalog(catalog, examples or {}, with_settings=with_settings))


def _catalog(catalog: Catalog, examples: Mapping[str, str], *, with_settings: bool) -> Iterator[str]:
    yield f"catalog: {VERSION}\nversion: {_quoted(catalog.version)}\n"
    if with_settings:
        yield f"hop_limit: {catalog.hop_limit}\ndefault_availability: {_quoted(catalog.default_availability)}\n"
    yield "\nrules:\n" if catalog.rules else "\nrules: []\n"
    for rule in catalog.rules:
        yield from _rule(rule, examples.get(rule.code))
    if catalog.obligations:
        yield "\nobligations:\n"
    for obligation in catalog.obligations:
        yield from _obligation(obligation)


def _rule(rule: Rule, examples: str | None) -> Iterator[str]:
    yield f"\n  - code: {rule.code}\n"
    yield from _texts(rule, ("title", "category", "scope", "severity", "condition", "message", "why", "remedy"))
    if rule.references:
        yield f"    references:\n{_list(rule.references, 6)}"
    if rule.source:
        yield f"    source: {_text(rule.source)}\n"
    if rule.params:
        yield "    params:\n" + "".join(f"      {name}: {_quoted(value)}\n" for name, value in rule.params.items())
    if rule.needs:
        yield f"    needs: [{', '.join(rule.needs)}]\n"
    if not rule.enabled:
        yield "    enabled: false\n"
    if rule.campaign:
        yield _campaign(rule.campaign)
    text = write_examples(rule.examples) if examples is None else examples
    if text.strip():
        yield f"    examples:\n{indent(text.rstrip(), '      ')}\n"


def _campaign(campaign: Campaign) -> str:
    note = f"      note: {_text(campaign.note)}\n" if campaign.note else ""
    return f"    campaign:\n      until: {_quoted(campaign.until.isoformat())}\n{note}"


def _obligation(obligation: ObligationRule) -> Iterator[str]:
    yield f"  - duty: {obligation.duty}\n"
    yield from _texts(obligation, ("text", "condition", "when"))
    for name, words in (("styles", obligation.styles), ("outcomes", obligation.outcomes)):
        if words:
            yield f"    {name}: [{', '.join(words)}]\n"


def _texts(thing: Any, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        text = getattr(thing, name)
        if "\n" in text and _can_stand_in_a_block(text):
            yield f"    {name}: |\n{indent(text, '      ')}\n"
        elif text:
            yield f"    {name}: {_text(text)}\n"


def _can_stand_in_a_block(text: str) -> bool:
    """Whether all of a text would be read as it is: reading strips its ends, and takes no control signs."""
    return text == text.strip() and "\t" not in text and all(c == "\n" or c.isprintable() for c in text)


def _text(text: str) -> str:
    """Give a text without quotes where it is sure to be read as itself; a text in JSON's quotes is one in YAML's."""
    plain = all(c.isalnum() or c in " .-_/(),;" for c in text) and text[:1].isalnum() and text == text.strip()
    return text if plain and core_value(text) == text else _quoted(text)


def _list(words: Iterable[str], depth: int) -> str:
    return "".join(f"{' ' * depth}- {_text(word)}\n" for word in words)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
