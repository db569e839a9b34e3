"""Python functions from the source that generator.py writes."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from archreview.engine.fact_tables import label_of
from archreview.engine.language import kleene
from archreview.engine.language.generator import Writer, read
from archreview.engine.language.messages import listed, plain, shown
from archreview.engine.language.schema import names_of
from archreview.engine.language.syntax import Node
from archreview.engine.results import SEVERITIES

# Facts of the scope that a function was compiled for: facts.py has one class for each.
Facts = Any
Missing = tuple[tuple[str, str, str], ...]

NAMESPACE: Mapping[str, object] = {
    "__builtins__": {"len": len, "tuple": tuple, "dict": dict},
    "all_of": kleene.all_of,
    "any_of": kleene.any_of,
    "choose": kleene.choose,
    "count": kleene.count,
    "every": kleene.every,
    "exists": kleene.exists,
    "label_of": label_of,
    "listed": listed,
    "lowest": kleene.lowest,
    "minus": kleene.minus,
    "negate": kleene.negate,
    "plain": plain,
    "shown": shown,
    "INFINITY": math.inf,
    "SEVERITIES": SEVERITIES,
}


def function(lines: list[str], arguments: str = "f", **names: object) -> Callable[..., Any]:
    """Give the function with these lines as its body; `f` are the facts of the scope."""
    body = textwrap.indent("\n".join(lines), "    ")
    source = f"def function({arguments}):\n{body}\n"
    namespace: dict[str, Any] = {**NAMESPACE, **names}
    # The source is written by generator.py from checked trees alone; nothing of a rule's text is in it but literals.
    exec(compile(source, "<rule>", "exec"), namespace)  # noqa: S102
    made: Callable[..., Any] = namespace["function"]
    return made


def reads(writer: Writer, paths: Iterable[str]) -> list[str]:
    """Give the statements that read facts into their locals."""
    entries = names_of(writer.scope)
    return [f"{writer.local(entries[path])} = {read(entries[path], 'f')}" for path in paths]


def missing_function(writer: Writer, tree: Node) -> Callable[[Facts], Missing]:
    """Give the function that tells what an unknown tree asks for, each fact once."""
    lines = writer.missing(tree, "")
    # Most often there is one, and telling whether any stands there twice takes longer than finding it.
    once = "return (out[0],) if len(out) == 1 else tuple(dict.fromkeys(out))"
    return function([*reads(writer, writer.used), "out = []", *lines, once])
