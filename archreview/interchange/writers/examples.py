"""Writes the examples of a rule as the list that stands under `examples:` in a catalog."""

from __future__ import annotations

import json
from collections.abc import Iterable
from textwrap import indent

from archreview.engine.catalog import Example
from archreview.interchange.writers.architecture import write_architecture

VERSION_LINE = "archreview: 1\n"


def write_examples(examples: Iterable[Example]) -> str:
    """Give the text of the examples, the same for the same examples; empty where there are none."""
    return "".join(_example(example) for example in examples)


def _example(example: Example) -> str:
    # A text in JSON's quotes is one in YAML's.
    head = (
        f"- title: {json.dumps(example.title, ensure_ascii=False)}\n"
        f"  expect: {example.expect}\n"
        f"  subject: {json.dumps(example.subject, ensure_ascii=False)}\n"
        "  architecture:\n"
    )
    return head + indent(write_architecture(example.architecture).removeprefix(VERSION_LINE), "    ")
