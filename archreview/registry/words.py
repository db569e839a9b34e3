"""Values in words, as pages show them."""

from __future__ import annotations

from typing import Any

from archreview.engine.fact_tables import Kind, label_of
from archreview.registry.fields import FIELD_BY_NAME, NONE, Field, Sort


def in_words(kind: str, fact: str, value: Any) -> str:
    """A value as a statement keeps it, in words: `yes`, `500 ms`, `request response`, `none`, `unknown`."""
    return field_in_words(FIELD_BY_NAME[kind][fact], value)


def field_in_words(field: Field, value: Any) -> str:
    """A value of the field, as a statement keeps it, in words."""
    if value is None:
        return "unknown" if field.is_fact else "empty"
    if field.sort == Sort.LINKS:
        return ", ".join(name for name, _ in value) or "empty"
    if field.sort == Sort.STEPS:
        return steps_in_words(value)
    fact = field.fact
    if fact is None:
        return str(value) or "empty"
    if fact.kind == Kind.BOOLEAN:
        return "yes" if value else "no"
    if value in (NONE, ""):
        return "none"
    if fact.kind == Kind.CHOICE and not fact.open_choice:
        return label_of(str(value))
    if isinstance(value, (int, float)):
        return f"{value:,.10g} {fact.unit}".strip()
    return str(value)


def steps_in_words(steps: list[dict[str, Any]]) -> str:
    """Steps on one line: `a (b, c), d | e`, nested ones in brackets, parallel ones with bars."""
    words = []
    for step in steps:
        if "parallel" in step:
            words.append(" | ".join(steps_in_words([member]) for member in step["parallel"]))
        elif "then" in step:
            words.append(f"{step['edge']} ({steps_in_words(step['then'])})")
        else:
            words.append(step["edge"])
    return ", ".join(words)
