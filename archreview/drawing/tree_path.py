"""The decision tree as the path taken through it: a column of questions, the answer on each branch."""

from dataclasses import dataclass

from archreview.drawing.values import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeQuestion:
    """
    One question on the path.

    `answer` is None where the path stops because nobody knows yet. `basis` is one word or two (answered, derived, unknown),
    `reason` the sentence behind it. `behind_yes` and `behind_no` are the outcomes reachable on each branch,
    written for people.
    """

    key: str
    text: str
    answer: bool | None
    basis: str = ""
    reason: str = ""
    behind_yes: tuple[str, ...] = ()
    behind_no: tuple[str, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePath:
    """The questions in the order asked; `outcome` is "" while one is open, and `possible` lists what is left."""

    title: str
    questions: tuple[TreeQuestion, ...]
    outcome: str = ""
    outcome_note: str = ""
    possible: tuple[str, ...] = ()
    description: str = ""


def draw_tree_path(path: TreePath, *, standalone: bool = False) -> str:
    """Give the path as SVG text."""
    raise NotImplementedError


def tree_path_table(path: TreePath) -> Table:
    """The same path as rows: question, answer, basis, reason, outcomes ruled out; the last row is the outcome."""
    raise NotImplementedError
