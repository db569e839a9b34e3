"""What is wrong with files, as values: where it is, what it is, and the nearest right name."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archreview.interchange.nodes import Node

# Nobody mends so many at once; a file with more is not what it was taken for.
MAX_PROBLEMS = 1_000
MORE_PROBLEMS = f"{MAX_PROBLEMS:,} problems up to here; what follows was not read"
# A nearest name is looked for this often in one reading: more than anybody is shown.
MAX_SUGGESTIONS = 100
# Comparing a word with each of so many names takes longer than it helps; past it only near misses are looked up.
MAX_COMPARED = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file. `line` counts from 1; `path` is empty where it is about the whole file."""

    file: str
    line: int
    path: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Give one line: `file:line: path: what is wrong`."""
        where = f"{plain(self.path)}: " if self.path else ""
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"{plain(self.file)}:{self.line}: {where}{self.message}{hint}"


class Problems:
    """The problems of one reading."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._suggestions = 0
        self._names: dict[int, tuple[object, _Names]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.all())

    def all(self) -> tuple[Problem, ...]:
        """Give all problems: files in the order in which they were met, lines ascending, each once."""
        order: dict[str, int] = {}
        for problem in self._found:
            order.setdefault(problem.file, len(order))
        return tuple(sorted(dict.fromkeys(self._found), key=lambda problem: (order[problem.file], problem.line)))

    @property
    def full(self) -> bool:
        """Whether there are so many that reading on helps nobody."""
        return len(self._found) >= MAX_PROBLEMS

    def add(self, file: str, line: int, path: str, message: str, suggestion: str = "") -> None:
        """Keep a problem at a place that is no node."""
        self._found.append(Problem(file, line, path, message, suggestion))

    def at(self, node: Node, message: str, suggestion: str = "") -> None:
        """Keep a problem at a node."""
        self._found.append(Problem(node.file, node.line, node.path, message, suggestion))

    def did_you_mean(self, word: str, names: Iterable[str]) -> str:
        """
        Give "did you mean ...?" where one of the names is close to the word, else an empty text.

        Pass the same collection again for the next word, and it is prepared only once.
        """
        if self._suggestions >= MAX_SUGGESTIONS:
            return ""
        self._suggestions += 1
        prepared = self._names.get(id(names))
        if prepared is None:
            # The collection is kept beside its index so that its identity stays its own.
            prepared = self._names[id(names)] = (names, _Names(names))
        name = prepared[1].nearest(word)
        return f"did you mean {shown(name)}?" if name else ""


def shown(text: str, *, most: int = 60, quote: str = "'") -> str:
    """Give a text as a message may repeat it: on one line, nothing invisible, cut at `most` characters."""
    cut = text if len(text) <= most else f"{text[:most]}..."
    return f"{quote}{plain(cut)}{quote}"


def plain(text: str) -> str:
    """Give a text with every invisible or line-breaking character as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def first_control(text: str, *, also: str = "") -> str | None:
    """Give the first control character of a text, or of the further Unicode categories in `also`, else None."""
    if text.isprintable():
        return None
    refused = {"Cc", "Cs", *also.split()}
    return next((c for c in text if c not in "\n\t" and unicodedata.category(c) in refused), None)


class _Names:
    """Names prepared for looking up near misses: few are compared one by one, many by their deletions."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(set(names))
        self._by_deletion: dict[str, str] | None = None

    def nearest(self, word: str) -> str | None:
        word = word[:100]
        if len(self._names) <= MAX_COMPARED:
            wanted = _folded(word)
            close = difflib.get_close_matches(wanted, [_folded(name) for name in self._names], n=1, cutoff=0.6)
            return next(name for name in self._names if _folded(name) == close[0]) if close else None
        if self._by_deletion is None:
            self._by_deletion = {}
            for name in self._names:
                for shorter in _deletions(_folded(name)):
                    self._by_deletion.setdefault(shorter, name)
        found = (self._by_deletion.get(shorter) for shorter in _deletions(_folded(word)))
        return next((name for name in found if name), None)


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def _deletions(word: str) -> Iterator[str]:
    """Give the word and each word that lacks one of its letters."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
