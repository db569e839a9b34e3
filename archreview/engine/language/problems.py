"""What is wrong with a text of the rule language, and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something wrong at a place of a text: `position` counts characters from 0, `length` says how many it is about.

    `suggestion` is what probably was meant, or empty.
    """

    position: int
    length: int
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Give one line: `at 12: what is wrong; did you mean "..."?`."""
        suggestion = self.suggestion if self.suggestion.startswith('"') else f'"{self.suggestion}"'
        hint = f"; did you mean {suggestion}?" if self.suggestion else ""
        return f"at {self.position + 1}: {self.message}{hint}"


class ConditionError(ValueError):
    """A text that cannot be compiled; `problems` says why."""

    def __init__(self, problems: Iterable[Problem], *, of: str = "") -> None:
        self.problems = tuple(problems)
        said = "; ".join(map(str, self.problems))
        super().__init__(f"{of}: {said}" if of else said)


def nearest(word: str, names: Iterable[str]) -> str:
    """Give the name that is closest to the word, or an empty text where none is close."""
    # A word of any length may come in, and comparing costs its length times that of each name.
    close = difflib.get_close_matches(word[:80], sorted(names), n=1, cutoff=0.6)
    return close[0] if close else ""


def shown(text: str) -> str:
    """Give a piece of a text as a message may repeat it: on one line, nothing invisible, cut at 40 characters."""
    cut = text if len(text) <= 40 else f"{text[:40]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
