"""
Messages: text with names in braces, as in `{source.name} waits for {target.name} without a timeout`.

Values are shown as people write them: yes and no, numbers without needless digits, lists as "a, b and c".
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from archreview.engine.language.problems import ConditionError, Problem
from archreview.engine.language.references import Params, Unresolved, resolve
from archreview.engine.language.syntax import Name

MAX_MESSAGE = 1000
# A list of hundreds of services is no sentence any more.
MAX_LISTED = 12

_PIECE = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


def parse_message(template: str, *, scope: str, params: Params) -> tuple[str | Name, ...]:
    """
    Give a message's texts and names in their order.

    Raises ConditionError with all problems: braces that do not pair, names that do not exist.
    """
    if len(template) > MAX_MESSAGE:
        raise ConditionError([Problem(MAX_MESSAGE, 1, f"too long: a message has at most {MAX_MESSAGE:,} characters")])
    problems: list[Problem] = []
    pieces: list[str | Name] = []
    for found in _PIECE.finditer(template):
        inside, text, brace = found.groups()
        if text is not None:
            pieces.append(text)
        elif brace is not None:
            problems.append(Problem(found.start(), 1, "a brace without its other half"))
        elif not _NAME.fullmatch(inside):
            problems.append(
                Problem(found.start(), len(inside) + 2, "a name is wanted between braces, and nothing else")
            )
        else:
            start = found.start() + 1
            name = Name(start, start + len(inside), 1, words=tuple(inside.split(".")))
            reference = resolve(name, scope=scope, params=params, variables={})
            if isinstance(reference, Unresolved):
                problems.append(Problem(start, len(inside), reference.message, reference.suggestion))
            pieces.append(name)
    if not template.strip():
        problems.append(Problem(0, 1, "the message is empty"))
    if problems:
        raise ConditionError(problems)
    return tuple(pieces)


def shown(value: object) -> str:
    """Give a value as a message shows it."""
    if value is None:
        return "unknown"
    elif value is True:
        return "yes"
    elif value is False:
        return "no"
    elif isinstance(value, str):
        return value or "none"
    elif isinstance(value, float):
        return "none" if math.isinf(value) else f"{round(value, 4):,.10g}"
    elif isinstance(value, int):
        return f"{value:,}"
    items = plain(value)
    return listed([shown(item) for item in items]) if isinstance(items, list) else str(items)


def listed(words: Sequence[str]) -> str:
    """Give words as a sentence holds them: "a, b and c"."""
    if len(words) > MAX_LISTED:
        words = (*words[: MAX_LISTED - 1], f"{len(words) - MAX_LISTED + 1} more")
    if len(words) < 2:
        return words[0] if words else "none"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def plain(value: object) -> Any:
    """Give a value as a result may hold it: none for infinity, ids for what has one, lists for tuples."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and math.isinf(value):
        return "none"
    model = getattr(value, "model", None)
    return value if model is None else model.id
